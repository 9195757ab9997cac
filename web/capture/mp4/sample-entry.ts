/** What a decoder needs to know of a track: its entry in the `stsd` box. */
import type { TrackEntry } from '../journal.ts';
import { box, fullBox, joinedPieces, text, u16, u32, u8, zeros } from './boxes.ts';

export function sampleEntry(track: TrackEntry): Uint8Array {
  const description = fromBase64(track.description);
  return joinedPieces(
    track.media === 'audio' ? opusEntry(track, description) : videoEntry(track, description),
  );
}

function videoEntry(track: TrackEntry, description: Uint8Array): Uint8Array[] {
  const [type, configuration] = configurationOf(track.codec, description);
  return box(type, [
    ...[zeros(6), u16(1), zeros(16)],
    ...[u16(track.width ?? 0), u16(track.height ?? 0)],
    // 72 dots an inch, one frame a sample, no name of the compressor, 24 bits, no colour table.
    ...[u32(0x480000), u32(0x480000), zeros(4), u16(1), zeros(32), u16(24), u16(0xffff)],
    ...configuration,
    ...box('pasp', [u32(1), u32(1)]),
    ...colour(track.color),
  ]);
}

function configurationOf(codec: string, description: Uint8Array): [string, Uint8Array[]] {
  if (codec.startsWith('avc1')) return ['avc1', box('avcC', [description])];
  if (codec.startsWith('vp8')) return ['vp08', vpcc(0, 10, 8)];
  const [profile = 0, level = 10, depth = 8] = codec.split('.').slice(1).map(Number);
  return ['vp09', vpcc(profile, level, depth)];
}

/** Code points of ISO/IEC 23091-2; unknown is 2, unspecified. */
const primaries: Record<string, number> = {
  bt709: 1,
  bt470bg: 5,
  smpte170m: 6,
  bt2020: 9,
  smpte432: 12,
};
const transfers: Record<string, number> = { bt709: 1, smpte170m: 6, linear: 8, 'iec61966-2-1': 13 };
const matrices: Record<string, number> = {
  rgb: 0,
  bt709: 1,
  bt470bg: 5,
  smpte170m: 6,
  'bt2020-ncl': 9,
};

function colour(color: TrackEntry['color']): Uint8Array[] {
  if (!color?.matrix) return [];
  const points = [
    primaries[color.primaries ?? ''] ?? 2,
    transfers[color.transfer ?? ''] ?? 2,
    matrices[color.matrix] ?? 2,
  ];
  return box('colr', [text('nclx'), ...points.map(u16), u8(color.fullRange ? 128 : 0)]);
}

/** VP codec configuration: 4:2:0 (colocated), limited range, BT.709. */
const vpcc = (profile: number, level: number, depth: number) =>
  fullBox('vpcC', 1, 0, [u8(profile, level, (depth << 4) | (1 << 1), 1, 1, 1), u16(0)]);

/** Encapsulation of Opus in ISO base media, 4.3. `description` is an OpusHead of RFC 7845 or empty. */
function opusEntry(track: TrackEntry, description: Uint8Array): Uint8Array[] {
  const channels = track.channels ?? 1;
  const head = new DataView(description.buffer, description.byteOffset, description.byteLength);
  const known = description.length >= 19;
  return box('Opus', [
    ...[zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4), u32(48_000 << 16)],
    ...box('dOps', [
      u8(0, channels),
      u16(known ? head.getUint16(10, true) : 312),
      u32(known ? head.getUint32(12, true) : 48_000),
      u16(0),
      u8(0),
    ]),
  ]);
}

export const toBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(''));

const fromBase64 = (value: string): Uint8Array =>
  Uint8Array.from(atob(value), (c) => c.charCodeAt(0));

export const brand = joinedPieces(
  box('ftyp', [text('isom'), u32(0x200), text('isom'), text('iso2'), text('mp41')]),
);
