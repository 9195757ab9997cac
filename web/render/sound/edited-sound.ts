/** What the kept stretches of a recording sound like, before loudness and coding. */
import { ALL_FORMATS, Input, type InputAudioTrack } from 'mediabunny';
import { AppError } from '../../core/errors.ts';
import type { Segment } from '../../core/timeline.ts';
import { openMedia, type MediaFile } from '../media-file.ts';
import { cutInLanes } from './lanes.ts';
import { mixed } from './mixed.ts';
import { TrackReader, type PcmSource, type Planes } from './pcm.ts';
import { resampled } from './resampled.ts';

export interface SoundTracks {
  recording: MediaFile;
  /** Indices into the audio tracks of `recording`, the voice first; the others are mixed in. */
  tracks: readonly number[];
  /** Stands in for the first of `tracks`; source time, same start. */
  cleanSound: MediaFile | null;
}

export interface EditedSound {
  readonly channels: 1 | 2;
  /** At the export's rate, one block after another without gaps; from the start each time it is called. */
  blocks(segments: readonly Segment[], signal?: AbortSignal): AsyncGenerator<Planes>;
  close(): Promise<void>;
}

/** Decoders at work at the same time. */
const lanes = 3;

export type OpenEditedSound = (tracks: SoundTracks) => Promise<EditedSound>;

/** Throws `no-media-track` and `codec-unsupported`. */
export const openEditedSound: OpenEditedSound = async ({ recording, tracks, cleanSound }) => {
  const inputs: Input[] = [];
  const open = async (file: MediaFile): Promise<Input> => {
    const input = new Input({ source: await openMedia(file), formats: ALL_FORMATS });
    inputs.push(input);
    return input;
  };
  const dispose = () => inputs.forEach((input) => input.dispose());
  try {
    const all = await (await open(recording)).getAudioTracks();
    const clean = cleanSound && (await open(cleanSound));
    const chosen: InputAudioTrack[] = [];
    for (const [i, index] of tracks.entries()) {
      const track = i === 0 && clean ? await clean.getPrimaryAudioTrack() : all[index];
      chosen.push(await decodable(track, index));
    }
    const sources: PcmSource[] = [];
    for (let i = 0; i < lanes; i++) {
      const readers = await Promise.all(chosen.map((track) => TrackReader.open(track)));
      sources.push(mixed(readers.map(resampled)));
    }
    return {
      channels: sources[0]!.channels,
      blocks: (segments, signal) => cutInLanes(sources, segments, signal),
      async close() {
        await Promise.all(sources.map((source) => source.close()));
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
};

async function decodable(
  track: InputAudioTrack | null | undefined,
  index: number,
): Promise<InputAudioTrack> {
  if (!track) throw new AppError('no-media-track', `no audio track ${index}`);
  if (!(await track.canDecode()))
    throw new AppError(
      'codec-unsupported',
      `cannot decode ${await track.getCodecParameterString()}`,
    );
  return track;
}
