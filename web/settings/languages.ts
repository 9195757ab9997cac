/** The languages Whisper was trained on, by the codes of its tokenizer. */
const codes =
  'af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi ' +
  'hr ht hu hy id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn ' +
  'no oc pa pl ps pt ro ru sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi ' +
  'yi yo zh';

/** Whisper writes Javanese as `jw`; the standard code is `jv`. */
const standard: Record<string, string> = { jw: 'jv', tl: 'fil' };

/** Chromium's own list of names lacks these. */
const unnamed: Record<string, string> = { ba: 'Bashkir', bo: 'Tibetan' };

export interface Language {
  code: string;
  name: string;
}

/** By name. `only`: the languages of a model; `*` stands for all. */
export function languages(only: readonly string[]): Language[] {
  const names = new Intl.DisplayNames('en', { type: 'language' });
  return codes
    .split(' ')
    .filter((code) => only.includes('*') || only.includes(code))
    .map((code) => ({ code, name: unnamed[code] ?? names.of(standard[code] ?? code) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
