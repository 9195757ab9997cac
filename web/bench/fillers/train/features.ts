/** Turns mixed clips (`mix.py`) into the network's features: `node features.ts work/data/mixA`. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  featureCount,
  fillerFeatures,
  frameSamples,
} from '../../../analysis/speech/fillers/features.ts';

const name = process.argv[2]!;
const lengths = JSON.parse(readFileSync(`${name}.json`, 'utf8')) as number[];
const bytes = readFileSync(`${name}.pcm`);
const sound = new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
const out = new Float32Array(lengths.reduce((a, n) => a + n, 0) * featureCount);
let at = 0;
for (const frames of lengths) {
  const clip = sound.subarray(at * frameSamples, (at + frames) * frameSamples);
  out.set(fillerFeatures(Float32Array.from(clip, (v) => v / 32768)).values, at * featureCount);
  at += frames;
}
writeFileSync(`${name}.feat`, Buffer.from(out.buffer));
