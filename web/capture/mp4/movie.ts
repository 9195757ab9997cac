/**
 * A plain MP4 whose media data is appended while it is recorded and whose index comes last:
 *
 *     ftyp · free (8 bytes) · mdat, open until the end of the file · … · moov
 *
 * At the end `free` and the head of `mdat` become one head with a 64-bit length.
 */
import type { TrackEntry } from '../journal.ts';
import { box, fullBox, joinedPieces, text, u16, u32, u64, zeros } from './boxes.ts';
import { brand, sampleEntry } from './sample-entry.ts';
import { SampleTable } from './sample-table.ts';

const movieTimescale = 90_000;

/** What a new file begins with; packets follow at once. */
export const fileHead = joinedPieces([brand, ...box('free', []), u32(0), text('mdat')]);

/** The finished head of the media data and where it goes, for data up to `end`. */
export const closedHead = (end: number): { at: number; bytes: Uint8Array<ArrayBuffer> } => ({
  at: brand.length,
  bytes: joinedPieces([u32(1), text('mdat'), u64(end - brand.length)]),
});

export class MovieTrack {
  readonly entry: TrackEntry;
  readonly table: SampleTable;

  constructor(entry: TrackEntry) {
    this.entry = entry;
    const video = entry.media === 'video';
    this.table = new SampleTable(video ? 90_000 : 48_000, video);
  }

  /** Seconds of source time. */
  get end(): number {
    return this.table.end / this.table.timescale;
  }
}

/** The `moov` box. `createdAt` in milliseconds since the epoch. Tracks without a packet are left out. */
export function movieBox(all: readonly MovieTrack[], createdAt: number): Uint8Array[] {
  const tracks = all.filter((track) => track.table.count > 0);
  const duration = Math.max(0, ...tracks.map((track) => track.end));
  // Seconds since 1904.
  const created = Math.floor(createdAt / 1000) + 2_082_844_800;
  return box('moov', [
    ...fullBox('mvhd', 1, 0, [
      ...[
        u64(created),
        u64(created),
        u32(movieTimescale),
        u64(Math.round(duration * movieTimescale)),
      ],
      ...[u32(0x10000), u16(0x100), zeros(10), matrix, zeros(24), u32(tracks.length + 1)],
    ]),
    ...tracks.flatMap((track, i) => trackBox(track, i + 1, created)),
  ]);
}

const matrix = joinedPieces([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32));

function trackBox({ entry, table, end }: MovieTrack, id: number, created: number): Uint8Array[] {
  const video = entry.media === 'video';
  const size = [u32((entry.width ?? 0) << 16), u32((entry.height ?? 0) << 16)];
  return box('trak', [
    // Enabled and in the movie.
    ...fullBox('tkhd', 1, 3, [
      ...[u64(created), u64(created), u32(id), zeros(4), u64(Math.round(end * movieTimescale))],
      ...[zeros(8), u16(0), u16(video ? 0 : 1), u16(video ? 0 : 0x100), zeros(2), matrix, ...size],
    ]),
    ...table.editList(movieTimescale),
    ...box('mdia', [
      ...fullBox('mdhd', 1, 0, [
        ...[u64(created), u64(created), u32(table.timescale), u64(table.end - table.start)],
        // Undetermined language.
        ...[u16(0x55c4), zeros(2)],
      ]),
      ...fullBox('hdlr', 0, 0, [
        ...[zeros(4), text(video ? 'vide' : 'soun'), zeros(12), text(video ? 'Picture' : 'Sound')],
        zeros(1),
      ]),
      ...box('minf', [
        ...(video ? fullBox('vmhd', 0, 1, [zeros(8)]) : fullBox('smhd', 0, 0, [zeros(4)])),
        ...box('dinf', fullBox('dref', 0, 0, [u32(1), ...fullBox('url ', 0, 1, [])])),
        ...table.toBox(sampleEntry(entry)),
      ]),
    ]),
  ]);
}
