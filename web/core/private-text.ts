/** Finds private text by its form: addresses, numbers with check digits, keys. Pure; used on pages, event texts and stills. */

export const privateKinds = ['email', 'phone', 'card', 'iban', 'key'] as const;
export type PrivateKind = (typeof privateKinds)[number];

/** Half-open, in UTF-16 units of the text. */
export interface TextSpan {
  start: number;
  end: number;
}

type Detector = (text: string) => TextSpan[];

/** What may stand between groups of digits: spaces of all widths, dots, dashes. */
const gap = '[ \\u00a0\\u2007\\u2009\\u202f.\\u2010-\\u2013-]';

function spans(text: string, pattern: RegExp, accept?: (match: string) => boolean): TextSpan[] {
  const found: TextSpan[] = [];
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '' || (accept && !accept(match[0]))) continue;
    found.push({ start: match.index, end: match.index + match[0].length });
  }
  return found;
}

const digitsOf = (text: string) => text.replace(/\D/g, '');

const emailPattern =
  /[\p{L}\p{N}][\p{L}\p{N}._%+'-]{0,63}@(?:[\p{L}\p{N}][\p{L}\p{N}-]{0,62}\.)+\p{L}{2,24}(?![\p{L}\p{N}])/gu;

/** `icon@2x.png` is a file, `git@host` is how repositories are addressed. */
const findEmails: Detector = (text) =>
  text.includes('@')
    ? spans(text, emailPattern, (m) => !/@\dx\.\p{L}+$/u.test(m) && !m.startsWith('git@'))
    : [];

const date = /\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}\b/;

const phonePatterns: [pattern: RegExp, least: number, most: number][] = [
  // +49 30 123456, +1 (555) 010-9999, 0044 20 7946 0958
  [
    new RegExp(
      `(?<![\\w.]|\\d${gap})(?:\\+|00(?=[1-9]))\\d{1,3}(?:(?:${gap}|/){0,2}(?:\\(\\d{1,5}\\)|\\d{1,5})){1,6}(?!\\w)`,
      'gu',
    ),
    8,
    15,
  ],
  // (212) 555-0100, 212.555.0100
  [
    new RegExp(
      `(?<![\\w.+$€£-])(?:1${gap})?(?:\\([2-9]\\d{2}\\)${gap}?|[2-9]\\d{2}${gap})[2-9]\\d{2}${gap}\\d{4}(?!${gap}?\\d|\\w)`,
      'gu',
    ),
    10,
    11,
  ],
  // 030 1234567, 0171/2345678, 01 23 45 67 89, (020) 7946 0958
  [
    new RegExp(
      `(?<![\\w.,+:/$€£-]|\\d${gap})(?:\\(0[1-9]\\d{0,4}\\)|0[1-9]\\d{0,4})(?:(?:${gap}|/){1,2}\\d{2,8}){1,5}(?!\\w|[:,]\\d)`,
      'gu',
    ),
    9,
    12,
  ],
];

/** A number that is called one: "Phone: 5550109", "tel 555 0109". */
const calledPhone =
  /(?<=\b(?:tel|telephone|phone|mobile|cell|fax|call|whatsapp|handy|telefon)\b[^\d\n+]{0,12})\d[\d ().\u00a0-]{5,18}\d/giu;

const findPhones: Detector = (text) => [
  ...phonePatterns.flatMap(([pattern, least, most]) =>
    spans(text, pattern, (match) => {
      const { length } = digitsOf(match);
      return length >= least && length <= most && !date.test(match);
    }),
  ),
  ...spans(text, calledPhone, (match) => !date.test(match) && digitsOf(match).length >= 7),
];

/** Check digit of payment cards, ISO/IEC 7812-1 annex B. */
export function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** Beginnings and lengths that card networks issue. */
const issued =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11,14}|6(?:011|5\d\d|4[4-9]\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}|(?:50|5[6-9]|6[0-9])\d{10,17})$/;

const findCards: Detector = (text) =>
  spans(text, new RegExp(`(?<![\\w.,-])\\d(?:${gap}?\\d){12,18}(?!\\w|[.,]\\d)`, 'gu'), (match) => {
    const digits = digitsOf(match);
    const separators = new Set(match.replace(/\d/g, ''));
    return separators.size <= 1 && issued.test(digits) && luhn(digits);
  });

/** Lengths of account numbers by country, from the IBAN registry (SWIFT, release 99). */
const ibanLengths: Record<string, number> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** ISO 7064 mod 97-10, as ISO 13616 applies it. `iban` has no separators, upper case. */
export function ibanIsValid(iban: string): boolean {
  if (ibanLengths[iban.slice(0, 2)] !== iban.length) return false;
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** The country's length decides where the number ends, whatever words follow. */
const findIbans: Detector = (text) => {
  const found: TextSpan[] = [];
  const beginning = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?=[ \u00a0\u202f-]?[A-Z\d])/giu;
  for (const { 0: head, index } of text.matchAll(beginning)) {
    const length = ibanLengths[head.slice(0, 2).toUpperCase()];
    if (!length) continue;
    let compact = '';
    let at = index;
    for (; at < text.length && compact.length < length; at++) {
      const char = text[at]!;
      if (/[A-Z\d]/i.test(char)) compact += char.toUpperCase();
      else if (!/[ \u00a0\u202f-]/.test(char)) break;
    }
    if (compact.length === length && ibanIsValid(compact)) found.push({ start: index, end: at });
  }
  return found;
};

/** Beginnings by which services mark their keys, each with the least that follows. */
const markedKeys = new RegExp(
  [
    'eyJ[\\w-]{8,}\\.[\\w-]{8,}(?:\\.[\\w-]*)?', // JSON Web Token, RFC 7519
    '(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)?[-_]?[\\w-]{16,}',
    '(?:AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{16}',
    'gh[pousr]_\\w{20,}',
    'github_pat_\\w{20,}',
    'glpat-[\\w-]{16,}',
    'xox[abeoprs]-[\\w-]{10,}',
    'AIza[\\w-]{30,}',
    'ya29\\.[\\w-]{20,}',
    '(?:npm|hf|dop_v1|shpat|shpss|lin_api|whsec)_\\w{16,}',
    'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  ].join('|'),
  'g',
);

const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g;
const passwordInAddress = /(?<=\b[a-z][a-z\d+.-]{1,20}:\/\/)[^\s/@:]{1,64}:[^\s/@]{1,64}(?=@)/gi;
const bearer = /(?<=\bBearer )[\w.~+/=-]{16,}/gi;
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const findKeys: Detector = (text) => [
  ...spans(text, new RegExp(`(?<![\\w])(?:${markedKeys.source})`, 'g')),
  ...spans(text, pemKey),
  ...spans(text, passwordInAddress),
  ...spans(text, bearer),
  ...spans(text, /(?<![\w+/-])[\w+/-]{20,}={0,2}/g, looksRandom),
];

/** Bits for each character, by the frequencies within the text itself. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values())
    bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/**
 * A run of letters and digits that nobody writes by hand: in words and names the class of the
 * character (small, capital, digit) changes seldom, in random text at more than every third place.
 * Hexadecimal has less of both, so it has to be longer. A UUID names a thing and opens nothing.
 */
function looksRandom(text: string): boolean {
  if (uuid.test(text)) return false;
  return text.split(/[-_/]/).some((run) => {
    const body = run.replace(/=+$/, '');
    if (/^[\da-f]+$/i.test(body)) {
      return body.length >= 32 && /\d/.test(body) && /[a-f]/i.test(body) && entropy(body) >= 3;
    }
    if (body.length < 20 || digitsOf(body).length < 2) return false;
    const classOf = (char: string) => (/\d/.test(char) ? 0 : /[a-z]/.test(char) ? 1 : 2);
    let changes = 0;
    for (let i = 1; i < body.length; i++) {
      if (classOf(body[i]!) !== classOf(body[i - 1]!)) changes++;
    }
    return changes / (body.length - 1) >= 0.34 && entropy(body) >= 3.5;
  });
}

const detectors: Record<PrivateKind, Detector> = {
  email: findEmails,
  phone: findPhones,
  card: findCards,
  iban: findIbans,
  key: findKeys,
};

/** Nothing can be found in a text that has none of these. */
const worthLooking = /[\d@]|[\w+/-]{20}|-----BEGIN/;

/** Spans of the text that have the form of one of these kinds, in no order; they may overlap. */
export const findPrivateText = (text: string, kinds: readonly PrivateKind[]): TextSpan[] =>
  worthLooking.test(text) ? kinds.flatMap((kind) => detectors[kind](text)) : [];

/** What is being typed and may become one of these kinds: enough of it to hide it from here on. */
const beginnings: Record<PrivateKind, RegExp> = {
  email: /[^\s@]+@[\p{L}\p{N}-]*$|[^\s@]+@[^\s@]+\.\p{L}*$/u,
  phone: /(?:\+|^00)[1-9][\d ()./-]{3,}$|^\(?0[1-9][\d ()./-]{4,}$|^\(\d{3}\)/,
  card: /^(?:[3-6]\d{3}|2[2-7]\d\d)[ -]?\d{2}[\d -]*$/,
  iban: /^[A-Z]{2}\d{2}[ -]?[A-Z\d]{2}[A-Z\d -]*$/i,
  key: /^(?:sk-|sk_|pk_|rk_|eyJ|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|AIza|ya29\.)/,
};

/** Whether typing has begun something that will be private once it is whole. */
export const mayBecomePrivate = (text: string, kinds: readonly PrivateKind[]): boolean =>
  kinds.some((kind) => beginnings[kind].test(text));

/** The same at the end of a longer text. */
const unfinished: Record<PrivateKind, RegExp> = {
  email: /[^\s@]+@[^\s@]*$/,
  phone: /(?<![\w.])(?:\+\d|0[1-9]\d)[\d ()./-]{3,}$/,
  card: /(?<![\w.,-])(?:[3-6]\d{3}|2[2-7]\d\d)[ -]?\d{2}[\d -]*$/,
  iban: /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}[ -]?[A-Z\d]{2}[A-Z\d -]{0,30}$/u,
  key: /(?<!\w)(?:sk-|sk_|pk_|rk_|eyJ|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|AIza|ya29\.)\S*$/,
};

/** What stands at the end of a text that is being written and may become private; null where nothing does. */
export function unfinishedPrivateText(
  text: string,
  kinds: readonly PrivateKind[],
): TextSpan | null {
  // No kind is longer; a whole page before the caret need not be searched.
  const from = Math.max(0, text.length - 80);
  const end = text.slice(from);
  const starts = kinds.map((kind) => end.search(unfinished[kind])).filter((at) => at >= 0);
  return starts.length > 0 ? { start: from + Math.min(...starts), end: text.length } : null;
}
