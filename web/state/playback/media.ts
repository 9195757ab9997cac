/** Opens the tracks of a recording for playing. */
import { ALL_FORMATS, BlobSource, Input, type InputVideoTrack } from 'mediabunny';
import { mainFile, type Recording } from '../../core/recording.ts';
import { readFile } from '../../storage/opfs.ts';
import type { SoundTrack } from './pcm-reader.ts';

export interface Media {
  video: InputVideoTrack | null;
  voice: SoundTrack | null;
  /** Sound beside the voice that can be decoded. */
  others: SoundTrack[];
  /** Of the voice track, hertz. */
  sampleRate: number;
  close(): void;
}

/** Memory for read file ranges; playing forward needs little. */
const cacheBytes = 8 * 2 ** 20;

const openInput = (file: File) =>
  new Input({ source: new BlobSource(file, { maxCacheSize: cacheBytes }), formats: ALL_FORMATS });

/** Throws AppError `storage-lost` when the file is gone. */
export async function openMedia(recording: Recording): Promise<Media> {
  const main = mainFile(recording);
  const input = openInput(await readFile(main.path));
  const video = main.video ? await input.getPrimaryVideoTrack() : null;
  const tracks = main.audio.length ? await input.getAudioTracks() : [];
  const track = tracks[recording.voiceTrack];
  const others: SoundTrack[] = [];
  for (const other of tracks)
    if (other !== track && (await other.canDecode())) others.push({ track: other, offset: 0 });
  const sampleRate = track ? await track.getSampleRate() : 48_000;
  return {
    video,
    voice: track ? { track, offset: 0 } : null,
    others,
    sampleRate: Math.min(96_000, Math.max(8_000, sampleRate)),
    close: () => input.dispose(),
  };
}

/** The camera's picture; null where its file is gone or cannot be read: the rest plays without it. */
export async function openCamera(
  path: string,
): Promise<{ video: InputVideoTrack; close(): void } | null> {
  let input: Input | null = null;
  try {
    input = openInput(await readFile(path));
    const video = await input.getPrimaryVideoTrack();
    if (video && (await video.canDecode())) return { video, close: () => input?.dispose() };
  } catch (error) {
    console.warn('the camera cannot be shown', error);
  }
  input?.dispose();
  return null;
}

/**
 * The cleaned sound begins together with the voice track, whether its own timestamps say so or, as
 * in a WAV file, count from zero.
 */
export async function openClean(
  recording: Recording,
  path: string,
): Promise<(SoundTrack & { close(): void }) | null> {
  const input = openInput(await readFile(path));
  const track = await input.getPrimaryAudioTrack();
  if (!track) {
    input.dispose();
    return null;
  }
  const start = mainFile(recording).audio[recording.voiceTrack]?.start ?? 0;
  const offset = start - (await track.getFirstTimestamp());
  return { track, offset, close: () => input.dispose() };
}
