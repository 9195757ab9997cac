/**
 * What a capture's media files hold, written beside them while they grow: after a kill, the index of
 * the files is built from it. Append-only records:
 *
 *     u32 kind · u32 length of the payload · u32 crc32(kind, payload) · payload       (little endian)
 *
 * A run is the packets of one track that lie one behind the other in its file:
 *
 *     u16 track · u16 packets · u32 0 · f64 offset in the file
 *     each packet: f64 timestamp in µs · u32 bytes, highest bit set for a key frame · u32 duration in µs
 *
 * Everything else is JSON. Reading stops at the first record that is not whole.
 */
import type { Interaction } from '../core/interaction.ts';
import type { CaptureNotice, RecordingFile, RecordingSource } from '../core/recording.ts';
import { crc32 } from '../core/crc32.ts';

export interface PacketEntry {
  /** Source time, microseconds. */
  timestamp: number;
  duration: number;
  size: number;
  key: boolean;
}

export interface RunEntry {
  kind: 'run';
  track: number;
  /** Of the first packet, bytes from the start of the track's file. */
  offset: number;
  packets: PacketEntry[];
}

export interface CaptureFile {
  role: RecordingFile['role'];
  /** In the recording's folder. */
  name: string;
  /** `mp4` is indexed from the runs; `whole` is what MediaRecorder wrote, bytes as they came. */
  format: 'mp4' | 'whole';
}

export interface BeginEntry {
  kind: 'begin';
  version: 1;
  id: string;
  name: string;
  source: RecordingSource;
  /** Milliseconds since the epoch. */
  startedAt: number;
  files: CaptureFile[];
}

/** How to decode a track; the first entry of a track counts. */
export interface TrackEntry {
  kind: 'track';
  track: number;
  /** Index into the files of `begin`. */
  file: number;
  media: 'video' | 'audio';
  /** Of sound: where it came from. */
  sound?: 'microphone' | 'tab';
  /** WebCodecs codec string. */
  codec: string;
  /** Base64 of the decoder's description; empty where there is none. */
  description: string;
  width?: number;
  height?: number;
  channels?: number;
  /** As the encoder names it. */
  color?: {
    primaries?: string | null;
    transfer?: string | null;
    matrix?: string | null;
    fullRange?: boolean | null;
  };
}

export interface InteractionEntry {
  kind: 'interaction';
  key: string;
  /** Null takes it back. The last entry of a key counts. */
  value: Interaction | null;
}

export interface NoticeEntry {
  kind: 'notice';
  notice: CaptureNotice;
}

/** The recorder stopped by itself; without it, it was killed. */
export interface EndEntry {
  kind: 'end';
  /** Seconds of source time. */
  duration: number;
}

export type JournalEntry =
  RunEntry | BeginEntry | TrackEntry | InteractionEntry | NoticeEntry | EndEntry;

const runKind = 0x0172756e;
const jsonKind = 0x016a736f;
const headSize = 12;
const runHead = 16;
const packetSize = 16;
/** Nothing that is written comes near it; more is damage. */
const mostPayload = 4 * 1024 * 1024;
export const mostPacketsInRun = 0xffff;

export function encodeEntry(entry: JournalEntry): Uint8Array<ArrayBuffer> {
  if (entry.kind !== 'run') return frame(jsonKind, new TextEncoder().encode(JSON.stringify(entry)));
  const payload = new Uint8Array(runHead + entry.packets.length * packetSize);
  const view = new DataView(payload.buffer);
  view.setUint16(0, entry.track, true);
  view.setUint16(2, entry.packets.length, true);
  view.setFloat64(8, entry.offset, true);
  entry.packets.forEach(({ timestamp, duration, size, key }, i) => {
    const at = runHead + i * packetSize;
    view.setFloat64(at, timestamp, true);
    view.setUint32(at + 8, key ? size + 2 ** 31 : size, true);
    view.setUint32(at + 12, Math.max(0, Math.round(duration)), true);
  });
  return frame(runKind, payload);
}

function frame(kind: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(headSize + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, kind, true);
  view.setUint32(4, payload.length, true);
  view.setUint32(8, checksum(kind, payload), true);
  bytes.set(payload, headSize);
  return bytes;
}

const checksum = (kind: number, payload: Uint8Array) =>
  crc32(payload, crc32(new Uint8Array(new Uint32Array([kind]).buffer)));

function decodeRun(payload: Uint8Array): RunEntry {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const packets: PacketEntry[] = [];
  for (let i = 0; i < view.getUint16(2, true); i++) {
    const at = runHead + i * packetSize;
    const size = view.getUint32(at + 8, true);
    packets.push({
      timestamp: view.getFloat64(at, true),
      size: size % 2 ** 31,
      key: size >= 2 ** 31,
      duration: view.getUint32(at + 12, true),
    });
  }
  return { kind: 'run', track: view.getUint16(0, true), offset: view.getFloat64(8, true), packets };
}

/** The whole records of a journal in their order; a megabyte in memory at a time. */
export async function* readJournal(file: Blob, block = 1 << 20): AsyncGenerator<JournalEntry> {
  let held = new Uint8Array(0);
  for (let at = 0; at < file.size; at += block) {
    const more = new Uint8Array(await file.slice(at, at + block).arrayBuffer());
    const bytes = new Uint8Array(held.length + more.length);
    bytes.set(held);
    bytes.set(more, held.length);
    const view = new DataView(bytes.buffer);
    let from = 0;
    while (from + headSize <= bytes.length) {
      const kind = view.getUint32(from, true);
      const length = view.getUint32(from + 4, true);
      if ((kind !== runKind && kind !== jsonKind) || length > mostPayload) return;
      if (from + headSize + length > bytes.length) break;
      const payload = bytes.subarray(from + headSize, from + headSize + length);
      if (view.getUint32(from + 8, true) !== checksum(kind, payload)) return;
      yield kind === runKind
        ? decodeRun(payload)
        : (JSON.parse(new TextDecoder().decode(payload)) as JournalEntry);
      from += headSize + length;
    }
    held = bytes.slice(from);
  }
}
