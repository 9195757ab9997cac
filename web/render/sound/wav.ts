/**
 * Plain WAV read by sample number straight from the disk, without a decoder. The cleaned sound is such
 * a file; anything else goes through mediabunny.
 */
import { openSyncFile, type MediaFile, type SyncFile } from '../media-file.ts';
import type { PcmSource, Planes } from './pcm.ts';

/** Bytes within which the samples of a plain file begin. */
const headLength = 4096;
/** WAVE_FORMAT_PCM. */
const pcm = 1;

interface WavFormat {
  sampleRate: number;
  channels: 1 | 2;
  /** Bytes: where the samples begin, and how much of them there is. */
  start: number;
  length: number;
}

/**
 * Null where the file is no mono or stereo WAV of 16 bits, or cannot be read in place; the caller then
 * decodes it.
 */
export async function openWav(media: MediaFile): Promise<PcmSource | null> {
  const file = typeof media === 'string' ? await openSyncFile(media) : null;
  if (!file) return null;
  const head = new Uint8Array(Math.min(headLength, file.getSize()));
  file.read(head, { at: 0 });
  const format = wavFormat(new DataView(head.buffer), file.getSize());
  if (!format) {
    file.close();
    return null;
  }
  return new WavSource(file, format);
}

/** RIFF chunks: four letters, a length, content padded to an even number of bytes. */
export function wavFormat(head: DataView, fileSize: number): WavFormat | null {
  const text = (at: number): string =>
    at + 4 > head.byteLength
      ? ''
      : String.fromCharCode(...new Uint8Array(head.buffer, head.byteOffset + at, 4));
  if (text(0) !== 'RIFF' || text(8) !== 'WAVE') return null;
  let format: Pick<WavFormat, 'sampleRate' | 'channels'> | null = null;
  for (let at = 12; at + 8 <= head.byteLength;) {
    const [name, size] = [text(at), head.getUint32(at + 4, true)];
    const content = at + 8;
    if (name === 'data') {
      if (!format) return null;
      // A file of 4 GiB or one that broke off says something else than what is there.
      const length = Math.min(size, fileSize - content);
      return { ...format, start: content, length };
    }
    if (name === 'fmt ' && content + 16 <= head.byteLength) {
      const channels = head.getUint16(content + 2, true);
      const bits = head.getUint16(content + 14, true);
      if (head.getUint16(content, true) !== pcm || bits !== 16) return null;
      if (channels !== 1 && channels !== 2) return null;
      format = { channels, sampleRate: head.getUint32(content + 4, true) };
    }
    at = content + size + (size & 1);
  }
  return null;
}

/** Any number may read it at the same time: a read is done when the call returns. */
class WavSource implements PcmSource {
  readonly sampleRate: number;
  readonly channels: 1 | 2;
  readonly #file: SyncFile;
  readonly #start: number;
  /** Samples of each channel. */
  readonly #total: number;
  #buffer = new Int16Array(0);

  constructor(file: SyncFile, { sampleRate, channels, start, length }: WavFormat) {
    this.#file = file;
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#start = start;
    this.#total = Math.floor(length / (2 * channels));
  }

  async read(from: number, to: number): Promise<Planes> {
    const { channels } = this;
    const planes = Array.from({ length: channels }, () => new Float32Array(Math.max(0, to - from)));
    const first = Math.max(0, from);
    const last = Math.min(to, this.#total);
    if (last <= first) return planes;
    const values = this.#values(first * channels, (last - first) * channels);
    for (const [c, plane] of planes.entries()) {
      let at = first - from;
      for (let i = c; i < values.length; i += channels) plane[at++] = values[i]! / 32768;
    }
    return planes;
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  #values(from: number, count: number): Int16Array {
    if (this.#buffer.length < count) this.#buffer = new Int16Array(count);
    const values = this.#buffer.subarray(0, count);
    const read = this.#file.read(values, { at: this.#start + from * 2 });
    // Shorter only where another program cut the file off meanwhile.
    return values.subarray(0, read >> 1);
  }
}
