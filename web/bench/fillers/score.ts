/** Counts matches and prints the tables. */
import { overlap } from '../../core/time.ts';
import type { Heard } from './listen.ts';
import type { PlacedFiller, Scene } from './scenes.ts';

interface Place {
  readonly start: number;
  readonly end: number;
}
interface Tally {
  hits: number;
  missed: number;
  falseOnes: number;
  /** Seconds of real words: all, and those that would be cut. */
  words: number;
  cut: number;
  /** Distance of the found edges from the true ones, seconds. */
  edges: number[];
}
const none = (): Tally => ({ hits: 0, missed: 0, falseOnes: 0, words: 0, cut: 0, edges: [] });
/** What is cut by default. */
const sure = 0.5;

export function report(results: { scene: Scene; heard: Heard }[]): void {
  const ours = (heard: Heard) => heard.fillers.filter((f) => f.confidence >= sure);
  console.log(header('noise'));
  for (const noise of new Set(results.map((r) => r.scene.noise))) {
    const some = results.filter((r) => r.scene.noise === noise);
    console.log(row(`${noise}, Cairn`, tally(some, ours)));
    if (some.every((r) => r.heard.own)) {
      const own = tally(some, (heard) => heard.own ?? []);
      console.log(row(`${noise}, Whisper's own words`, own));
    }
  }
  console.log(`\n${header('all levels of noise')}`);
  const kinds: [string, (f: PlacedFiller) => boolean][] = [
    ['in a sentence, touching', (f) => f.where === 'in a sentence' && f.touching],
    ['in a sentence, apart', (f) => f.where === 'in a sentence' && !f.touching],
    ['between sentences, touching', (f) => f.where !== 'in a sentence' && f.touching],
    ['between sentences, apart', (f) => f.where !== 'in a sentence' && !f.touching],
    ...(['natural', 'own vowel', 'formant', 'spoken'] as const).map(
      (s): [string, (f: PlacedFiller) => boolean] => [`source: ${s}`, (f) => f.source === s],
    ),
  ];
  for (const [name, choose] of kinds) {
    const t = tally(results, ours, choose);
    console.log(
      `${name.padEnd(38)} recall ${share(t.hits, t.hits + t.missed)}  n ${t.hits + t.missed}`,
    );
  }
  const sound = results.reduce((a, r) => a + r.scene.samples.length / 16_000, 0);
  const spent = results.reduce((a, r) => a + r.heard.seconds, 0);
  console.log(`\n10 minutes of speech take ${((spent / sound) * 600).toFixed(1)} s, words aside`);
}

function tally(
  results: { scene: Scene; heard: Heard }[],
  found: (heard: Heard) => readonly Place[],
  choose: (filler: PlacedFiller) => boolean = () => true,
): Tally {
  const total = none();
  for (const { scene, heard } of results) {
    const places = found(heard);
    const matched = new Set<Place>();
    for (const filler of scene.fillers) {
      // Half of the shorter one: a touch at the edge is no match.
      const hit = places.find(
        (p) => overlap(p, filler) >= 0.5 * Math.min(p.end - p.start, filler.end - filler.start),
      );
      if (hit) matched.add(hit);
      if (!choose(filler)) continue;
      if (hit) {
        total.hits++;
        total.edges.push(Math.abs(hit.start - filler.start), Math.abs(hit.end - filler.end));
      } else total.missed++;
    }
    total.falseOnes += places.length - matched.size;
    for (const word of scene.words) {
      total.words += word.end - word.start;
      total.cut += places.reduce((a, p) => a + overlap(p, word), 0);
    }
  }
  return total;
}

const share = (a: number, b: number) => (b ? (a / b).toFixed(3) : '-').padStart(6);
const header = (first: string) =>
  `${first.padEnd(34)} precision recall     F1  words cut  edge (median)`;

function row(name: string, t: Tally): string {
  const found = t.hits + t.falseOnes;
  const f1 = share(2 * t.hits, found + t.hits + t.missed);
  const edge = t.edges.sort((a, b) => a - b)[t.edges.length >> 1];
  return [
    name.padEnd(34),
    share(t.hits, found).padStart(9),
    share(t.hits, t.hits + t.missed),
    f1,
    `${((100 * t.cut) / t.words).toFixed(2)} %`.padStart(10),
    edge === undefined ? '' : `${(edge * 1000).toFixed(0)} ms`.padStart(8),
  ].join(' ');
}
