/** The sound of the edit, from the recording's tracks to packets, as a stream. */
import { ALL_FORMATS, Input, type InputAudioTrack } from 'mediabunny';
import { openMedia, type MediaFile } from '../media-file.ts';
import { AppError } from '../../core/errors.ts';
import type { Segment } from '../../core/timeline.ts';
import { cutSound } from './cut.ts';
import { soundEncoder, type SoundCodec, type SoundPacket } from './encoder.ts';
import { ceilingLevel, planGain } from './gain.ts';
import { decibels, Limiter } from './limiter.ts';
import { integratedLoudness, LoudnessMeter } from './loudness.ts';
import { asMono, mixed } from './mixed.ts';
import { TrackReader, type PcmSource } from './pcm.ts';
import { exportRate, resampled } from './resampled.ts';

export interface SoundJob {
  recording: MediaFile;
  /** Indices into the audio tracks of `recording`, the voice first; the others are mixed in. */
  tracks: readonly number[];
  /** Stands in for the first of `tracks`; source time, same start. */
  cleanSound: MediaFile | null;
  segments: readonly Segment[];
  /** To -16 LUFS. */
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

/** Packets gathered before they are handed on: about a second. */
const batchSize = 50;

/**
 * Yields batches of packets in order. `report` is complete when the stream ends.
 * `progress` runs from 0 to 1, the listening included.
 */
export async function* renderSound(
  job: SoundJob,
  report: Partial<SoundReport>,
  { signal, progress }: { signal?: AbortSignal; progress?: (fraction: number) => void } = {},
): AsyncGenerator<RenderedSound> {
  const { segments, codec } = job;
  const total = Math.round((segments.at(-1)?.output.end ?? 0) * exportRate);
  const recording = new Input({ source: await openMedia(job.recording), formats: ALL_FORMATS });
  const clean = job.cleanSound
    ? new Input({ source: await openMedia(job.cleanSound), formats: ALL_FORMATS })
    : null;
  const opened: PcmSource[] = [];
  try {
    const open = async (): Promise<PcmSource> => {
      const source = await openSource(recording, clean, job.tracks);
      opened.push(source);
      return source;
    };

    let startedAt = performance.now();
    const listened = job.normalise ? 0.25 : 0;
    const first = await open();
    const plan = job.normalise
      ? await planGain(
          first,
          segments,
          // Of several tracks together nothing is known.
          job.tracks.length === 1 ? job.loudness : null,
          (fraction) => progress?.(fraction * listened),
          signal,
        )
      : null;
    const gain = plan?.gain ?? 0;
    report.listening = (performance.now() - startedAt) / 1000;
    startedAt = performance.now();

    const again = plan ? await open() : first;
    const source = plan?.dualMono ? asMono(again) : again;
    const { channels } = source;
    const limiter = new Limiter(channels, decibels(gain), decibels(plan ? ceilingLevel : 0));
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
      for await (const planes of cutSound(source, segments, signal)) {
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
      const loudness = integratedLoudness(meter.energies);
      report.loudness = Number.isFinite(loudness) ? loudness : null;
      report.rendering = (performance.now() - startedAt) / 1000;
      if (waiting.length > 0) yield batch();
    } finally {
      encoder.close();
    }
  } finally {
    await Promise.all(opened.map((source) => source.close()));
    recording.dispose();
    clean?.dispose();
  }
}

async function openSource(
  recording: Input,
  clean: Input | null,
  tracks: readonly number[],
): Promise<PcmSource> {
  const all = await recording.getAudioTracks();
  const chosen: InputAudioTrack[] = [];
  for (const [i, index] of tracks.entries()) {
    const track = i === 0 && clean ? await clean.getPrimaryAudioTrack() : all[index];
    if (!track) throw new AppError('no-media-track', `no audio track ${index}`);
    if (!(await track.canDecode()))
      throw new AppError(
        'codec-unsupported',
        `cannot decode ${await track.getCodecParameterString()}`,
      );
    chosen.push(track);
  }
  const readers = await Promise.all(chosen.map((track) => TrackReader.open(track)));
  return mixed(readers.map(resampled));
}
