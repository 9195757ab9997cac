/** Packets one after another. */
import type { EncodedPacket, EncodedPacketSink, PacketRetrievalOptions } from 'mediabunny';

/**
 * From `first` up to before `end` in decode order; null goes on to the track's end. mediabunny's own
 * iterator reads as many packets ahead as were taken in the last second of the clock: in a file that
 * is read hundreds of times faster than it plays these are thousands, and tens of megabytes.
 */
export async function* packetsFrom(
  sink: EncodedPacketSink,
  first: EncodedPacket | null,
  end: EncodedPacket | null = null,
  options: PacketRetrievalOptions = {},
): AsyncGenerator<EncodedPacket, void> {
  const last = end?.sequenceNumber ?? Infinity;
  let packet = first;
  while (packet && packet.sequenceNumber < last) {
    yield packet;
    packet = await sink.getNextPacket(packet, options);
  }
}
