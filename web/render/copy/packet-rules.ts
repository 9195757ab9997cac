/** What the bytes of one packet say, for each codec that can be copied. */
import { readAvcSource, inspect, isSlice, type AvcSource } from '../h264/joiner.ts';
import { refIdcOf, splitAnnexB, splitLengthPrefixed } from '../h264/nal.ts';

export interface PacketRules {
  /** Whether decoding may begin here with nothing before it, and nothing after it is shown earlier. */
  isSafeKey(data: Uint8Array): boolean;
  /** Whether the packet shows a picture (VP8 has hidden ones). */
  isShown(data: Uint8Array): boolean;
  /** Whether no other picture refers to it, so that it need not be decoded on the way to another. */
  isDisposable(data: Uint8Array): boolean;
  /** Whether `isShown` can be false, which costs reading every packet's bytes. */
  readonly hasHidden: boolean;
  /** Set for H.264. */
  readonly avc: AvcSource | null;
}

const always = (): boolean => true;
const never = (): boolean => false;

/** Throws JoinError for H.264 that cannot be joined. `firstKey` is the track's first key packet. */
export function packetRules(
  codec: string,
  description: Uint8Array | null,
  firstKey: Uint8Array,
): PacketRules | null {
  switch (codec) {
    case 'avc': {
      const avc = readAvcSource(description, firstKey);
      return {
        isSafeKey: (data) => inspect(data, avc).idr,
        isShown: always,
        isDisposable: (data) => {
          const units = avc.annexB
            ? splitAnnexB(data)
            : splitLengthPrefixed(data, avc.configuration.lengthSize);
          return units.filter(isSlice).every((unit) => refIdcOf(unit) === 0);
        },
        hasHidden: false,
        avc,
      };
    }
    case 'vp8':
      // RFC 6386, 9.1: bit 0 is 0 in key frames, bit 4 is show_frame.
      return {
        isSafeKey: (data) => data.length > 0 && (data[0]! & 1) === 0,
        isShown: (data) => data.length > 0 && (data[0]! & 0x10) !== 0,
        isDisposable: never,
        hasHidden: true,
        avc: null,
      };
    case 'vp9':
      return {
        isSafeKey: isVp9Key,
        isShown: always,
        isDisposable: never,
        hasHidden: false,
        avc: null,
      };
    case 'av1':
      return {
        isSafeKey: isShownAv1Key,
        isShown: always,
        isDisposable: never,
        hasHidden: false,
        avc: null,
      };
    default:
      return null;
  }
}

/** VP9 bitstream specification 6.2: frame_marker, profile, show_existing_frame, frame_type. */
export function isVp9Key(data: Uint8Array): boolean {
  const first = data[0];
  if (first === undefined || first >> 6 !== 2) return false;
  const profile = ((first >> 5) & 1) | ((first >> 3) & 2);
  // Profile 3 has one reserved bit more before show_existing_frame.
  const shift = profile === 3 ? 2 : 3;
  const showsExisting = (first >> shift) & 1;
  const isInter = (first >> (shift - 1)) & 1;
  return showsExisting === 0 && isInter === 0;
}

/** The open bitstream units of an AV1 temporal unit (specification 5.3), each with its size in it. */
export function* av1Units(data: Uint8Array): Generator<{ type: number; payload: Uint8Array }> {
  let at = 0;
  while (at < data.length) {
    const header = data[at++]!;
    if (header & 4) at++; // extension
    let length = data.length - at;
    if (header & 2) {
      length = 0;
      for (let i = 0; i < 8; i++) {
        const byte = data[at++] ?? 0;
        length += (byte & 127) * 2 ** (7 * i);
        if (byte < 128) break;
      }
    }
    yield { type: (header >> 3) & 15, payload: data.subarray(at, at + length) };
    at += length;
  }
}

export const av1SequenceHeader = (data: Uint8Array): Uint8Array | null => {
  for (const unit of av1Units(data)) if (unit.type === 1) return unit.payload;
  return null;
};

/** A sequence header, then a frame that is a key frame and shown (a forward key frame is not). */
function isShownAv1Key(data: Uint8Array): boolean {
  let hasSequence = false;
  for (const { type, payload } of av1Units(data)) {
    if (type === 1) {
      hasSequence = true;
      // reduced_still_picture_header: single pictures, without the bits read below.
      if (((payload[0] ?? 0) >> 3) & 1) return hasSequence;
    }
    // Frame header or frame: show_existing_frame, frame_type (0: key), show_frame.
    if (type === 3 || type === 6) return hasSequence && (payload[0] ?? 0) >> 4 === 1;
  }
  return false;
}
