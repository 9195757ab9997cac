/** The sound of the edit, from the recording's tracks to packets, as a stream. */
import type { Segment } from '../../core/timeline.ts';
import { downmix } from './downmix.ts';
import { openEditedSound, type OpenEditedSound, type SoundTracks } from './edited-sound.ts';
import { soundEncoder, type SoundCodec, type SoundPacket } from './encoder.ts';
import { ceilingLevel, planGain, targetLoudness, type GainPlan } from './gain.ts';
import { decibels, Limiter } from './limiter.ts';
import { integratedLoudness, LoudnessMeter } from './loudness.ts';
import { exportRate } from './resampled.ts';

export interface SoundJob extends SoundTracks {
  segments: readonly Segment[];
  /** The voice to -16 LUFS; what is mixed to it is not raised. */
  normalise: boolean;
  /** LUFS of the voice (raw or clean, as chosen) as analysis found it; null listens to all of it first. */
  loudness: number | null;
  codec: SoundCodec;
}

export interface SoundReport {
  codec: SoundCodec;
  channels: 1 | 2;
  /** dB given. */
  gain: number;
  /** LUFS that the result is to have; null where nothing is aimed at, or several tracks are mixed. */
  aim: number | null;
  /** Whether the gain was found by listening to excerpts. */
  isExcerpt: boolean;
  /** LUFS of what was given to the encoder; null when there is nothing above silence. */
  loudness: number | null;
  /** Seconds spent listening, and rendering and encoding. */
  listening: number;
  rendering: number;
}

export interface RenderedSound {
  config: AudioDecoderConfig;
  packets: SoundPacket[];
}

export interface RenderOptions {
  signal?: AbortSignal;
  progress?: (fraction: number) => void;
  /** Where the sound is decoded, best in a worker of its own. */
  open?: OpenEditedSound;
}

/** Packets gathered before they are handed on: about a second. */
const batchSize = 50;

/**
 * Yields batches of packets in order. `report` is complete when the stream ends.
 * `progress` runs from 0 to 1, the listening included.
 */
export async function* renderSound(
  job: SoundJob,
  report: Partial<SoundReport>,
  { signal, progress, open = openEditedSound }: RenderOptions = {},
): AsyncGenerator<RenderedSound> {
  const { segments, codec, recording, tracks, cleanSound, levels = [] } = job;
  const total = Math.round((segments.at(-1)?.output.end ?? 0) * exportRate);
  const isMixed = tracks.length > 1;
  const level = levels[0] ?? 1;
  const listened = job.normalise && level > 0 ? 0.25 : 0;

  let startedAt = performance.now();
  // What is made as loud as it is to be is the voice; the others are mixed to it at their own levels.
  const voice = await open({ recording, tracks: tracks.slice(0, 1), cleanSound });
  let plan: GainPlan | null = null;
  let sound = voice;
  try {
    if (listened > 0)
      plan = await planGain(
        voice,
        segments,
        job.loudness,
        (fraction) => progress?.(fraction * listened),
        signal,
      );
    if (isMixed) {
      await voice.close();
      const gains = [decibels(plan?.gain ?? 0) * level, ...levels.slice(1)];
      sound = await open({ recording, tracks, cleanSound, levels: gains });
    }
    const gain = plan?.gain ?? 0;
    report.listening = (performance.now() - startedAt) / 1000;
    startedAt = performance.now();

    const channels = plan?.dualMono && !isMixed ? 1 : sound.channels;
    const gainLeft = isMixed ? 1 : decibels(gain) * level;
    const limiter = new Limiter(channels, gainLeft, decibels(plan ? ceilingLevel : 0));
    const meter = new LoudnessMeter(channels);
    const encoder = await soundEncoder(codec, channels);
    try {
      let waiting: SoundPacket[] = [];
      let done = 0;
      const batch = (): RenderedSound => {
        const packets = waiting;
        waiting = [];
        return { config: encoder.config!, packets };
      };
      for await (const block of sound.blocks(segments, signal)) {
        const planes = downmix(block, channels);
        const loud = limiter.push(planes);
        meter.push(loud);
        waiting.push(...(await encoder.push(loud)));
        done += planes[0]!.length;
        progress?.(listened + (done / total) * (1 - listened));
        if (waiting.length >= batchSize) yield batch();
      }
      const rest = limiter.flush();
      meter.push(rest);
      waiting.push(...(await encoder.push(rest)), ...(await encoder.finish(total)));
      report.codec = codec;
      report.channels = channels;
      report.gain = gain;
      report.isExcerpt = plan?.isExcerpt ?? false;
      report.aim = plan && !isMixed ? targetLoudness + 20 * Math.log10(level) : null;
      const loudness = integratedLoudness(meter.energies);
      report.loudness = Number.isFinite(loudness) ? loudness : null;
      report.rendering = (performance.now() - startedAt) / 1000;
      if (waiting.length > 0) yield batch();
    } finally {
      encoder.close();
    }
  } finally {
    await sound.close();
  }
}
