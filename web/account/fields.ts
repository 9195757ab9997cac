/** Checks while one types; the edge decides. */
import * as v from 'valibot';
import { emailSchema } from '../../edge/contract/people.ts';

export const looksLikeEmail = (text: string): boolean => v.safeParse(emailSchema, text).success;

export const looksLikeCode = (text: string): boolean => /^\d{6}$/.test(text.replace(/\s/g, ''));
