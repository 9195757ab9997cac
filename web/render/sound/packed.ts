/** Many small packets as one message between threads: a few arrays instead of hundreds of objects. */
import { joinedBytes } from '../../core/joined.ts';
import type { SoundPacket } from './encoder.ts';

export interface PackedPackets {
  /** All packets' bytes, one after another. */
  data: Uint8Array<ArrayBuffer>;
  sizes: Uint32Array<ArrayBuffer>;
  /** Time stamp and duration of each, seconds. */
  times: Float64Array<ArrayBuffer>;
}

export const packed = (packets: readonly SoundPacket[]): PackedPackets => ({
  data: joinedBytes(packets.map(({ data }) => data)),
  sizes: Uint32Array.from(packets, ({ data }) => data.length),
  times: Float64Array.from(packets.flatMap(({ timestamp, duration }) => [timestamp, duration])),
});

/** Views into what came, no copies. */
export function unpacked({ data, sizes, times }: PackedPackets): SoundPacket[] {
  let at = 0;
  return Array.from(sizes, (size, i) => ({
    data: data.subarray(at, (at += size)),
    timestamp: times[2 * i]!,
    duration: times[2 * i + 1]!,
  }));
}
