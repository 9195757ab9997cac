/** Compares two lists of timed words. */
import { normalised } from './error-rate.ts';

interface Timed {
  text: string;
  start: number;
  end: number;
}
type Span = Pick<Timed, 'start' | 'end'>;

/** Seconds by which starts and ends differ, of the words that both lists have. */
export function edgeErrors(truth: readonly Timed[], heard: readonly Timed[]): number[] {
  const errors: number[] = [];
  const name = (w: Timed) => normalised(w.text).join(' ');
  let from = 0;
  for (const word of truth) {
    // The next word of that name that is anywhere near: the lists are in order.
    const at = heard.findIndex(
      (h, i) => i >= from && name(h) === name(word) && Math.abs(h.start - word.start) < 1.5,
    );
    if (at < 0) continue;
    errors.push(Math.abs(heard[at]!.start - word.start), Math.abs(heard[at]!.end - word.end));
    from = at + 1;
  }
  return errors;
}

/** Seconds that two lists of spans share; each is disjoint in itself. */
export const overlapOf = (a: readonly Span[], b: readonly Span[]): number =>
  a.reduce(
    (sum, x) =>
      sum +
      b.reduce((s, y) => s + Math.max(0, Math.min(x.end, y.end) - Math.max(x.start, y.start)), 0),
    0,
  );

const quantile = (values: readonly number[], part: number) =>
  [...values].sort((a, b) => a - b)[
    Math.min(values.length - 1, Math.floor(part * values.length))
  ] ?? NaN;
export const median = (values: readonly number[]) => quantile(values, 0.5);
export const ninetieth = (values: readonly number[]) => quantile(values, 0.9);
