import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { avcCodecString, parseAvcC, writeAvcC } from './avcc.ts';
import { maxDpbFrames } from './compatibility.ts';
import { AvcJoiner, inspect, isSlice, JoinError, readAvcSource, type AvcSource } from './joiner.ts';
import {
  joinLengthPrefixed,
  nalType,
  sameBytes,
  splitAnnexB,
  splitLengthPrefixed,
  typeOf,
} from './nal.ts';
import { parsePps, parseSps, rewritePps, rewriteSps } from './parameter-sets.ts';
import { parseIdrPicId, parseSliceHeader, rewriteSlice } from './slice-header.ts';

/**
 * Made by ffmpeg 5.1 and x264 from testsrc2, 128×96, 12 pictures, a key frame every six:
 * cabac: High, B-frames, weighted prediction, two slices a picture; cavlc: B-frames, three
 * references; baseline; interlaced: MBAFF.
 */
const fixture = (name: string): Uint8Array =>
  readFileSync(path.join(import.meta.dirname, 'fixtures', `${name}.h264`));
const names = ['cabac', 'cavlc', 'baseline'];
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** Packets of one picture each, lengths of four bytes, and the avcC for them. */
function split(data: Uint8Array): { description: Uint8Array; packets: Uint8Array[] } {
  const units = splitAnnexB(data);
  const sps = units.filter((unit) => typeOf(unit) === nalType.sps).slice(0, 1);
  const pps = units.filter((unit) => typeOf(unit) === nalType.pps).slice(0, 1);
  const pictures: Uint8Array[][] = [];
  for (const unit of units.filter(isSlice)) {
    // first_mb_in_slice is 0, one bit, in the first slice of a picture.
    if ((unit[1]! & 0x80) !== 0) pictures.push([]);
    pictures.at(-1)!.push(unit);
  }
  const [, profile, constraints, level] = sps[0]!;
  const configuration = {
    profile: profile!,
    constraints: constraints!,
    level: level!,
    lengthSize: 4,
    sps,
    pps,
  };
  return {
    description: writeAvcC(configuration),
    packets: pictures.map((slices) => joinLengthPrefixed(slices, 4)),
  };
}

const open = (name: string): AvcSource & { packets: Uint8Array[]; description: Uint8Array } => {
  const { description, packets } = split(fixture(name));
  return { ...readAvcSource(description, packets[0]!), packets, description };
};

function annexB(units: readonly Uint8Array[]): Buffer {
  return Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit]));
}

/** One line for each picture that ffmpeg decodes; anything it complains about is an error. */
function decode(stream: Uint8Array): string[] {
  const args = ['-v', 'error', '-xerror', '-f', 'h264', '-i', '-', '-fps_mode', 'passthrough'];
  const output = execFileSync('ffmpeg', [...args, '-f', 'framehash', '-hash', 'md5', '-'], {
    input: stream,
  });
  const lines = output.toString().split('\n');
  return lines.filter((line) => /^0,/.test(line)).map((line) => line.split(',').at(-1)!.trim());
}

describe.each(names)('%s', (name) => {
  test('parameter sets come back under other ids, and nothing else changes', () => {
    const { configuration } = open(name);
    const sps = parseSps(configuration.sps[0]!);
    const moved = parseSps(rewriteSps(sps, { id: 7, level: sps.level, vui: sps.vui }));
    expect(moved.id).toBe(7);
    const { id: _, body: _body, rbsp: _rbsp, ...fields } = sps;
    expect(moved).toMatchObject(fields);
    const back = rewriteSps(moved, { id: sps.id, level: sps.level, vui: sps.vui });
    expect(sameBytes(back, configuration.sps[0]!)).toBe(true);

    const pps = parsePps(configuration.pps[0]!);
    const other = parsePps(rewritePps(pps, { id: 200, spsId: 31 }));
    expect([other.id, other.spsId]).toEqual([200, 31]);
    expect(
      sameBytes(rewritePps(other, { id: pps.id, spsId: pps.spsId }), configuration.pps[0]!),
    ).toBe(true);
  });

  test('says of itself what the encoder was told', () => {
    const { sps, sets, configuration } = open(name);
    expect([sps.width, sps.height, sps.frameMbsOnly]).toEqual([128, 96, true]);
    expect(sets.pps.get(0)!.cabac).toBe(name === 'cabac');
    expect(sps.profile).toBe({ cabac: 100, cavlc: 100, baseline: 66 }[name]);
    expect(sps.vui!.restriction!.numReorderFrames).toBe({ cabac: 2, cavlc: 2, baseline: 0 }[name]);
    expect(avcCodecString(configuration)).toMatch(
      { cabac: /^avc1\.64/, cavlc: /^avc1\.64/, baseline: /^avc1\.42/ }[name]!,
    );
  });

  test('slices come back after a change of their ids', () => {
    const { packets, sets } = open(name);
    const pps = sets.pps.get(0)!;
    const renamed = { sps: sets.sps, pps: new Map([[9, { ...pps, id: 9 }]]) };
    for (const slice of packets.flatMap((packet) => splitLengthPrefixed(packet, 4))) {
      const before = parseSliceHeader(slice, sets);
      const changed = rewriteSlice(slice, sets, { ppsId: 9, idrPicId: 5 });
      const after = parseSliceHeader(changed, renamed);
      expect(after.ppsId).toBe(9);
      expect(after.idrPicId).toBe(before.idrPicId === null ? null : 5);
      expect([after.frameNum, after.type, after.firstMb]).toEqual([
        before.frameNum,
        before.type,
        before.firstMb,
      ]);
      const back = rewriteSlice(changed, renamed, {
        ppsId: 0,
        idrPicId: before.idrPicId ?? undefined,
      });
      expect(sameBytes(back, slice)).toBe(true);
    }
  });

  test('knows its IDR pictures', () => {
    const { packets, ...source } = open(name);
    const idr = packets.map((packet) => inspect(packet, source).idr);
    expect(idr.map((is, i) => (is ? i : -1)).filter((i) => i >= 0)).toEqual([0, 6]);
  });

  test.skipIf(!hasFfmpeg)('decodes to the same pictures under other ids', () => {
    const { packets, configuration, sets } = open(name);
    const sps = rewriteSps(parseSps(configuration.sps[0]!), {
      id: 3,
      level: 31,
      vui: parseSps(configuration.sps[0]!).vui,
    });
    const pps = rewritePps(parsePps(configuration.pps[0]!), { id: 77, spsId: 3 });
    const slices = packets.flatMap((packet) => splitLengthPrefixed(packet, 4));
    const moved = slices.map((slice, i) =>
      rewriteSlice(slice, sets, { ppsId: 77, idrPicId: i % 7 === 0 ? 2 : 3 }),
    );
    const pictures = decode(fixture(name));
    expect(pictures.length).toBe(12);
    // Slices of one picture must agree on idr_pic_id; here only those that begin one may be IDR.
    if (name !== 'cabac') expect(decode(annexB([sps, pps, ...moved]))).toEqual(pictures);
    const same = slices.map((slice) => rewriteSlice(slice, sets, { ppsId: 77 }));
    expect(decode(annexB([sps, pps, ...same]))).toEqual(pictures);
  });
});

describe('joining', () => {
  const pairs = names.flatMap((a) => names.filter((b) => b !== a).map((b) => [a, b] as const));

  test.skipIf(!hasFfmpeg).each(pairs)(
    '%s copied, %s encoded, in turn',
    (sourceName, encoderName) => {
      const source = open(sourceName);
      const encoder = open(encoderName);
      const joiner = new AvcJoiner(source, encoder.description);
      const { sps, pps } = parseAvcC(joiner.description);
      expect([sps.length, pps.length]).toEqual([2, 2]);
      expect(new Set(sps.map((unit) => parseSps(unit).id)).size).toBe(2);
      expect(new Set(pps.map((unit) => parsePps(unit).id)).size).toBe(2);
      const packets = [
        ...encoder.packets.slice(0, 6).map((packet) => joiner.encoded(packet, 1)),
        ...source.packets.slice(6).map((packet) => joiner.copied(packet)),
        ...encoder.packets.slice(6).map((packet) => joiner.encoded(packet, 2)),
        ...source.packets.slice(0, 6).map((packet) => joiner.copied(packet, 5)),
      ];
      const units = packets.flatMap((packet) => splitLengthPrefixed(packet, 4));
      const [ours, theirs] = [decode(fixture(sourceName)), decode(fixture(encoderName))];
      expect(decode(annexB([...sps, ...pps, ...units]))).toEqual([
        ...theirs.slice(0, 6),
        ...ours.slice(6),
        ...theirs.slice(6),
        ...ours.slice(0, 6),
      ]);
    },
  );

  test('copied packets are the very same bytes', () => {
    const source = open('cabac');
    const joiner = new AvcJoiner(source, open('baseline').description);
    expect(joiner.copied(source.packets[3]!)).toBe(source.packets[3]);
  });

  test('the encoder’s set keeps colour, delay and buffer of the source', () => {
    const source = open('cabac');
    const joiner = new AvcJoiner(source, open('baseline').description);
    const [ours, added] = parseAvcC(joiner.description).sps.map(parseSps);
    expect(added!.vui!.restriction!.numReorderFrames).toBe(
      ours!.vui!.restriction!.numReorderFrames,
    );
    expect(added!.vui!.restriction!.maxDecFrameBuffering).toBe(
      ours!.vui!.restriction!.maxDecFrameBuffering,
    );
    expect(added!.vui!.timing).toEqual(ours!.vui!.timing);
  });

  test('idr_pic_id is changed where asked for, in every slice', () => {
    const source = open('cabac');
    const joiner = new AvcJoiner(source, null);
    const slices = splitLengthPrefixed(joiner.copied(source.packets[0]!, 6), 4);
    expect(slices.map((slice) => parseIdrPicId(slice, source.sets))).toEqual([6, 6]);
  });

  test('start codes and parameter sets in band become lengths', () => {
    const data = fixture('cavlc');
    const source = readAvcSource(null, data);
    expect(source.annexB).toBe(true);
    const joiner = new AvcJoiner(source, null);
    const units = splitLengthPrefixed(joiner.copied(data), 4);
    expect(units.every(isSlice)).toBe(true);
    expect(units.length).toBe(splitAnnexB(data).filter(isSlice).length);
  });

  test('interlaced streams and changing parameter sets are refused', () => {
    expect(() => readAvcSource(null, fixture('interlaced'))).toThrow(/interlaced/);
    const source = readAvcSource(null, fixture('cavlc'));
    const joiner = new AvcJoiner(source, null);
    expect(() => joiner.copied(fixture('baseline'))).toThrow(JoinError);
  });

  test('damaged descriptions are refused, at whatever byte they end', () => {
    const { description, packets } = open('cabac');
    for (let length = 0; length < description.length - 4; length++) {
      expect(() => readAvcSource(description.slice(0, length), packets[0]!)).toThrow(JoinError);
    }
  });
});

test('the decoded picture buffer follows table A-1', () => {
  const sps = { ...open('cabac').sps, widthInMbs: 120, heightInMapUnits: 68 };
  expect(maxDpbFrames(sps, 40)).toBe(4);
  expect(maxDpbFrames(sps, 51)).toBe(16);
  expect(maxDpbFrames({ ...sps, widthInMbs: 80, heightInMapUnits: 45 }, 31)).toBe(5);
});
