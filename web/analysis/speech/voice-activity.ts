/** Where someone speaks: Silero's probabilities, edges refined on the level of 10 ms frames. */
import { sourceRange, type SourceRange } from '../../core/time.ts';
import type { JobContext } from '../../core/progress.ts';
import { openModelFile } from '../../models/loader.ts';
import { excessOverNoise, LevelMeter } from './levels.ts';
import { openSession, type Session } from './runtime.ts';
import {
  activityFrame,
  levelFrame,
  voiceRate,
  type VoiceActivity,
  type VoiceSignal,
} from './types.ts';

const frame = 512;
/** Samples of the frame before, that the model sees as well. */
const context = 64;
/**
 * Stretches that are run side by side (one call of the runtime costs more than its arithmetic);
 * each starts a little early so that the state has settled. Shortest and longest in frames.
 */
const lanes = 24;
const lane = { shortest: 12 * 32, longest: 20 * 32 };
const warmUp = 96;

/** Probability at which speech begins, and below which it has ended (Silero's own defaults). */
const onset = 0.5;
const offset = 0.35;
/** Shorter dips of probability are inside of speech, shorter peaks are clicks; seconds. */
const shortestGap = 0.1;
const shortestSpeech = 0.06;

export async function detectVoice(voice: VoiceSignal, job: JobContext): Promise<VoiceActivity> {
  const file = await openModelFile('silero-vad', 'silero_vad_v6.onnx', { signal: job.signal });
  const session = await openSession(file);
  try {
    const meter = new LevelMeter(voice.duration);
    const probabilities = await measure(session, voice, meter, job);
    const isSpeech = (f: number) => {
      const at = Math.floor((f * levelFrame) / activityFrame);
      return (
        Math.max(probabilities[at - 1] ?? 0, probabilities[at] ?? 0, probabilities[at + 1] ?? 0) >
        0.25
      );
    };
    const excess = excessOverNoise(meter.bands, isSpeech);
    const speech = speechRanges(probabilities, excess, voice.duration);
    return { speech, probabilities, levels: meter.levels, excess };
  } finally {
    await session.close();
  }
}

async function measure(session: Session, voice: VoiceSignal, meter: LevelMeter, job: JobContext) {
  const total = Math.ceil((voice.duration * voiceRate) / frame);
  const probabilities = new Float32Array(total);
  const laneFrames = Math.min(lane.longest, Math.max(lane.shortest, Math.ceil(total / lanes)));
  const rate = session.tensor('int64', BigInt64Array.of(BigInt(voiceRate)), []);
  for (let first = 0; first < total; first += lanes * laneFrames) {
    const lead = Math.min(first, warmUp);
    const count = Math.min(lanes * laneFrames, total - first);
    const start = (first - lead) * frame - context;
    const length = (lead + count) * frame + context;
    const samples = await voice.read(start / voiceRate, (start + length) / voiceRate);
    meter.push(samples.subarray(context + lead * frame));
    // The last lane may be short; lanes are then fewer, never longer.
    const used = Math.ceil(count / laneFrames);
    let state = session.tensor('float32', new Float32Array(2 * used * 128), [2, used, 128]);
    for (let step = -warmUp; step < laneFrames; step++) {
      if (step % 64 === 0) job.signal.throwIfAborted();
      const input = new Float32Array(used * (frame + context));
      for (let lane = 0; lane < used; lane++) {
        const at = (lead + lane * laneFrames + step) * frame;
        if (at >= 0)
          input.set(samples.subarray(at, at + frame + context), lane * (frame + context));
      }
      const out = await session.run({
        input: session.tensor('float32', input, [used, frame + context]),
        state,
        sr: rate,
      });
      state = out['stateN']!;
      if (step < 0) continue;
      for (let i = 0; i < used; i++) {
        const index = first + i * laneFrames + step;
        if (index < total) probabilities[index] = (out['output']!.data as Float32Array)[i]!;
      }
      if (used === 1 && first + step >= total) break;
    }
    job.progress({ fraction: Math.min(1, (first + count) / total) });
  }
  return probabilities;
}

/** From probabilities to ranges (with hysteresis), then each edge to where the sound begins and ends. */
export function speechRanges(
  probabilities: Float32Array,
  excess: Float32Array,
  duration: number,
): SourceRange[] {
  const coarse: { start: number; end: number }[] = [];
  let start = -1;
  for (let i = 0; i <= probabilities.length; i++) {
    const p = probabilities[i] ?? 0;
    if (start < 0 && p >= onset) start = i;
    else if (start >= 0 && p < offset) {
      const range = { start: start * activityFrame, end: i * activityFrame };
      const last = coarse.at(-1);
      if (last && range.start - last.end < shortestGap) last.end = range.end;
      else coarse.push(range);
      start = -1;
    }
  }
  const ranges: SourceRange[] = [];
  coarse.forEach((range, i) => {
    if (range.end - range.start < shortestSpeech) return;
    const before = coarse[i - 1]?.end ?? 0;
    const after = coarse[i + 1]?.start ?? duration;
    const from = Math.max(findStart(range, excess, before), ranges.at(-1)?.end ?? 0);
    const to = Math.min(duration, findEnd(range, excess, after));
    if (to - from < shortestSpeech) return;
    const last = ranges.at(-1);
    if (last && from - last.end < 0.03) ranges[ranges.length - 1] = sourceRange(last.start, to);
    else ranges.push(sourceRange(from, to));
  });
  return ranges;
}

/** A frame this far above the noise is sound, dB. */
const audible = 7;
/** How far an edge may move outwards and inwards from where the probability turned, seconds. */
const reach = { out: 0.2, in: 0.12, decay: 0.3 };
/** Closures of stops within a word, seconds. */
const closure = 0.06;

/** Last frame, going out from the coarse start, before which there is no sound for a closure's length. */
function findStart(
  range: { start: number; end: number },
  excess: Float32Array,
  limit: number,
): number {
  const first = Math.round(Math.max(limit, range.start - reach.out) / levelFrame);
  const inner = Math.round(Math.min(range.end, range.start + reach.in) / levelFrame);
  return edge(excess, inner, first, -1) * levelFrame;
}

function findEnd(
  range: { start: number; end: number },
  excess: Float32Array,
  limit: number,
): number {
  const last = Math.round(Math.min(limit, range.end + reach.decay) / levelFrame);
  const inner = Math.round(Math.max(range.start, range.end - reach.in) / levelFrame);
  return (edge(excess, inner, last, 1) + 1) * levelFrame;
}

/** Walks from `inner` to `outer` and stops at the last audible frame before a pause. */
function edge(excess: Float32Array, inner: number, outer: number, step: 1 | -1): number {
  const longest = Math.round(closure / levelFrame);
  let found = inner;
  let seen = false;
  let pause = 0;
  for (let f = inner; step > 0 ? f <= outer : f >= outer; f += step) {
    if ((excess[f] ?? 0) >= audible) {
      found = f;
      seen = true;
      pause = 0;
    } else if (seen && ++pause > longest) break;
  }
  return found;
}
