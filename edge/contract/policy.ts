/** What a workspace asks of its members' sessions. */
import * as v from 'valibot';

/**
 * The default when a workspace sets nothing: twelve characters of any kind. A workspace may go down
 * to seven, then with three of the four classes (small and capital letters, digits, others).
 */
export const defaultPasswordRule = { minimumLength: 12, classes: 1 } as const;

export const passwordRuleSchema = v.pipe(
  v.strictObject({
    minimumLength: v.pipe(v.number(), v.integer(), v.minValue(7), v.maxValue(64)),
    classes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4)),
  }),
  v.check(
    (rule) => rule.minimumLength >= defaultPasswordRule.minimumLength || rule.classes >= 3,
    'a minimum below 12 characters needs three of the four classes',
  ),
);
export type PasswordRule = v.InferOutput<typeof passwordRuleSchema>;

// eslint-disable-next-line security/detect-unsafe-regex -- no part can match what another does
const rangeText = v.pipe(v.string(), v.maxLength(49), v.regex(/^[0-9A-Fa-f:.]+(\/[0-9]{1,3})?$/));

export const policySchema = v.strictObject({
  /** Every session must have proven two factors. */
  twoFactorRequired: v.optional(v.boolean(), false),
  /** Null: the installation's default. */
  passwordRule: v.optional(v.nullable(passwordRuleSchema), null),
  /** Only sessions that the workspace's own provider opened, except an owner's way back in. */
  singleSignOnOnly: v.optional(v.boolean(), false),
  /** CIDR; empty: from anywhere. */
  addressRanges: v.optional(v.pipe(v.array(rangeText), v.maxLength(100)), []),
  /** Hours after which one must sign in anew; null: as long as the session lasts. */
  sessionHours: v.optional(
    v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(720))),
    null,
  ),
});
export type Policy = v.InferOutput<typeof policySchema>;

/** Why a workspace refuses a session. The screen says what to do about each. */
export const policyRefusals = [
  'policy-address',
  'policy-single-sign-on',
  'policy-other-workspace',
  'policy-session-age',
  'policy-two-factor',
  'policy-password',
] as const;
export type PolicyRefusal = (typeof policyRefusals)[number];
