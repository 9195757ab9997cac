/** Where the words of a clean clip with a known text are, by forced alignment, in node. */
import createModule from 'soundswallower';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rate } from './sound.ts';

export interface SpokenWord {
  text: string;
  start: number;
  end: number;
}

/** Returns a function that aligns, or gives null when a word is not in the dictionary. */
export async function wordAligner(): Promise<
  (samples: Float32Array, text: string) => SpokenWord[] | null
> {
  const { Decoder } = await createModule();
  const folder = path.dirname(fileURLToPath(import.meta.resolve('soundswallower')));
  const decoder = new Decoder({
    loglevel: 'FATAL',
    samprate: rate,
    nfft: 512,
    // Wide: a voice unlike those of the model must not lose its path.
    beam: 1e-300,
    wbeam: 1e-280,
    pbeam: 1e-300,
    hmm: path.join(folder, 'model/en-us'),
  });
  await decoder.initialize();
  return (samples, text) => {
    const words = text
      .toLowerCase()
      // Not in the dictionary.
      .replace('ravishment', 'ravish meant')
      .replace(/[^a-z' ]/g, ' ')
      .split(/\s+/)
      .filter(Boolean);
    if (words.some((word) => !decoder.lookup_word(word))) return null;
    decoder.set_align_text(words.join(' '));
    decoder.start();
    decoder.process_audio(samples, false, true);
    decoder.stop();
    return (decoder.get_alignment().w ?? [])
      .filter((w) => /^[a-z']/.test(w.t))
      .map((w) => ({ text: w.t.replace(/\(\d+\)$/, ''), start: w.b, end: w.b + w.d }));
  };
}
