/** What the kept stretches of a recording sound like, before loudness and coding. */
import { ALL_FORMATS, Input, type InputAudioTrack } from 'mediabunny';
import { AppError } from '../../core/errors.ts';
import type { Segment } from '../../core/timeline.ts';
import { openMedia, type MediaFile } from '../media-file.ts';
import { cutInLanes, type Part } from './lanes.ts';
import { mixed } from './mixed.ts';
import { TrackReader, type PcmSource, type Planes } from './pcm.ts';
import { resampled } from './resampled.ts';
import { openWav } from './wav.ts';

export interface SoundTracks {
  recording: MediaFile;
  /** Indices into the audio tracks of `recording`, the voice first; the others are mixed in. */
  tracks: readonly number[];
  /** Linear gain of each; 1 without. */
  levels?: readonly number[] | undefined;
  /** Stands in for the first of `tracks`; source time, same start. */
  cleanSound: MediaFile | null;
}

export interface EditedSound {
  readonly channels: 1 | 2;
  /** At the export's rate, one block after another without gaps; from the start each time it is called, or a part. */
  blocks(segments: readonly Segment[], signal?: AbortSignal, part?: Part): AsyncGenerator<Planes>;
  close(): Promise<void>;
}

/** Decoders at work at the same time; where there is nothing to decode, one reader does. */
const decoderLanes = 3;

export type OpenEditedSound = (tracks: SoundTracks) => Promise<EditedSound>;

/** Throws `no-media-track` and `codec-unsupported`. */
export const openEditedSound: OpenEditedSound = async (job) => {
  const { recording, tracks, levels = [], cleanSound } = job;
  const inputs: Input[] = [];
  const tracksOf = async (file: MediaFile): Promise<InputAudioTrack[]> => {
    const input = new Input({ source: await openMedia(file), formats: ALL_FORMATS });
    inputs.push(input);
    return input.getAudioTracks();
  };
  const sources: PcmSource[] = [];
  const close = async () => {
    await Promise.all(sources.map((source) => source.close()));
    inputs.forEach((input) => input.dispose());
  };
  try {
    const plain = cleanSound ? await openWav(cleanSound) : null;
    if (plain) sources.push(plain);
    const toDecode = [...tracks.entries()].slice(plain ? 1 : 0);
    const recorded = toDecode.length > 0 ? await tracksOf(recording) : [];
    const decoded: InputAudioTrack[] = [];
    const gains = plain ? [levels[0] ?? 1] : [];
    for (const [place, index] of toDecode) {
      const isVoice = place === 0;
      const track = isVoice && cleanSound ? (await tracksOf(cleanSound))[0] : recorded[index];
      // What cannot be heard in the player either is left out; without the voice nothing goes.
      if (!isVoice && !(await track?.canDecode())) continue;
      decoded.push(await decodable(track, index));
      gains.push(levels[place] ?? 1);
    }
    const lanes: PcmSource[] = [];
    for (let i = 0; i < (decoded.length > 0 ? decoderLanes : 1); i++) {
      const readers = await Promise.all(decoded.map((track) => TrackReader.open(track)));
      sources.push(...readers);
      lanes.push(mixed([...(plain ? [plain] : []), ...readers].map(resampled), gains));
    }
    return {
      channels: lanes[0]!.channels,
      blocks: (segments, signal, part) => cutInLanes(lanes, segments, signal, part),
      close,
    };
  } catch (error) {
    await close();
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
