/** Taking everything along, and deleting the account. */
import * as v from 'valibot';
import { emailSchema } from './people.ts';

export const exportPartSchema = v.strictObject({
  /** From 1; how many there are says the summary. */
  part: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[0-9]{1,6}$/),
      v.transform(Number),
      v.check((part) => part >= 1),
    ),
    '1',
  ),
});

export interface ExportSummary {
  objects: number;
  bytes: number;
  /** Zips that it takes; each is fetched by itself with `?part=`. */
  parts: number;
}

export const deleteAccountSchema = v.strictObject({ email: emailSchema });
