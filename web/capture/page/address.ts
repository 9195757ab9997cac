import { redactText, type RedactionRules } from '../../core/redaction.ts';

/**
 * An address that says where, and not who or what: without user, password, query and fragment. A
 * fragment that is a route of the page's own (`#/users`, `#!/users`) stays, without its query.
 */
export function plainAddress(address: string, { query = false } = {}): string {
  if (!URL.canParse(address)) return '';
  const url = new URL(address);
  if (url.protocol === 'data:' || url.protocol === 'blob:') return url.protocol;
  url.username = '';
  url.password = '';
  if (query) return url.href;
  const [route = ''] = url.hash.split('?');
  url.search = '';
  url.hash = /^#!?\//.test(route) ? route : '';
  return url.href;
}

/** An address is private where what it encodes is. */
export function redactAddress(address: string, rules: RedactionRules): string {
  let readable = address;
  try {
    readable = decodeURIComponent(address);
  } catch {
    // Not every address is well-formed; it is then looked at as it stands.
  }
  const redacted = redactText(readable, rules);
  return redacted === readable ? address : redacted;
}
