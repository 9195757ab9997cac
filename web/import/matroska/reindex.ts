/**
 * Copies a Matroska or WebM file and gives it what recorders that stream leave out: sizes of segment
 * and clusters, the length, and an index (RFC 9559, sections 5 and 22). The blocks go over byte by
 * byte. One pass, little memory, as fast as the disk. Only in workers.
 */
import { AppError } from '../../core/errors.ts';
import { joinedBytes } from '../../core/joined.ts';
import type { JobContext } from '../../core/progress.ts';
import { rewrite } from '../../storage/opfs.ts';
import { blockHeader, readBlockGroup, readSimpleBlock, readTracks } from './blocks.ts';
import type { BlockInfo, Track } from './blocks.ts';
import { children, element, float, idBytes, ids, maxHead } from './ebml.ts';
import { readHead, readUint, size8, uint, type ElementHead } from './ebml.ts';
import { BlobReader, FileWriter } from './file-ends.ts';

interface Cue {
  /** Ticks. */
  time: number;
  track: number;
  /** Bytes from the start of the segment's content. */
  cluster: number;
}

/** Room for the table of contents at the front. */
const seekHeadRoom = 160;
/** What ends a cluster whose size is unknown. */
const topLevel = new Set<number>([
  ...[ids.cluster, ids.cues, ids.tags, ids.info, ids.tracks, ids.seekHead],
  ...[ids.chapters, ids.attachments, ids.segment, ids.ebml],
]);

/**
 * Throws `file-unreadable` when the structure is damaged. What breaks off at the end is left out;
 * resolves with whether something did.
 */
export async function reindex(
  file: Blob,
  handle: FileSystemFileHandle,
  { signal, progress }: JobContext,
): Promise<boolean> {
  return rewrite(handle, async (access) => {
    const job = new Reindexing(new BlobReader(file), new FileWriter(access));
    await job.run((fraction) => {
      signal.throwIfAborted();
      progress({ fraction, doing: 'copy' });
    });
    return job.brokeOff;
  });
}

class Reindexing {
  readonly #in: BlobReader;
  readonly #out: FileWriter;
  /** Where the segment's content begins in the output. */
  #segment = 0;
  #scale = 1_000_000;
  #tracks = new Map<number, Track>();
  #positions = new Map<number, number>();
  #cues: Cue[] = [];
  /** Ticks to the end of the last block. */
  #end = 0;
  #lastOf = new Map<number, number>();
  /** The file ends in the middle of something. */
  brokeOff = false;

  constructor(input: BlobReader, output: FileWriter) {
    this.#in = input;
    this.#out = output;
  }

  async run(tick: (fraction: number) => void): Promise<void> {
    const head = await this.#head(0);
    if (head?.id !== ids.ebml || head.size === null) throw damaged(0);
    let at = head.head + head.size;
    this.#out.write(await this.#in.read(0, at));
    const segment = await this.#head(at);
    if (segment?.id !== ids.segment) throw damaged(at);
    at += segment.head;
    this.#out.write(Uint8Array.from([...idBytes(ids.segment), ...size8(0)]));
    this.#segment = this.#out.position;
    this.#out.write(new Uint8Array(seekHeadRoom));
    let durationAt = 0;
    while (at < this.#in.size) {
      tick(at / this.#in.size);
      const next = await this.#head(at);
      if (!next) {
        this.brokeOff = true;
        break;
      }
      const from = at + next.head;
      if (next.id === ids.cluster) {
        if (this.#tracks.size === 0) throw damaged(at);
        at = await this.#cluster(from, next.size);
        continue;
      }
      if (!topLevel.has(next.id) && next.id !== ids.void && next.id !== ids.crc32)
        throw damaged(at);
      if (next.id === ids.ebml || next.size === null) throw damaged(at);
      at = from + next.size;
      if (at > this.#in.size) {
        this.brokeOff = true;
        break;
      }
      if (next.id === ids.tracks && !this.#positions.has(ids.tracks)) {
        const content = (await this.#in.read(from, next.size)).slice();
        this.#tracks = readTracks(content);
        this.#begin(ids.tracks);
        this.#out.write(element(ids.tracks, content));
      } else if (next.id === ids.info && !durationAt) {
        durationAt = this.#info((await this.#in.read(from, next.size)).slice());
      }
    }
    if (!durationAt || this.#cues.length === 0) throw damaged(at);
    this.#finish(durationAt);
  }

  async #head(at: number): Promise<ElementHead | null> {
    return readHead(await this.#in.read(at, maxHead), 0);
  }

  #begin(id: number): void {
    this.#positions.set(id, this.#out.position - this.#segment);
  }

  /** Writes the information with room for the length; returns where that is. */
  #info(content: Uint8Array): number {
    const kept: Uint8Array[] = [];
    for (const { id, content: value } of children(content)) {
      if (id === ids.timestampScale) this.#scale = readUint(value) || this.#scale;
      if (id !== ids.duration && id !== ids.crc32 && id !== ids.void) kept.push(element(id, value));
    }
    const length = float(ids.duration, 0);
    this.#begin(ids.info);
    this.#out.write(element(ids.info, joinedBytes([...kept, length])));
    return this.#out.position - length.length;
  }

  /** Copies the blocks of the cluster whose content starts at `from`; returns where the next element is. */
  async #cluster(from: number, size: number | null): Promise<number> {
    const start = this.#out.position;
    this.#out.write(Uint8Array.from([...idBytes(ids.cluster), ...size8(0)]));
    const content = this.#out.position;
    const seen = new Set<number>();
    let time = 0;
    let at = from;
    const end = Math.min(this.#in.size, size === null ? Infinity : from + size);
    if (size !== null && from + size > this.#in.size) this.brokeOff = true;
    while (at < end) {
      const next = await this.#head(at);
      if (!next) {
        if (at + maxHead < this.#in.size) throw damaged(at);
        this.brokeOff = true;
        at = this.#in.size;
        break;
      }
      if (size === null && topLevel.has(next.id)) break;
      if (next.size === null) throw damaged(at);
      const body = at + next.head;
      const after = body + next.size;
      if (after > this.#in.size) {
        this.brokeOff = true;
        at = this.#in.size;
        break;
      }
      let block: BlockInfo | null = null;
      if (next.id === ids.timestamp) time = readUint(await this.#in.read(body, next.size));
      else if (next.id === ids.simpleBlock)
        block = readSimpleBlock(await this.#in.read(body, Math.min(next.size, blockHeader)));
      else if (next.id === ids.blockGroup)
        block = readBlockGroup(await this.#in.read(body, next.size));
      if (block) this.#note(block, time, start - this.#segment, seen);
      if (block || next.id === ids.timestamp) await this.#copy(at, after);
      at = after;
    }
    this.#out.patch(start + 4, Uint8Array.from(size8(this.#out.position - content)));
    return at;
  }

  /** One entry for each track and cluster is enough: readers take in a cluster as a whole. */
  #note(block: BlockInfo, base: number, cluster: number, seen: Set<number>): void {
    const { track, key } = block;
    const time = base + block.offset;
    const before = this.#lastOf.get(track);
    this.#lastOf.set(track, time);
    const stated = block.duration || (this.#tracks.get(track)?.defaultDuration ?? 0) / this.#scale;
    const usual = before === undefined ? 0 : Math.max(0, time - before);
    this.#end = Math.max(this.#end, time + (stated || Math.min(usual, 1e8 / this.#scale)));
    if (!key || seen.has(track) || !this.#tracks.has(track)) return;
    seen.add(track);
    this.#cues.push({ time: Math.max(0, time), track, cluster });
  }

  async #copy(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += 1 << 20)
      this.#out.write(await this.#in.read(at, Math.min(1 << 20, to - at)));
  }

  #finish(durationAt: number): void {
    this.#begin(ids.cues);
    const points = this.#cues
      .sort((a, b) => a.time - b.time)
      .map(({ time, track, cluster }) =>
        element(
          ids.cuePoint,
          joinedBytes([
            uint(ids.cueTime, time),
            element(
              ids.cueTrackPositions,
              joinedBytes([uint(ids.cueTrack, track), uint(ids.cueClusterPosition, cluster)]),
            ),
          ]),
        ),
      );
    this.#out.write(element(ids.cues, joinedBytes(points)));
    this.#out.patch(durationAt, float(ids.duration, this.#end));
    const seeks = [...this.#positions].map(([id, position]) =>
      element(
        ids.seek,
        joinedBytes([
          element(ids.seekId, Uint8Array.from(idBytes(id))),
          uint(ids.seekPosition, position),
        ]),
      ),
    );
    const seekHead = element(ids.seekHead, joinedBytes(seeks));
    const rest = new Uint8Array(seekHeadRoom - seekHead.length - 9);
    const gap = Uint8Array.from([...idBytes(ids.void), ...size8(rest.length), ...rest]);
    this.#out.patch(this.#segment, joinedBytes([seekHead, gap]));
    const size = this.#out.position - this.#segment;
    this.#out.patch(this.#segment - 8, Uint8Array.from(size8(size)));
    this.#out.flush();
  }
}

const damaged = (at: number) => new AppError('file-unreadable', `no Matroska element at ${at}`);
