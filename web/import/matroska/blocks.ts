/** What the index must know of the tracks and blocks of a Matroska file. */
import { child, children, ids, readUint, readVint } from './ebml.ts';

export interface Track {
  video: boolean;
  /** Nanoseconds; 0 when not stated. */
  defaultDuration: number;
}

export function readTracks(content: Uint8Array): Map<number, Track> {
  const tracks = new Map<number, Track>();
  for (const entry of children(content)) {
    if (entry.id !== ids.trackEntry) continue;
    const value = (id: number) => readUint(child(entry.content, id) ?? new Uint8Array());
    tracks.set(value(ids.trackNumber), {
      video: value(ids.trackType) === 1,
      defaultDuration: value(ids.defaultDuration),
    });
  }
  return tracks;
}

export interface BlockInfo {
  track: number;
  /** Ticks after the cluster's timestamp; may be negative. */
  offset: number;
  key: boolean;
  /** Ticks; 0 when not stated. */
  duration: number;
}

/** Bytes of a SimpleBlock's or Block's own header, at most. */
export const blockHeader = 11;

export function readSimpleBlock(bytes: Uint8Array): BlockInfo | null {
  const track = readVint(bytes, 0);
  if (!track?.value || bytes.length < track.length + 3) return null;
  const offset = (((bytes[track.length]! << 8) | bytes[track.length + 1]!) << 16) >> 16;
  return {
    track: track.value,
    offset,
    key: (bytes[track.length + 2]! & 0x80) !== 0,
    duration: 0,
  };
}

/** A block that refers to no other is a key picture. */
export function readBlockGroup(content: Uint8Array): BlockInfo | null {
  const block = child(content, ids.block);
  const info = block && readSimpleBlock(block);
  return (
    info && {
      ...info,
      key: !child(content, ids.referenceBlock),
      duration: readUint(child(content, ids.blockDuration) ?? new Uint8Array()),
    }
  );
}
