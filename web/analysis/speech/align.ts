/**
 * Where known words are spoken: forced alignment with hidden Markov models of phones
 * (SoundSwallower, the acoustic model of PocketSphinx).
 */
import type { Decoder, Segment } from 'soundswallower';
import { sourceTime } from '../../core/time.ts';
import { modelManifest, openModel, type LoadOptions } from '../../models/loader.ts';
import { openDecoder } from './align-decoder.ts';
import { Pronouncer } from './pronounce.ts';
import type { Aligner, AlignOptions, Arc } from './types.ts';

/** Phones of fillers, tried when `fillersBetweenWords` names them. */
const fillerPhones: Record<string, string[]> = {
  um: ['AH M'],
  uh: ['AH'],
  er: ['ER'],
  hmm: ['HH M'],
};
/** Chance of a filler at each gap, against the chance of going straight on. */
const fillerChance = 0.1;
/** Paths this much less likely than the best are given up: SoundSwallower's own values, and wider. */
const usualBeams = { beam: 1e-48, pbeam: 1e-48, wbeam: 7e-29 };
const wideBeams = { beam: 1e-120, pbeam: 1e-120, wbeam: 1e-80 };
/** Frames a second of the aligner. */
const frameRate = 100;

/** The aligner for a language, or null where no model for it is installed. */
export async function openAligner(
  language: string,
  options: LoadOptions = {},
): Promise<Aligner | null> {
  const { models } = await modelManifest();
  const model = models.find((m) => m.kind === 'aligner' && m.languages.includes(language));
  if (!model) return null;
  const files = new Map<string, Uint8Array>();
  for (const [path, file] of await openModel(model.name, options))
    files.set(path.slice(path.lastIndexOf('/') + 1), new Uint8Array(await file.arrayBuffer()));
  return alignerFromFiles(language, files);
}

/** `files` by name: the acoustic model's, `dict.txt` and `soundswallower.web.wasm`. */
export async function alignerFromFiles(
  language: string,
  files: Map<string, Uint8Array>,
): Promise<Aligner> {
  const pronouncer = new Pronouncer(new TextDecoder().decode(files.get('dict.txt')));
  files.delete('dict.txt');
  return new SoundAligner(language, await openDecoder(files), pronouncer);
}

class SoundAligner implements Aligner {
  readonly language: string;
  readonly #decoder: Decoder;
  readonly #pronouncer: Pronouncer;
  /** The decoder's dictionary: one entry per pronunciation, whatever word it belongs to. */
  readonly #names = new Map<string, string>();

  constructor(language: string, decoder: Decoder, pronouncer: Pronouncer) {
    this.language = language;
    this.#decoder = decoder;
    this.#pronouncer = pronouncer;
  }

  align(samples: Float32Array, words: readonly string[], options: AlignOptions = {}): Arc[] | null {
    const spoken: { word: number; ways: string[] }[] = [];
    words.forEach((text, word) => {
      const ways = this.#pronouncer.ways(text);
      if (ways.length > 0) spoken.push({ word, ways });
    });
    if (spoken.length === 0) return null;
    const fillers = (options.fillersBetweenWords ?? []).filter((f) => fillerPhones[f]);
    const grammar = this.#grammar(
      spoken.map((s) => s.ways),
      fillers,
    );
    // Noise makes the true path look bad for a while: a wider search keeps it, but takes longer.
    for (const beams of options.thorough === false ? [usualBeams] : [usualBeams, wideBeams]) {
      const segments = this.#search(samples, grammar, beams);
      const found = this.#arcs(segments, words, spoken, fillers);
      if (found) return withTimes(found, samples.length / 160, options.offset ?? 0);
    }
    return null;
  }

  /** Segments of the best path; none when the search lost every path. */
  #search(samples: Float32Array, grammar: string, beams: Record<string, number>): Segment[] {
    const decoder = this.#decoder;
    try {
      for (const [key, value] of Object.entries(beams)) decoder.set_config(key, value);
      decoder.set_grammar(grammar);
      decoder.start();
      decoder.process_audio(samples, false, true);
      decoder.stop();
      return decoder.get_alignment().w ?? [];
    } catch {
      // It throws when no path is left: these words are not in this sound. Expected, not an error.
      return [];
    }
  }

  close(): void {
    this.#decoder.delete();
  }

  #grammar(ways: readonly string[][], fillers: readonly string[]): string {
    const choice = (all: readonly string[]) => `(${all.map((p) => this.#name(p)).join(' | ')})`;
    const said = fillers.flatMap((f) => fillerPhones[f]!);
    const rules = said.length
      ? `<f> = ${choice(said)};\n<gap> = /${1 - fillerChance}/ <NULL> | /${fillerChance}/ <f>;\n`
      : '';
    const between = said.length ? ' <gap> ' : ' ';
    const line = ways.map(choice).join(between);
    return `#JSGF V1.0;\ngrammar words;\n${rules}public <all> =${between}${line}${between};\n`;
  }

  #name(phones: string): string {
    let name = this.#names.get(phones);
    if (!name) {
      name = `p${this.#names.size}`;
      this.#decoder.add_words([name, phones]);
      this.#names.set(phones, name);
    }
    return name;
  }

  /** Segments with what they stand for; null when a word is missing (the best path ended early). */
  #arcs(
    segments: readonly Segment[],
    words: readonly string[],
    spoken: readonly { word: number; ways: string[] }[],
    fillers: readonly string[],
  ): FoundArc[] | null {
    const fillerNames = new Map<string, string>();
    for (const filler of fillers)
      for (const phones of fillerPhones[filler]!) fillerNames.set(this.#name(phones), filler);
    let next = 0;
    const arcs = segments.flatMap((segment): FoundArc[] => {
      const name = segment.t.replace(/\(\d+\)$/, '');
      if (segment.d <= 0 || name === '(NULL)') return [];
      const wanted = spoken[next];
      if (wanted?.ways.some((phones) => this.#names.get(phones) === name)) {
        next++;
        return [{ kind: 'word', text: words[wanted.word]!, word: wanted.word, segment }];
      }
      const filler = fillerNames.get(name);
      if (filler) return [{ kind: 'filler', text: filler, word: -1, segment }];
      return [{ kind: 'silence', text: '', word: -1, segment }];
    });
    return next === spoken.length ? arcs : null;
  }
}

type FoundArc = Pick<Arc, 'kind' | 'text' | 'word'> & { segment: Segment };

/** In source time, joined silences, from the first to the last sample. */
function withTimes(found: readonly FoundArc[], frames: number, offset: number): Arc[] {
  const arcs: Arc[] = [];
  for (const { segment, ...arc } of found) {
    const start = sourceTime(offset + Math.max(0, segment.b));
    const end = sourceTime(offset + Math.min(frames / frameRate, segment.b + segment.d));
    const last = arcs.at(-1);
    if (last?.kind === 'silence' && arc.kind === 'silence')
      arcs[arcs.length - 1] = { ...last, end };
    else arcs.push({ ...arc, start, end });
  }
  return arcs;
}
