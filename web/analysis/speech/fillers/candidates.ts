/** From the networks' judgement per frame to stretches that may be filled pauses. */
import { frameSeconds } from './features.ts';

export interface FrameTrack {
  /**
   * Per `frameSeconds` from source time 0: probability of a filled pause, and of other speech. A
   * Whisper encoder's where `heard` is 1, elsewhere that of the sound alone.
   */
  filler: Float32Array;
  speech: Float32Array;
  heard: Uint8Array;
  /** Probability of a filled pause by the sound alone. */
  sound: Float32Array;
  /** dBFS. */
  levels: Float32Array;
  /** 0 to 1. */
  voicing: Float32Array;
  /** Hz; 0 where unvoiced. */
  pitch: Float32Array;
}

export interface Candidate {
  start: number;
  end: number;
  /** Mean and highest probability over the stretch. */
  mean: number;
  peak: number;
  /** Mean probability by the sound alone. */
  sound: number;
  /** Share of it in which an encoder listened. */
  heard: number;
  /** Standard deviation of pitch over the stretch, octaves; 0 where it is unvoiced. */
  pitchSpread: number;
  /** Mean periodicity of the voice, 0 to 1. */
  voicing: number;
  /** Mean probability of other speech. */
  speech: number;
  /** Level against the speech of the ten seconds around, dB. */
  level: number;
  /** From the quiet to the loud within five seconds, dB: little in noise. */
  contrast: number;
  /** Seconds without speech right before and right after, at most 0.5 each. */
  pauseBefore: number;
  pauseAfter: number;
}

/** A frame at least this likely belongs to a stretch. */
const inside = 0.3;
/** What an encoder heard is sharp in time: a stretch begins and ends with frames at least this likely. */
const edge = 0.5;
/** Dips this short within one filler are closed, seconds. */
const dip = 0.07;
const shortest = 0.08;
const longest = 2.5;
/** A decay is followed this far, and to this much below the filler's level. */
const decay = { seconds: 0.16, decibel: 24 };

export function findCandidates(track: FrameTrack): Candidate[] {
  const { filler } = track;
  const runs: { from: number; to: number }[] = [];
  for (let i = 0; i < filler.length; i++) {
    if (filler[i]! < inside) continue;
    const last = runs.at(-1);
    if (last && i - last.to <= Math.round(dip / frameSeconds)) last.to = i + 1;
    else runs.push({ from: i, to: i + 1 });
  }
  const kept = runs
    .map((run) => withoutEdges(track, run))
    .filter(({ from, to }) => {
      const seconds = (to - from) * frameSeconds;
      return seconds >= shortest - 1e-9 && seconds <= longest;
    });
  return kept.map((run, i) => {
    const before = kept[i - 1]?.to ?? 0;
    const after = kept[i + 1]?.from ?? filler.length;
    return describe(track, run, before, after);
  });
}

/** Without unlikely frames at either end, which belong to the words beside it. */
function withoutEdges({ filler, heard }: FrameTrack, run: { from: number; to: number }) {
  if (!heard[run.from]) return run;
  const likely = filler.subarray(run.from, run.to);
  const first = likely.findIndex((p) => p >= edge);
  const last = likely.findLastIndex((p) => p >= edge);
  return last > first ? { from: run.from + first, to: run.from + last + 1 } : run;
}

/** A stretch that something else proposes, described like those the network heard. */
export function candidateAt(track: FrameTrack, start: number, end: number): Candidate | null {
  const from = Math.max(0, Math.round(start / frameSeconds));
  const to = Math.min(track.filler.length, Math.round(end / frameSeconds));
  return to > from ? describe(track, { from, to }, 0, track.filler.length) : null;
}

function describe(
  track: FrameTrack,
  { from, to }: { from: number; to: number },
  before: number,
  after: number,
): Candidate {
  const mean = average(track.filler, from, to);
  const peak = track.filler.slice(from, to).reduce((a, p) => Math.max(a, p), 0);
  const loudness = average(track.levels, from, to);
  const last = followDecay(track, to, after, loudness);
  const first = from;
  return {
    start: first * frameSeconds,
    end: last * frameSeconds,
    mean,
    peak,
    sound: average(track.sound, from, to),
    heard: average(track.heard, from, to),
    voicing: average(track.voicing, from, to),
    speech: average(track.speech, from, to),
    pitchSpread: spread(track.pitch.subarray(from, to)),
    level: loudness - levelAround(track, from),
    contrast: contrastAround(track, from),
    pauseBefore: pause(track, first - 1, -1, before),
    pauseAfter: pause(track, last, 1, after),
  };
}

/** A filler dies away; its end is where the sound has gone, as long as no word begins. */
function followDecay(track: FrameTrack, from: number, limit: number, loudness: number): number {
  const furthest = Math.min(limit, from + Math.round(decay.seconds / frameSeconds));
  let end = from;
  while (end < furthest) {
    const level = track.levels[end]!;
    if (track.speech[end]! > 0.5 || level < loudness - decay.decibel) break;
    if (level > track.levels[end - 1]! + 1.5) break;
    end++;
  }
  return end;
}

function pause(track: FrameTrack, from: number, step: 1 | -1, limit: number): number {
  const most = 25;
  let count = 0;
  for (let i = from; count < most && i >= 0 && i < track.speech.length; i += step) {
    if (track.speech[i]! > 0.5 || (step > 0 ? i >= limit : i < limit)) break;
    count++;
  }
  return count * frameSeconds;
}

/** Mean level of what is spoken within five seconds, dBFS. */
function levelAround(track: FrameTrack, at: number): number {
  const reach = Math.round(5 / frameSeconds);
  let [sum, count] = [0, 0];
  for (let i = Math.max(0, at - reach); i < Math.min(track.levels.length, at + reach); i++) {
    if (track.speech[i]! < 0.5) continue;
    sum += track.levels[i]!;
    count++;
  }
  return count ? sum / count : track.levels[at]!;
}

function contrastAround({ levels }: FrameTrack, at: number): number {
  const reach = Math.round(5 / frameSeconds);
  const around = levels.slice(Math.max(0, at - reach), at + reach).sort();
  const at90 = around[Math.floor(0.9 * around.length)] ?? 0;
  return at90 - (around[Math.floor(0.1 * around.length)] ?? 0);
}

function spread(pitch: Float32Array): number {
  const octaves = Array.from(pitch)
    .filter((hertz) => hertz > 0)
    .map(Math.log2);
  if (octaves.length < 3) return 0;
  const mean = octaves.reduce((a, v) => a + v, 0) / octaves.length;
  return Math.sqrt(octaves.reduce((a, v) => a + (v - mean) ** 2, 0) / octaves.length);
}

/** Of the frames from `from` to `to`. */
export function average(values: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]!;
  return sum / Math.max(1, to - from);
}
