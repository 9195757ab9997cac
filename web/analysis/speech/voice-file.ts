/** The 16 kHz voice on disk (16-bit PCM, little endian), so that any stage reads any stretch of it. */
import { AppError } from '../../core/errors.ts';
import type { JobContext } from '../../core/progress.ts';
import { exists, fileHandle, readFile, storageError } from '../../storage/opfs.ts';
import { extractVoice } from './extract.ts';
import { voiceRate, type VoiceSignal } from './types.ts';

/** Bytes collected before they are written. */
const blockSize = 1 << 20;

/** Where a recording keeps its voice; a track apart has a file apart. */
export const voicePath = (recordingFolder: string, trackIndex: number) =>
  `${recordingFolder}/voice-16k-${trackIndex}.pcm16`;

/** Opens the voice at `path`; extracts it from `file` when it is not there yet. */
export async function openVoice(
  file: File,
  trackIndex: number,
  path: string,
  context: JobContext,
): Promise<VoiceSignal> {
  if (!(await exists(path))) await writeVoice(file, trackIndex, path, context);
  context.progress({ fraction: 1 });
  return voiceFromPcm(await readFile(path));
}

/** A killed tab leaves no half file: the stream's file appears under its name only when it is closed. */
async function writeVoice(file: File, trackIndex: number, path: string, context: JobContext) {
  let stream: FileSystemWritableFileStream | undefined;
  try {
    // Getting the handle creates an empty file, so it is only asked for once sound has come.
    let block = new DataView(new ArrayBuffer(blockSize));
    let filled = 0;
    for await (const { samples } of extractVoice(file, trackIndex, context)) {
      stream ??= await temporary(path);
      for (const value of samples) {
        const scaled = Math.round(value * 32767);
        block.setInt16(filled, Math.max(-32768, Math.min(32767, scaled)), true);
        filled += 2;
        if (filled === blockSize) {
          await stream.write(block.buffer as ArrayBuffer);
          block = new DataView(new ArrayBuffer(blockSize));
          filled = 0;
        }
      }
    }
    stream ??= await temporary(path);
    await stream.write(block.buffer.slice(0, filled) as ArrayBuffer);
    await stream.close();
    const handle = await fileHandle(`${path}.part`);
    await (handle as FileSystemFileHandle & { move(name: string): Promise<void> }).move(
      path.slice(path.lastIndexOf('/') + 1),
    );
  } catch (error) {
    await stream?.abort().catch(() => undefined);
    context.signal.throwIfAborted();
    throw error instanceof AppError ? error : storageError(error, path);
  }
}

const temporary = async (path: string) =>
  (await fileHandle(`${path}.part`, { create: true })).createWritable();

export function voiceFromPcm(pcm: Blob): VoiceSignal {
  const length = pcm.size >> 1;
  return {
    duration: length / voiceRate,
    async read(start, end) {
      const from = Math.round(start * voiceRate);
      const samples = new Float32Array(Math.max(0, Math.round((end - start) * voiceRate)));
      const first = Math.min(length, Math.max(0, from));
      const last = Math.max(first, Math.min(length, from + samples.length));
      const bytes = new DataView(await pcm.slice(first * 2, last * 2).arrayBuffer());
      for (let i = first; i < last; i++)
        samples[i - from] = bytes.getInt16((i - first) * 2, true) / 32768;
      return samples;
    },
  };
}

/** A voice that is in memory already: benches, tests, short clips. */
export function voiceFromSamples(all: Float32Array): VoiceSignal {
  return {
    duration: all.length / voiceRate,
    read(start, end) {
      const from = Math.round(start * voiceRate);
      const samples = new Float32Array(Math.max(0, Math.round((end - start) * voiceRate)));
      const first = Math.max(0, from);
      const part = all.subarray(first, Math.max(first, from + samples.length));
      samples.set(part, first - from);
      return Promise.resolve(samples);
    },
  };
}
