/** Fields whose text no recording may hold, whatever the person allows. */

/** `autocomplete` values that say nothing about the person. */
const plain = new Set(['', 'on', 'off', 'false', 'true', 'nope', 'section', 'search']);

/** Of a field that was never given an `autocomplete`: its names in the languages of common forms. */
const telling =
  /pass(?:word|wd|phrase|code)?\b|passw|\bpwd?\b|kennwort|contrase|mot.?de.?passe|\bpin\b|\botp\b|one.?time|2fa|mfa|\bcv[vc]2?\b|\bcsc\b|security.?code|card.?(?:num|no\b|holder|exp)|cc.?(?:num|exp|csc|name)|credit.?card|\biban\b|\bssn\b|social.?security|api.?key|secret|token|private.?key|routing.?number|account.?number/i;

/** Fields that were a password before the page showed it. */
const wasPassword = new WeakSet<Element>();

/** Fields to come back to: a password that is shown later stays one. */
export function notePasswords(root: ParentNode): void {
  for (const field of root.querySelectorAll('input[type="password"]')) wasPassword.add(field);
}

/** Password, payment, one-time code, or any kind that `autocomplete` names. */
export function isPrivateField(element: Element): boolean {
  if (element instanceof HTMLInputElement && element.type === 'password') {
    wasPassword.add(element);
  }
  if (wasPassword.has(element)) return true;
  const tokens = (element.getAttribute('autocomplete') ?? '').toLowerCase().trim().split(/\s+/);
  if (tokens.some((token) => !plain.has(token) && !token.startsWith('section-'))) return true;
  const words = ['name', 'id', 'aria-label', 'placeholder', 'data-testid']
    .map((attribute) => element.getAttribute(attribute) ?? '')
    .concat(labelsOf(element))
    .join(' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_-]/g, ' ');
  if (telling.test(words)) return true;
  if (element instanceof HTMLInputElement && element.maxLength === 1) return true;
  const security = getComputedStyle(element).getPropertyValue('-webkit-text-security');
  return security !== '' && security !== 'none';
}

const labelsOf = (element: Element): string[] =>
  'labels' in element
    ? [...((element as HTMLInputElement).labels ?? [])].map((label) => label.textContent ?? '')
    : [];

/** Choices that say as much as a text: when a card ends, when someone was born. */
export function isPrivateChoice(element: Element): boolean {
  const hint = `${element.getAttribute('autocomplete') ?? ''} ${element.getAttribute('name') ?? ''}`;
  return /\bcc-|bday|\bsex\b|one-time-code|card.?exp|exp.?(?:month|year)|birth/i.test(hint);
}
