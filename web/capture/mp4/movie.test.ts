import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { PacketEntry, TrackEntry } from '../journal.ts';
import { joinedPieces } from './boxes.ts';
import { closedHead, fileHead, movieBox, MovieTrack } from './movie.ts';
import { toBase64 } from './sample-entry.ts';

const sample = path.resolve(import.meta.dirname, '../../public/sample/sample.mp4');
const open = (bytes: Uint8Array) =>
  new Input({ formats: ALL_FORMATS, source: new BufferSource(bytes as Uint8Array<ArrayBuffer>) });

interface Packet extends PacketEntry {
  data: Uint8Array;
}

/** The sample's first pictures, with times as a screen gives them: uneven, beginning later than 0. */
async function pictures(): Promise<{ packets: Packet[]; entry: TrackEntry }> {
  const track = (await open(readFileSync(sample)).getPrimaryVideoTrack())!;
  const config = (await track.getDecoderConfig())!;
  const packets: Packet[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) {
    const i = packets.length;
    if (i === 90) break;
    const timestamp = 400_000 + i * 33_333 + (i % 3) * 5000 + (i > 40 ? 2_000_000 : 0);
    const { data } = packet;
    packets.push({
      data,
      timestamp,
      duration: 33_333,
      size: data.length,
      key: packet.type === 'key',
    });
  }
  const description = toBase64(new Uint8Array(config.description as ArrayBuffer));
  const entry: TrackEntry = {
    kind: 'track',
    track: 0,
    file: 0,
    media: 'video',
    codec: config.codec,
    description,
    width: config.codedWidth!,
    height: config.codedHeight!,
  };
  return { packets, entry };
}

/** A frame of 20 ms of Opus that says "silence, CELT, fullband". */
const opus = (n: number): Packet => {
  const data = Uint8Array.from([0xf8, 0xff, 0xfe, n & 255]);
  return { data, timestamp: n * 20_000, duration: 20_000, size: 4, key: true };
};
const sound = (track: number, channels: number): TrackEntry => ({
  kind: 'track',
  track,
  file: 0,
  media: 'audio',
  codec: 'opus',
  description: '',
  channels,
});

/** Writes the packets as the recorder does: a run of each track in turn. */
function write(lanes: { entry: TrackEntry; packets: Packet[] }[], inRun: number): Uint8Array {
  const tracks = lanes.map(({ entry }) => new MovieTrack(entry));
  const pieces: Uint8Array[] = [fileHead];
  let at = fileHead.length;
  for (let from = 0; lanes.some(({ packets }) => from < packets.length); from += inRun) {
    lanes.forEach(({ packets }, i) => {
      const run = packets.slice(from, from + inRun);
      tracks[i]!.table.add(at, run);
      pieces.push(...run.map((p) => p.data));
      at += run.reduce((sum, p) => sum + p.size, 0);
    });
  }
  const head = closedHead(at);
  const file = joinedPieces([...pieces, ...movieBox(tracks, Date.UTC(2026, 0, 1))]);
  file.set(head.bytes, head.at);
  return file;
}

test('packets come back byte for byte at their times', async () => {
  const video = await pictures();
  const packets = Array.from({ length: 300 }, (_, n) => opus(n));
  const file = write([video, { entry: sound(1, 1), packets }, { entry: sound(2, 2), packets }], 7);
  const input = open(file);
  const [picture, ...sounds] = await input.getTracks();
  expect(await picture!.getCodec()).toBe('avc');
  expect(await (await input.getPrimaryVideoTrack())!.getDecoderConfig()).toMatchObject({
    codec: video.entry.codec,
    codedWidth: video.entry.width,
  });
  expect(await Promise.all(sounds.map((t) => t.getCodec()))).toEqual(['opus', 'opus']);
  expect(
    await Promise.all((await input.getAudioTracks()).map((t) => t.getNumberOfChannels())),
  ).toEqual([1, 2]);

  for (const [track, written] of [
    [picture!, video.packets],
    [sounds[0]!, packets],
  ] as const) {
    let i = 0;
    for await (const packet of new EncodedPacketSink(track).packets()) {
      const expected = written[i++]!;
      expect(Buffer.compare(packet.data, expected.data)).toBe(0);
      expect(Math.abs(packet.timestamp - expected.timestamp / 1e6)).toBeLessThan(0.0001);
      expect(packet.type).toBe(expected.key ? 'key' : 'delta');
    }
    expect(i).toBe(written.length);
  }
  expect(await sounds[0]!.computeDuration()).toBeCloseTo(6, 3);
});

test('what comes before the first key frame is left out', async () => {
  const { packets, entry } = await pictures();
  const file = write([{ entry, packets: packets.slice(1) }], 200);
  const track = (await open(file).getPrimaryVideoTrack())!;
  const first = await new EncodedPacketSink(track).getFirstPacket();
  const key = packets.slice(1).find((p) => p.key)!;
  expect(first!.type).toBe('key');
  expect(Buffer.compare(first!.data, key.data)).toBe(0);
  expect(first!.timestamp).toBeCloseTo(key.timestamp / 1e6, 4);
});

test('three hours of packets make an index of a few megabytes, beyond 4 GB too', async () => {
  const entry = (await pictures()).entry;
  const track = new MovieTrack(entry);
  let offset = fileHead.length;
  for (let second = 0; second < 3 * 3600; second++) {
    const packets = Array.from({ length: 30 }, (_, i) => ({
      timestamp: second * 1e6 + i * 33_333,
      duration: 33_333,
      size: 20_000,
      key: i === 0,
    }));
    track.table.add(offset, packets);
    offset += 30 * 20_000;
  }
  const size = movieBox([track], 0).reduce((sum, piece) => sum + piece.length, 0);
  expect(offset).toBeGreaterThan(2 ** 32);
  expect(track.end).toBeCloseTo(10_800, 1);
  expect(size).toBeLessThan(5e6);
});
