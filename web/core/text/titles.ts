/** Short imperative titles from what was said. */
import { bare, englishBase, languageOf } from './language.ts';

const maxLength = 60;
const maxLengthCjk = 24;

/** A title for a step whose most telling sentence this is. Empty when the sentence says nothing. */
export function titleFrom(sentence: string, language: string): string {
  const text = sentence.replaceAll('’', "'").trim();
  const title = language.startsWith('en') ? englishTitle(text) : firstClause(text, language);
  return finish(title, language);
}

/** Takes words off the front that carry nothing. Longest alternatives first. */
const english = {
  preface: new RegExp(
    `^(?:(?:so|okay|ok|alright|all right|right|well|now|then|next(?: up)?|and|but|also|great|perfect|good|cool|` +
      `awesome|yeah|yes|no|um|uh|first(?:ly)?(?: of all)?|second(?:ly)?|third(?:ly)?|lastly|last(?: of all)?|finally|again|` +
      `after (?:that|this)|afterwards|from (?:here|there)|at this point|basically|actually|simply|just|please|` +
      `once (?:that's|this is|it's|you're|that is) (?:done|finished|loaded|ready)|when (?:that's|it's) done|` +
      `to (?:start|begin)(?: with| off)?|as you can see|step \\w+|here|hi|hello|hey|everyone|everybody|guys|there|folks|` +
      `welcome(?: back)?|what (?:i|we|you)(?:'ll| will)? (?:want to |need to |have to )?do (?:next |now |here )?is|` +
      `the (?:first|second|third|next|last|final) (?:thing|step)(?: (?:that )?(?:i|we|you)(?:'ll| will)?(?: (?:want|need|have) to)? do)? is(?: to)?|` +
      `all (?:you|we) (?:have|need) to do is(?: to)?|maybe|of course)(?:[\\s,.!:;]+|$))+`,
    'i',
  ),
  subordinate:
    /^(?:to|in order to|if|once|when|after|before|as soon as|while|on|in|at|under|inside)\b[^,]*,\s*(.+)$/i,
  subject: /^(?:i|we|you|let's|lets|let us|let me|they)(?:'m|'re|'ll|'ve|'d)?\s+/i,
  auxiliary:
    /^(?:am|are|will|would|can|could|should|must|may|might|do|have|has|had|need|want|wanna|got|gotta|going|gonna|like|to|just|then|now|simply|also|first|again|quickly|go ahead and|start by|begin by|start off by|be|try|only|always|please|next|here|'ll)\s+/i,
  shown:
    /^(?:on the (?:left|right|top|bottom)(?:[- ]hand)?(?: side)?,? )?(?:you|we|i)?(?:'ll|'re)?\s*(?:can|could|will|should|now|then|already|also)*\s*(?:now )?(?:see|notice|find|have|get|'ve got)\s+(?:that\s+|here\s+)?(.+)$/i,
  is: /^(?:this|that|here|there|it)(?:\s+(?:page|screen|here|now|then))*(?:'s| is| are)\s+(?:now\s+)?(?:where\s+)?(.+)$/i,
  howTo: /\bhow (?:to|you can|we can|i)\s+(.+)$/i,
  about:
    /^(?:to )?(?:this|the|my|our) (?:\w+ )?(?:video|tutorial|guide|demo|walkthrough|session|course)\s+(?:on|about)\s+(.+)$/i,
};

function englishTitle(sentence: string): string {
  let text = strip(sentence);
  if (!text) return firstClause(sentence, 'en');
  const how = english.howTo.exec(text);
  if (how && !english.subordinate.test(text)) return `How to ${clause(how[1]!)}`;
  const about = english.about.exec(text);
  if (about) return clause(about[1]!);

  const subordinate = english.subordinate.exec(text);
  if (subordinate) {
    const main = strip(subordinate[1]!);
    const timed = /^(?:once|when|after|as soon as)\b/i.test(text) && /\s/.test(main);
    if (timed || instruction(main)) text = main;
  }
  const done = instruction(text);
  if (done) return done;

  const shown = english.shown.exec(text) ?? english.is.exec(text);
  if (shown) return clause(shown[1]!.replace(/^(?:the|a|an|our|your|my|all|how|that)\s+/i, ''));
  return clause(text);
}

const strip = (text: string) => text.replace(english.preface, '').trim();

/** "I'm going to click on the button" → "Click the button"; null where nobody does anything. */
function instruction(text: string): string | null {
  const subject = english.subject.exec(text);
  let rest = subject ? text.slice(subject[0].length) : text;
  if (subject) {
    // "Can", "need to" and the like, as many as there are.
    for (let m = english.auxiliary.exec(rest); m; m = english.auxiliary.exec(rest)) {
      rest = rest.slice(m[0].length);
    }
  } else {
    rest = rest.replace(/^(?:just|simply|please|go ahead and|start by|begin by)\s+/i, '');
  }
  const verb = bare(rest.split(/\s+/)[0] ?? '');
  const base = englishBase.get(verb);
  // Without a subject only the bare verb is an order: "settings open" and "opened files" are none.
  if (!base || (!subject && verb !== base && !/ing$/.test(verb))) return null;
  let object = rest.slice((rest.split(/\s+/)[0] ?? '').length).trim();
  if (/^(?:click|press|tap|hit|double-click|right-click)$/.test(base))
    object = object.replace(/^on\s+(?:to\s+)?/i, '');
  const own = /^(?:i|we|let)/i.test(subject?.[0] ?? '');
  if (own) object = object.replace(/\b(?:my|our)\b/g, 'your').replace(/\bmyself\b/g, 'yourself');
  return clause(`${base} ${object}`.replace(/^go ahead and /, ''));
}

/** The first clause, without what trails behind it. */
function clause(text: string): string {
  let cut = text.split(/[.!?;:…](?:\s|$)|\s[–—-]\s/)[0]!;
  cut = cut.split(
    /,?\s+(?:and then|and now|and (?:i|we|you|it|that|this)\b|because|so that|so (?:i|we|you|it)\b|which|where|whereas|but|until|and as|as you can see)\b/i,
  )[0]!;
  const [head, tail] = [cut.split(',')[0]!, cut];
  // A comma inside a list ("name, e-mail and phone") is no end, if it all fits.
  cut = tail.length <= maxLength && /,[^,]+\b(?:and|or)\b/.test(tail) ? tail : head;
  return cut.replace(
    /(?:\s+(?:here|now|right here|over here|up here|down here|right there|again|as well|too|please|for me|then|first|real quick|okay|ok))+$/i,
    '',
  );
}

function firstClause(text: string, language: string): string {
  const { openers } = languageOf(language);
  const lower = text.toLowerCase();
  const opener = openers.find((o) => lower.startsWith(`${o} `) || lower.startsWith(`${o},`));
  const rest = opener ? text.slice(opener.length).replace(/^[\s,]+/, '') : text;
  const parts = rest.split(/[,;:.!?…](?:\s|$)|[、，。！？；]|\s[–—-]\s/).filter((p) => p.trim());
  const first = parts[0] ?? '';
  // A single word before a comma ("Also, …") is no title.
  const words = first.trim().split(/\s+/).length;
  return words === 1 && parts[1] && first.length < 8 ? parts[1] : first;
}

/** Fits the length, ends on a whole word that can end a title, begins with a capital. */
function finish(title: string, language: string): string {
  const { dangling } = languageOf(language);
  const quoteless = title
    .replace(/\s+/g, ' ')
    .replace(/[\s,.;:!?…–—-]+$/, '')
    .trim();
  const spaced = /\s/.test(quoteless);
  const limit = /[\u3040-\u9fff]/.test(quoteless) ? maxLengthCjk : maxLength;
  let words = quoteless.split(' ');
  if (!spaced && quoteless.length > limit) return quoteless.slice(0, limit);
  if (quoteless.length > limit) {
    while (words.length > 1 && words.join(' ').length > limit) words.pop();
    // Rather end before a preposition than in the middle of what follows it.
    const last = words.findLastIndex((w, i) => i >= 3 && dangling.has(bare(w)));
    if (last > 0 && words.length - last <= 3) words = words.slice(0, last);
  }
  while (words.length > 1 && dangling.has(bare(words.at(-1)!))) words.pop();
  const text = words.join(' ').replace(/[\s,.;:!?…–—-]+$/, '');
  return /^\p{Ll}\p{Lu}/u.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
}
