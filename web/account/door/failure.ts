/** What a provider's way back to the sign-in page says went wrong, as a sentence. */
import type { EdgeErrorCode } from '../../../edge/contract/errors.ts';
import { edgeErrorCodes } from '../../../edge/contract/errors.ts';
import { signOnFailures } from '../../../edge/contract/sign-on.ts';
import { messages } from '../../ui/messages/index.ts';

const text = messages.account.signOnFailures;
const google: Readonly<Record<string, string>> = messages.account.googleFailures;

export function failureOf(query: URLSearchParams): string | null {
  const signOn = query.get('sign-on');
  if (signOn !== null) {
    const known = signOnFailures.find((code) => code === signOn);
    return known ? text[known] : text.unknown;
  }
  const error = query.get('error');
  if (error === null) return null;
  const code = edgeErrorCodes.find((known: EdgeErrorCode) => known === error);
  return google[error] ?? (code ? messages.errors[code]({}) : text.unknown);
}
