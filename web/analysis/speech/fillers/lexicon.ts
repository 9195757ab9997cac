/** Filler words as transcripts write them, by language (BCP 47 primary subtag). */
const byLanguage: Record<string, readonly string[]> = {
  en: ['um', 'uh', 'er', 'erm', 'uhm', 'hmm', 'hm', 'mm', 'ah', 'eh', 'umm', 'uhh', 'mmm', 'ehm'],
  de: ['äh', 'ähm', 'öh', 'öhm', 'hm', 'hmm', 'mhm', 'ähh', 'ääh'],
  fr: ['euh', 'heu', 'hum', 'ben', 'euhm', 'hmm', 'mmh'],
  es: ['eh', 'em', 'ehm', 'este', 'mmm', 'eeh', 'hmm'],
  pt: ['hã', 'hum', 'ãh', 'éh', 'ahn', 'hmm', 'eh'],
  it: ['ehm', 'eh', 'uhm', 'mmm', 'hmm', 'boh'],
  nl: ['eh', 'uh', 'ehm', 'uhm', 'hmm', 'euh'],
  sv: ['öh', 'äh', 'ehm', 'öhm', 'hmm'],
  da: ['øh', 'øhm', 'æh', 'hmm'],
  nb: ['eh', 'ehm', 'øh', 'hmm'],
  no: ['eh', 'ehm', 'øh', 'hmm'],
  fi: ['öö', 'ööö', 'niinku', 'hmm', 'ää'],
  pl: ['yyy', 'eee', 'yhm', 'hmm', 'mmm'],
  cs: ['ehm', 'hmm', 'eee', 'ééé'],
  ru: ['э', 'эм', 'ээ', 'эээ', 'мм', 'ммм', 'хм', 'гм'],
  uk: ['е', 'ее', 'ем', 'мм', 'хм'],
  tr: ['ııı', 'ıı', 'eee', 'hmm', 'şey'],
  ja: ['えー', 'えっと', 'あの', 'あのー', 'ええと', 'えーと', 'うーん', 'んー'],
  zh: ['嗯', '呃', '额', '唔'],
  ko: ['음', '어', '그', '저기'],
};
const unknownLanguage = ['hmm', 'mmm'];
/** Words that are fillers at times only: the sound must agree. */
const ambiguous = new Set([
  'ben',
  'este',
  'boh',
  'niinku',
  'şey',
  'あの',
  '그',
  '저기',
  'ah',
  'eh',
  'e',
  'е',
  'э',
  '어',
]);

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{M}ー]/gu, '')
    .replace(/([a-zäöüøæыэм])\1{2,}/gu, '$1$1');

export type FillerReading = 'filler' | 'perhaps' | 'word';

/** Whether a word of a transcript is a filler. "perhaps" is one that can also be a real word. */
export function readAsFiller(text: string, language: string): FillerReading {
  const word = plain(text);
  if (word === '') return 'word';
  // Another language's fillers are real words too often: "um" and "er" in German, "um" in Portuguese.
  const listed = (byLanguage[language] ?? unknownLanguage).some((f) => plain(f) === word);
  if (!listed) return 'word';
  return ambiguous.has(word) ? 'perhaps' : 'filler';
}
