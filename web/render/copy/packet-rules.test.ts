import { describe, expect, test } from 'vitest';
import { av1SequenceHeader, isVp9Key, packetRules } from './packet-rules.ts';

describe('key frames', () => {
  test('VP9: frame_type 0, unless an existing frame is shown', () => {
    expect(isVp9Key(Uint8Array.of(0b1000_0010))).toBe(true);
    expect(isVp9Key(Uint8Array.of(0b1000_0110))).toBe(false);
    expect(isVp9Key(Uint8Array.of(0b1000_1000))).toBe(false);
    // Profile 3 has a reserved bit first.
    expect(isVp9Key(Uint8Array.of(0b1011_0001))).toBe(true);
    expect(isVp9Key(new Uint8Array())).toBe(false);
  });

  test('VP8: bit 0; hidden frames: bit 4', () => {
    const rules = packetRules('vp8', null, new Uint8Array())!;
    expect(rules.isSafeKey(Uint8Array.of(0x10))).toBe(true);
    expect(rules.isSafeKey(Uint8Array.of(0x11))).toBe(false);
    expect(rules.isShown(Uint8Array.of(0x01))).toBe(false);
  });

  test('AV1: a sequence header and a key frame that is shown', () => {
    const rules = packetRules('av1', null, new Uint8Array())!;
    const delimiter = [0x12, 0];
    const sequence = [0x0a, 2, 0, 0];
    expect(rules.isSafeKey(Uint8Array.from([...delimiter, ...sequence, 0x32, 1, 0x10]))).toBe(true);
    // frame_type 1, an inter frame; a key frame that is not shown; no sequence header.
    expect(rules.isSafeKey(Uint8Array.from([...delimiter, ...sequence, 0x32, 1, 0x30]))).toBe(
      false,
    );
    expect(rules.isSafeKey(Uint8Array.from([...delimiter, ...sequence, 0x32, 1, 0x00]))).toBe(
      false,
    );
    expect(rules.isSafeKey(Uint8Array.from([...delimiter, 0x32, 1, 0x10]))).toBe(false);
    expect([...av1SequenceHeader(Uint8Array.from([...delimiter, ...sequence]))!]).toEqual([0, 0]);
  });

  test('other codecs have no rules', () => {
    expect(packetRules('hevc', null, new Uint8Array())).toBeNull();
  });
});
