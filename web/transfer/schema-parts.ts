/** Bounded pieces of the schemas. */
import * as v from 'valibot';
import { sourceTime } from '../core/time.ts';

/** Seconds; events may lie a little before the picture. */
export const time = v.pipe(
  v.number(),
  v.finite(),
  v.minValue(-1000),
  v.maxValue(1_000_000),
  v.transform(sourceTime),
);
export const ranged = { start: time, end: time };
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const line = v.pipe(v.string(), v.maxLength(2000));
export const text = v.pipe(v.string(), v.maxLength(1_000_000));
export const share = v.pipe(v.number(), v.minValue(-0.01), v.maxValue(1.01));
/** Pixels of a frame, also outside of it. */
export const place = v.pipe(v.number(), v.minValue(-10_000_000), v.maxValue(10_000_000));
export const nullable = <S extends v.GenericSchema>(schema: S) => v.nullable(schema);
export const array = <S extends v.GenericSchema>(schema: S, most: number) =>
  v.pipe(v.array(schema), v.maxLength(most));

/** True when `Read` has every field of `Ours`. */
export type Covers<Ours, Read> = Exclude<keyof Ours, keyof Read> extends never ? true : never;
