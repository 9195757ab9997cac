/**
 * Decodes and cuts the sound of an export. A decoder delivers 20 ms at a time and waits to be
 * answered: a thread that is busy with filters and encoding keeps it waiting.
 */
import type { JobContext } from '../core/progress.ts';
import type { Segment } from '../core/timeline.ts';
import {
  openEditedSound,
  type EditedSound,
  type SoundTracks,
} from '../render/sound/edited-sound.ts';
import type { Part } from '../render/sound/lanes.ts';
import type { Planes } from '../render/sound/pcm.ts';
import { serve, transfer } from './rpc.ts';

/** Blocks of half a second handed over at a time. */
const blocksPerCall = 4;

let sound: EditedSound | null = null;
let blocks: AsyncGenerator<Planes, void> | null = null;

const methods = {
  async open(tracks: SoundTracks): Promise<1 | 2> {
    sound = await openEditedSound(tracks);
    return sound.channels;
  },

  async start({ segments, part }: { segments: readonly Segment[]; part: Part }): Promise<void> {
    await blocks?.return();
    if (!sound) throw new Error('no sound was opened');
    blocks = sound.blocks(segments, undefined, part);
  },

  /** Empty at the end. */
  async next(_: null, { signal }: JobContext): Promise<Planes[]> {
    const taken: Planes[] = [];
    while (blocks && taken.length < blocksPerCall) {
      signal.throwIfAborted();
      const { value, done } = await blocks.next();
      if (done || !value) break;
      taken.push(value);
    }
    const buffers = new Set(taken.flatMap((planes) => planes.map((plane) => plane.buffer)));
    return transfer(taken, [...buffers] as ArrayBuffer[]);
  },
};

export type DecodeSoundApi = typeof methods;
serve(methods);
