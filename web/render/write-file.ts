/** Writes picture and sound into one file, in order of time, as they are made. */
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import type { VideoFormat } from './export-request.ts';
import { outputFile, type OpenFile } from './file-writer.ts';
import { inOrder, prefetch } from './interleave.ts';
import { JointDecoder, type JointFindings } from './joint-decoder.ts';
import type { Picture, PicturePacket } from './picture.ts';
import type { RenderedSound } from './sound/render-sound.ts';

export interface WriteJob {
  path: string;
  format: VideoFormat;
  /** Of the result, seconds. */
  duration: number;
  picture: Picture | null;
  /** Output seconds at which kept stretches begin. */
  joints: readonly number[];
  sound: ((progress: (fraction: number) => void) => AsyncGenerator<RenderedSound>) | null;
  openFile?: OpenFile | undefined;
  signal: AbortSignal;
  /** 0 to 1, never back. */
  progress: (fraction: number) => void;
}

/**
 * How far each side may run ahead: pictures in bytes, sound in batches of some seconds. Copying is done
 * in no time, and what waits long makes the engine enlarge its heap; the pictures that have to be encoded
 * wait elsewhere.
 */
const picturesAhead: Record<Picture['method'], number> = {
  copied: 2 * 2 ** 20,
  're-encoded': 32 * 2 ** 20,
};
const soundAhead = 45;

type Item =
  | { kind: 'picture'; time: number; size: number; item: PicturePacket }
  | { kind: 'sound'; time: number; size: number; item: RenderedSound };

/**
 * When it throws, no file is left.
 *
 * MP4 is written in the plain form with the index at its end: fragments are refused by some players
 * and editors, an index in front needs either the number of packets beforehand or the whole file in
 * memory. Browsers fetch an index at the end by a range request.
 */
export interface WrittenFile {
  /** MIME type with codecs. */
  type: string;
  decoded: JointFindings | null;
}

export async function writeFile(job: WriteJob): Promise<WrittenFile> {
  const { signal } = job;
  signal.throwIfAborted();
  const file = await outputFile(job.path, job.openFile);
  const output = new Output({
    format:
      job.format === 'mp4'
        ? new Mp4OutputFormat({ fastStart: false })
        : new WebMOutputFormat({ minimumClusterDuration: 2 }),
    target: file.target,
  });
  // Ends the producers of one side when the other side fails.
  const stop = new AbortController();
  const joints = job.picture && new JointDecoder(job.joints, job.picture.method === 'copied');
  try {
    await mux(job, output, joints, AbortSignal.any([signal, stop.signal]));
    const type = await output.getMimeType();
    await output.finalize();
    const failure = file.error();
    if (failure) throw failure;
    await file.close(true);
    return { type, decoded: joints && (await joints.finish()) };
  } catch (error) {
    stop.abort();
    joints?.close();
    // What the muxer says on the way down is of no interest beside the first error.
    await output.cancel().catch(() => undefined);
    await file.close(false);
    signal.throwIfAborted();
    throw file.error() ?? error;
  }
}

async function mux(
  job: WriteJob,
  output: Output,
  joints: JointDecoder | null,
  signal: AbortSignal,
): Promise<void> {
  const { picture, sound } = job;
  const streams: AsyncGenerator<Item>[] = [];
  const meter = progressOf(job);
  const video = picture && new EncodedVideoPacketSource(picture.codec);
  const audio = sound && new EncodedAudioPacketSource(job.format === 'mp4' ? 'aac' : 'opus');
  if (picture && video) {
    output.addVideoTrack(video, { rotation: picture.rotation });
    const pictures = pictureItems(picture, joints!, signal, meter.picture);
    streams.push(prefetch(pictures, picturesAhead[picture.method], ({ size }) => size));
  }
  if (sound && audio) {
    output.addAudioTrack(audio);
    streams.push(prefetch(soundItems(sound(meter.sound)), soundAhead));
  }
  await output.start();
  let isFirstSound = true;
  for await (const { kind, item } of inOrder(streams, ({ time }) => time)) {
    signal.throwIfAborted();
    if (kind === 'picture') {
      await video!.add(item.packet, item.meta);
      continue;
    }
    for (const { data, timestamp, duration } of item.packets) {
      const meta = isFirstSound ? { decoderConfig: item.config } : undefined;
      isFirstSound = false;
      await audio!.add(new EncodedPacket(data, 'key', timestamp, duration), meta);
    }
  }
}

async function* pictureItems(
  picture: Picture,
  joints: JointDecoder,
  signal: AbortSignal,
  progress: (seconds: number) => void,
): AsyncGenerator<Item> {
  for await (const item of picture.packets({ signal })) {
    const time = item.packet.timestamp;
    await joints.see(item.packet, item.meta);
    progress(time);
    yield { kind: 'picture', time, size: item.packet.byteLength, item };
  }
}

async function* soundItems(batches: AsyncGenerator<RenderedSound>): AsyncGenerator<Item> {
  for await (const item of batches)
    yield { kind: 'sound', time: item.packets[0]?.timestamp ?? 0, size: 0, item };
}

/** One figure from two sides that work at once; the picture's counts for more. */
function progressOf({ picture, sound, duration, progress }: WriteJob) {
  const weight = picture && sound ? 0.6 : picture ? 1 : 0;
  const done = { picture: 0, sound: 0 };
  const tell = () => progress(done.picture * weight + done.sound * (1 - weight));
  return {
    picture(seconds: number) {
      done.picture = Math.max(done.picture, Math.min(1, seconds / duration));
      tell();
    },
    sound(fraction: number) {
      done.sound = Math.max(done.sound, Math.min(1, fraction));
      tell();
    },
  };
}
