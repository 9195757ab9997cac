/** The clips of `../shared/media/speech` with what is said in them. */
export interface Clip {
  file: string;
  text: string;
}
const librivox = (n: string) => `librivox/sense_and_sensibility_01_austen_64kb-${n}.wav`;

export const clips: Clip[] = [
  {
    file: 'jfk.wav',
    text: 'and so my fellow americans ask not what your country can do for you ask what you can do for your country',
  },
  {
    file: 'librispeech-84-121550-0000.flac',
    text: 'but with full ravishment the hours of prime singing received they in the midst of leaves that ever bore a burden to their rhymes',
  },
  {
    file: 'moonshine-two_cities_16k.wav',
    text: 'it was the best of times it was the worst of times it was the age of wisdom it was the age of foolishness it was the epoch of belief it was the epoch of incredulity it was the season of light it was the season of darkness it was the spring of hope it was the winter of despair we had everything before us we had nothing before us we were all going direct to heaven we were all going direct the other way in short the period was so far like the present period that some of its noisiest authorities insisted on its being received for good or for evil in the superlative degree of comparison only',
  },
  {
    file: 'deepgram-audio.wav',
    text: "yeah as as much as it's worth celebrating the first spacewalk with an all female team i think many of us are looking forward to it just being normal and i think if it signifies anything it is to honor the the women who came before us who were skilled and qualified and didn't get the same opportunities that we have today",
  },
  {
    file: librivox('0870'),
    text: 'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
  },
  { file: librivox('0880'), text: 'he was not an ill disposed young man' },
  {
    file: librivox('0890'),
    text: 'unless to be rather cold hearted and rather selfish is to be ill disposed',
  },
  {
    file: librivox('0920'),
    text: 'had he married a more a amiable woman he might have been made still more respectable than he was',
  },
  { file: librivox('0930'), text: 'he might even have been made amiable himself' },
];
