/** What a workspace sets for itself: where its objects lie, how long they are kept, where they may go. */
import * as v from 'valibot';

/** Longest first. `nothing`: publishing streams through and stores nothing. */
export const retentionPeriods = ['year', 'month', 'week', 'day', 'hour', 'nothing'] as const;
export type RetentionPeriod = (typeof retentionPeriods)[number];

/** Months and years as fixed lengths, so that a time of removal can be said exactly. */
export const periodMilliseconds: Record<RetentionPeriod, number> = {
  year: 365 * 86_400_000,
  month: 30 * 86_400_000,
  week: 7 * 86_400_000,
  day: 86_400_000,
  hour: 3_600_000,
  nothing: 0,
};

const period = v.picklist(retentionPeriods);
/** Transcripts never stay longer than a week. */
const shortPeriod = v.picklist(retentionPeriods.filter((p) => p !== 'year' && p !== 'month'));

export const retentionSchema = v.strictObject({
  article: v.optional(period, 'year'),
  video: v.optional(period, 'year'),
  image: v.optional(period, 'year'),
  attachment: v.optional(period, 'year'),
  transcript: v.optional(shortPeriod, 'week'),
  /** The audit log: at least a month. */
  audit: v.optional(v.picklist(['year', 'month']), 'year'),
});
export type Retention = v.InferOutput<typeof retentionSchema>;
export type RetentionKind = keyof Retention;

export const storageSchema = v.strictObject({
  /** Name of one of the operator's locations (region and bucket); null: the operator's default. */
  location: v.optional(v.nullable(v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/))), null),
});
export type StorageSettings = v.InferOutput<typeof storageSchema>;

export const connectorKinds = [
  ...(['confluence', 'github', 'intercom', 'notion', 'wordpress', 'zendesk'] as const),
] as const;

export const connectorsSchema = v.strictObject({
  /** Which kinds the members may connect; null: all. */
  allowed: v.optional(
    v.nullable(v.pipe(v.array(v.picklist(connectorKinds)), v.maxLength(20))),
    null,
  ),
});
export type ConnectorSettings = v.InferOutput<typeof connectorsSchema>;

export const settingsSchema = v.strictObject({
  storage: v.optional(storageSchema, {}),
  retention: v.optional(retentionSchema, {}),
  connectors: v.optional(connectorsSchema, {}),
});
export type WorkspaceSettings = v.InferOutput<typeof settingsSchema>;
