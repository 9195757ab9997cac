/** AVCDecoderConfigurationRecord, ISO 14496-15 clause 5.3.3. */
import { nalType, typeOf } from './nal.ts';
import { parseSps } from './parameter-sets.ts';

export interface AvcConfiguration {
  profile: number;
  constraints: number;
  level: number;
  /** Bytes of each unit's length: 1, 2 or 4. */
  lengthSize: number;
  /** NAL units. */
  sps: Uint8Array[];
  pps: Uint8Array[];
}

export function parseAvcC(bytes: Uint8Array): AvcConfiguration {
  if (bytes[0] !== 1) throw new RangeError('unknown version of avcC');
  let at = 5;
  const take = (count: number): Uint8Array => {
    if (at + count > bytes.length) throw new RangeError('avcC cut off');
    at += count;
    return bytes.subarray(at - count, at);
  };
  const list = (mask: number): Uint8Array[] => {
    const units: Uint8Array[] = [];
    for (let left = take(1)[0]! & mask; left > 0; left--) {
      const length = take(2);
      units.push(take(length[0]! * 256 + length[1]!).slice());
    }
    return units;
  };
  const sps = list(31);
  const pps = list(255);
  return {
    profile: bytes[1]!,
    constraints: bytes[2]!,
    level: bytes[3]!,
    lengthSize: (bytes[4]! & 3) + 1,
    sps: sps.filter((unit) => typeOf(unit) === nalType.sps),
    pps: pps.filter((unit) => typeOf(unit) === nalType.pps),
  };
}

export function writeAvcC(configuration: AvcConfiguration): Uint8Array {
  const { profile, constraints, level, lengthSize, sps, pps } = configuration;
  const bytes = [1, profile, constraints, level, 0xfc | (lengthSize - 1), 0xe0 | sps.length];
  const unit = (nal: Uint8Array): void => {
    bytes.push(nal.length >> 8, nal.length & 255, ...nal);
  };
  sps.forEach(unit);
  bytes.push(pps.length);
  pps.forEach(unit);
  // Required by the format for the high profiles.
  if (![66, 77, 88].includes(profile) && sps[0]) {
    const { chromaFormat, bitDepthLuma, bitDepthChroma } = parseSps(sps[0]);
    bytes.push(0xfc | chromaFormat, 0xf8 | (bitDepthLuma - 8), 0xf8 | (bitDepthChroma - 8), 0);
  }
  return Uint8Array.from(bytes);
}

/** RFC 6381, for example `avc1.64001f`. */
export const avcCodecString = ({ profile, constraints, level }: AvcConfiguration): string =>
  `avc1.${[profile, constraints, level].map((v) => v.toString(16).padStart(2, '0')).join('')}`;
