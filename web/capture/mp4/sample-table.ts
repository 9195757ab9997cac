/** The tables of one track in an MP4 file (ISO/IEC 14496-12, 8.6 and 8.7), filled packet by packet. */
import type { PacketEntry } from '../journal.ts';
import { box, fullBox, u32, u32Table, u64 } from './boxes.ts';
import { GrowingUint32 } from './growing.ts';

export class SampleTable {
  readonly timescale: number;
  readonly #video: boolean;
  #sizes = new GrowingUint32();
  #keys = new GrowingUint32();
  /** Run lengths: count, ticks, count, ticks… */
  #times = new GrowingUint32();
  /** High and low half of each chunk's place in the file. */
  #chunks = new GrowingUint32();
  /** First chunk, samples in each: for every change. */
  #runs = new GrowingUint32();
  #lastStart = 0;
  #lastDuration = 0;
  /** Ticks at which the first packet is shown. */
  start = 0;

  constructor(timescale: number, video: boolean) {
    this.timescale = timescale;
    this.#video = video;
  }

  get count(): number {
    return this.#sizes.length;
  }

  /** Ticks of source time at which the last packet ends. */
  get end(): number {
    return this.count ? this.#lastStart + this.#lastDuration : 0;
  }

  /** Packets that lie one behind the other from `offset` on. */
  add(offset: number, packets: readonly PacketEntry[]): void {
    let at = offset;
    let added = 0;
    let chunk = offset;
    for (const packet of packets) {
      // Nothing before the first key frame can be decoded.
      if (this.#video && this.count === 0 && !packet.key) {
        at += packet.size;
        chunk = at;
        continue;
      }
      this.#addPacket(packet);
      at += packet.size;
      added += 1;
    }
    if (added > 0) this.#addChunk(chunk, added);
  }

  #addPacket({ timestamp, duration, size, key }: PacketEntry): void {
    const wanted = Math.max(0, Math.round((timestamp * this.timescale) / 1e6));
    if (this.count === 0) this.start = wanted;
    else {
      // Times that go back would not be readable.
      const ticks = Math.max(1, wanted - this.#lastStart);
      this.#addTime(ticks);
      this.#lastStart += ticks;
    }
    if (this.count === 0) this.#lastStart = wanted;
    this.#lastDuration = Math.max(1, Math.round((duration * this.timescale) / 1e6));
    this.#sizes.push(size);
    if (key) this.#keys.push(this.count);
  }

  #addTime(ticks: number): void {
    const runs = this.#times.length;
    if (runs > 0 && this.#times.at(runs - 1) === ticks) {
      const count = this.#times.at(runs - 2);
      this.#times.length -= 2;
      this.#times.push(count + 1);
      this.#times.push(ticks);
    } else {
      this.#times.push(1);
      this.#times.push(ticks);
    }
  }

  #addChunk(offset: number, samples: number): void {
    this.#chunks.push(Math.floor(offset / 2 ** 32));
    this.#chunks.push(offset % 2 ** 32);
    const runs = this.#runs.length;
    if (runs > 0 && this.#runs.at(runs - 1) === samples) return;
    this.#runs.push(this.#chunks.length / 2);
    this.#runs.push(samples);
  }

  /** Lets the last packet last until then, where that is later. Ticks. */
  extendTo(end: number): void {
    if (this.count) this.#lastDuration = Math.max(this.#lastDuration, end - this.#lastStart);
  }

  /** The `stbl` box; `description` is the track's sample entry. Call once. */
  toBox(description: Uint8Array): Uint8Array[] {
    if (this.count) this.#addTime(this.#lastDuration);
    const triples = new GrowingUint32();
    for (let i = 0; i < this.#runs.length; i += 2) {
      triples.push(this.#runs.at(i));
      triples.push(this.#runs.at(i + 1));
      triples.push(1);
    }
    return box('stbl', [
      ...fullBox('stsd', 0, 0, [u32(1), description]),
      ...fullBox('stts', 0, 0, [u32(this.#times.length / 2), u32Table(this.#times)]),
      ...(this.#video && this.#keys.length < this.count
        ? fullBox('stss', 0, 0, [u32(this.#keys.length), u32Table(this.#keys)])
        : []),
      ...fullBox('stsc', 0, 0, [u32(triples.length / 3), u32Table(triples)]),
      ...fullBox('stsz', 0, 0, [u32(0), u32(this.count), u32Table(this.#sizes)]),
      ...fullBox('co64', 0, 0, [u32(this.#chunks.length / 2), u32Table(this.#chunks)]),
    ]);
  }

  /** Empty edit for tracks that start later than the file (8.6.6). `ticks` of the movie's timescale. */
  editList(movieTimescale: number): Uint8Array[] {
    if (this.start === 0) return [];
    const toMovie = (ticks: number) => Math.round((ticks * movieTimescale) / this.timescale);
    return box('edts', [
      ...fullBox('elst', 1, 0, [
        u32(2),
        ...[u64(toMovie(this.start)), u64(2 ** 64), u32(0x10000)],
        ...[u64(toMovie(this.end - this.start)), u64(0), u32(0x10000)],
      ]),
    ]);
  }
}
