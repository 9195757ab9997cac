/** Values that fit a schema, or nearly, for property tests: from valibot's own description of it. */
import fc, { type Arbitrary } from 'fast-check';
import type { GenericSchema } from 'valibot';

/** What we read of valibot's schemas and actions; all of it is public on the objects. */
interface Part {
  kind: string;
  type: string;
  pipe?: Part[];
  entries?: Record<string, Part>;
  item?: Part;
  items?: Part[];
  options?: (Part | string | number)[];
  wrapped?: Part;
  default?: unknown;
  literal?: unknown;
  key?: Part;
  value?: Part;
  requirement?: unknown;
}

export interface Pool {
  /** Texts that mean something to the app: ids, addresses, tokens. */
  texts: readonly string[];
}

const odd = fc.constantFrom(
  ...['', ' ', '\u0000', '\u202e', '%00', "' or 1=1 --", '<script>', '../../etc/passwd', '🗝'],
  ...['null', 'undefined', '__proto__', 'constructor', '0', '-1', '1e999', 'x'.repeat(5000)],
  ...['\ud800', 'a\r\nb: c', '{{7*7}}', '${7*7}', '%', '%ff', '\\', '"', 'NaN'],
);

function text(part: Part, pool: Pool): Arbitrary<unknown> {
  const actions = part.pipe?.slice(1) ?? [];
  const regex = actions.find((action) => action.type === 'regex')?.requirement;
  const known = pool.texts.length > 0 ? fc.constantFrom(...pool.texts) : fc.string();
  const usual = [
    { weight: 3, arbitrary: known },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: odd },
  ];
  const type = actions.map((action) => action.type);
  if (type.includes('email')) usual.push({ weight: 4, arbitrary: fc.emailAddress() });
  if (type.includes('url'))
    usual.push({ weight: 4, arbitrary: fc.webUrl({ validSchemes: ['https'] }) });
  if (regex instanceof RegExp) {
    try {
      usual.push({ weight: 6, arbitrary: fc.stringMatching(regex, { size: 'xsmall' }) });
    } catch (error) {
      // Lookaheads and classes by property are beyond what can be turned around.
      if (!(error instanceof Error)) throw error;
    }
  }
  return fc.oneof(...usual);
}

function number(part: Part): Arbitrary<unknown> {
  const limits = (part.pipe ?? []).map((action) => action.requirement).filter(Number.isFinite);
  const near = limits.flatMap((limit) => [limit as number, (limit as number) + 1]);
  return fc.oneof(
    fc.integer({ min: 0, max: 40 }),
    fc.constantFrom(...near, 7, 12, -1, 0.5, 2 ** 53, Number.MAX_VALUE),
  );
}

const makers: Record<string, (part: Part, pool: Pool) => Arbitrary<unknown>> = {
  string: text,
  number,
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  any: () => fc.jsonValue(),
  unknown: () => fc.jsonValue(),
  literal: (part) => fc.constant(part.literal),
  picklist: (part) => fc.constantFrom(...(part.options ?? [])),
  optional: (part, pool) =>
    fc.oneof(fc.constant(undefined), { weight: 3, arbitrary: fitting(part.wrapped!, pool) }),
  nullable: (part, pool) => fc.oneof(fc.constant(null), fitting(part.wrapped!, pool)),
  nullish: (part, pool) =>
    fc.oneof(fc.constant(null), fc.constant(undefined), fitting(part.wrapped!, pool)),
  array: (part, pool) => fc.array(fitting(part.item!, pool), { maxLength: 4 }),
  tuple: (part, pool) => fc.tuple(...part.items!.map((item) => fitting(item, pool))),
  record: (part, pool) => fc.dictionary(fc.string(), fitting(part.value!, pool), { maxKeys: 4 }),
  union: (part, pool) => fc.oneof(...part.options!.map((option) => fitting(option as Part, pool))),
};
makers.variant = makers.union!;
const object = (part: Part, pool: Pool) =>
  fc.record(
    Object.fromEntries(
      Object.entries(part.entries ?? {}).map(([key, value]) => [key, fitting(value, pool)]),
    ),
  );
Object.assign(makers, { object, strict_object: object, loose_object: object });

function fitting(part: Part, pool: Pool): Arbitrary<unknown> {
  const maker = makers[part.type];
  if (!maker) throw new Error(`no values for a schema of type ${part.type}: add it here`);
  return maker(part, pool);
}

/** Mostly what the schema takes; texts come from the pool or from what its patterns allow. */
export const fits = (schema: GenericSchema, pool: Pool): Arbitrary<unknown> =>
  fitting(schema as unknown as Part, pool);

/** Any JSON, also deep, and with names that mean something to JavaScript. */
export const anyJson: Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(fc.oneof(fc.string(), odd), fc.jsonValue(), { maxKeys: 5 }),
  fc.constant(JSON.parse('{"__proto__":{"role":"owner"}}') as unknown),
  fc.constant(JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown),
);

/** One field of what fits gets a value of another kind, goes, or is joined by one more. */
export const nearly = (schema: GenericSchema, pool: Pool): Arbitrary<unknown> =>
  fc
    .tuple(
      fits(schema, pool),
      fc.nat(),
      fc.oneof(odd, anyJson),
      fc.constantFrom('set', 'drop', 'add'),
    )
    .map(([value, at, other, how]) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
      const keys = Object.keys(value);
      const key = how === 'add' ? 'extra' : (keys[at % Math.max(1, keys.length)] ?? 'extra');
      const { [key]: _, ...rest } = value as Record<string, unknown>;
      return how === 'drop' ? rest : { ...rest, [key]: other };
    });

export const anyText: Arbitrary<string> = fc.oneof(
  odd,
  fc.string({ unit: 'binary', maxLength: 60 }),
);
