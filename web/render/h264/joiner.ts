/**
 * Makes H.264 packets of another encoder playable beside a source's, in one MP4 track with one
 * sample description: `avcC` holds the parameter sets of both, the encoder's under ids that the
 * source leaves free, and each encoded slice is pointed at them.
 */
import { parseAvcC, writeAvcC, avcCodecString, type AvcConfiguration } from './avcc.ts';
import {
  joinLengthPrefixed,
  nalType,
  sameBytes,
  splitAnnexB,
  splitLengthPrefixed,
  typeOf,
} from './nal.ts';
import {
  parsePps,
  parseSps,
  rewritePps,
  rewriteSps,
  type Pps,
  type Sps,
} from './parameter-sets.ts';
import { parseIdrPicId, rewriteSlice, slicePpsId, type ParameterSets } from './slice-header.ts';
import { hasSameCodedSize, joinedVui, refusalOf } from './compatibility.ts';

/** A stream or an encoder that cannot be joined; the message says why. */
export class JoinError extends Error {
  override name = 'JoinError';
}

/** What the source's packets look like. */
export interface AvcSource {
  configuration: AvcConfiguration;
  /** Start codes instead of lengths (MPEG transport streams, some Matroska files). */
  annexB: boolean;
  sets: ParameterSets;
  /** Of the pictures; every SPS agrees on it. */
  sps: Sps;
}

/**
 * Reads a track's description, and its first key packet where parameter sets travel in band.
 * Throws JoinError when pictures of this stream cannot stand beside another encoder's.
 */
export function readAvcSource(description: Uint8Array | null, firstKey: Uint8Array): AvcSource {
  try {
    const described = description ? parseAvcC(description) : null;
    const annexB = described === null;
    const units = annexB
      ? splitAnnexB(firstKey)
      : splitLengthPrefixed(firstKey, described.lengthSize);
    const inBand = (type: number): Uint8Array[] =>
      units.filter((unit) => typeOf(unit) === type).map((unit) => unit.slice());
    const sps = described?.sps.length ? described.sps : inBand(nalType.sps);
    const pps = described?.pps.length ? described.pps : inBand(nalType.pps);
    if (!sps[0] || !pps[0]) throw new JoinError('no parameter sets');
    const configuration: AvcConfiguration = {
      profile: sps[0][1]!,
      constraints: sps[0][2]!,
      level: sps[0][3]!,
      lengthSize: described?.lengthSize ?? 4,
      sps,
      pps,
    };
    const sets = parameterSets(configuration);
    const parsed = [...sets.sps.values()];
    for (const set of parsed) {
      const reason = refusalOf(set, sets.pps.values());
      if (reason) throw new JoinError(reason);
      if (!hasSameCodedSize(set, parsed[0]!))
        throw new JoinError('parameter sets of several sizes');
    }
    return { configuration, annexB, sets, sps: parsed[0]! };
  } catch (error) {
    if (error instanceof RangeError)
      throw new JoinError(`unreadable parameter sets: ${error.message}`);
    throw error;
  }
}

/** What one picture's packet is. */
export interface AccessUnit {
  /** Every slice belongs to an IDR picture. */
  idr: boolean;
  /** Null unless `idr`. */
  idrPicId: number | null;
}

export class AvcJoiner {
  /** AVCDecoderConfigurationRecord for source and encoder together. */
  readonly description: Uint8Array;
  /** `avc1.…` for it. */
  readonly codec: string;
  readonly #source: AvcSource;
  readonly #encoder: AvcConfiguration | null;
  readonly #encoderSets: ParameterSets;
  readonly #ppsIds = new Map<number, number>();

  /** `encoder`: the description that came with its first packet, null when nothing is encoded. Throws JoinError. */
  constructor(source: AvcSource, encoder: Uint8Array | null) {
    this.#source = source;
    this.#encoder = encoder && parseAvcC(encoder);
    this.#encoderSets = this.#encoder ? parameterSets(this.#encoder) : noSets;
    const joined = this.#encoder
      ? join(source.configuration, this.#encoder, this.#renumber())
      : source.configuration;
    this.description = writeAvcC(joined);
    this.codec = avcCodecString(joined);
  }

  /** Whether an encoder's later description is the one this joiner was made for. */
  accepts(encoder: Uint8Array): boolean {
    const later = parseAvcC(encoder);
    return (
      this.#encoder !== null &&
      sameUnits(later.sps, this.#encoder.sps) &&
      sameUnits(later.pps, this.#encoder.pps) &&
      later.lengthSize === this.#encoder.lengthSize
    );
  }

  /** An encoder's packet, its slices pointed at the renumbered sets; all but slices is left out. */
  encoded(data: Uint8Array, idrPicId?: number): Uint8Array {
    const lengthSize = this.#encoder?.lengthSize ?? 4;
    const slices = splitLengthPrefixed(data, lengthSize).filter(isSlice);
    if (slices.length === 0) throw new JoinError('the encoder gave a packet without a picture');
    return joinLengthPrefixed(
      slices.map((slice) => {
        const ppsId = slicePpsId(slice);
        return rewriteSlice(slice, this.#encoderSets, {
          ppsId: this.#ppsIds.get(ppsId)!,
          idrPicId,
        });
      }),
      this.#source.configuration.lengthSize,
    );
  }

  /**
   * A packet of the source, ready for the joined track: the very same bytes unless the framing has
   * to change or `idrPicId` is asked for. Throws JoinError when it brings other parameter sets.
   */
  copied(data: Uint8Array, idrPicId?: number): Uint8Array {
    const { configuration, annexB, sets } = this.#source;
    let units = annexB ? splitAnnexB(data) : splitLengthPrefixed(data, configuration.lengthSize);
    for (const unit of units) this.#checkInBand(unit);
    if (!annexB && idrPicId === undefined) return data;
    if (annexB) units = units.filter((unit) => typeOf(unit) !== nalType.delimiter && !isSet(unit));
    if (idrPicId !== undefined) {
      units = units.map((unit) =>
        typeOf(unit) === nalType.idr ? rewriteSlice(unit, sets, { idrPicId }) : unit,
      );
    }
    return joinLengthPrefixed(units, configuration.lengthSize);
  }

  /** Looks into a packet of the source. */
  inspect(data: Uint8Array): AccessUnit {
    return inspect(data, this.#source);
  }

  #checkInBand(unit: Uint8Array): void {
    const type = typeOf(unit);
    if (!isSet(unit)) return;
    const known =
      type === nalType.sps ? this.#source.configuration.sps : this.#source.configuration.pps;
    if (!known.some((set) => sameBytes(set, unit))) {
      throw new JoinError('the parameter sets change within the stream');
    }
  }

  #renumber(): { sps: Uint8Array[]; pps: Uint8Array[] } {
    const { sets, sps: shown } = this.#source;
    const spsIds = freeIds(sets.sps, 31);
    const ppsIds = freeIds(sets.pps, 255);
    const newSpsIds = new Map<number, number>();
    const sps = [...this.#encoderSets.sps.values()].map((set) => {
      const reason = refusalOf(set, this.#encoderSets.pps.values());
      if (reason) throw new JoinError(`the encoder writes ${reason}`);
      if (!hasSameCodedSize(set, shown)) throw new JoinError('the encoder writes another size');
      const id = take(spsIds);
      newSpsIds.set(set.id, id);
      const level = Math.max(set.level, shown.level);
      return rewriteSps(set, { id, level, vui: joinedVui(shown, set, level) });
    });
    const pps = [...this.#encoderSets.pps.values()].map((set) => {
      const spsId = newSpsIds.get(set.spsId);
      if (spsId === undefined) throw new JoinError('the encoder writes a PPS without its SPS');
      const id = take(ppsIds);
      this.#ppsIds.set(set.id, id);
      return rewritePps(set, { id, spsId });
    });
    return { sps, pps };
  }
}

/** One record that a decoder able to play it can play both by. */
const join = (
  source: AvcConfiguration,
  encoder: AvcConfiguration,
  added: { sps: Uint8Array[]; pps: Uint8Array[] },
): AvcConfiguration => ({
  profile: Math.max(source.profile, encoder.profile),
  constraints: source.constraints & encoder.constraints,
  level: Math.max(source.level, encoder.level),
  lengthSize: source.lengthSize,
  sps: [...source.sps, ...added.sps],
  pps: [...source.pps, ...added.pps],
});

const noSets: ParameterSets = { sps: new Map(), pps: new Map() };

/** Whether a packet of the source is an IDR picture, at which copying may begin. */
export function inspect(data: Uint8Array, source: AvcSource): AccessUnit {
  const units = source.annexB
    ? splitAnnexB(data)
    : splitLengthPrefixed(data, source.configuration.lengthSize);
  const slices = units.filter(isSlice);
  const idr = slices.length > 0 && slices.every((slice) => typeOf(slice) === nalType.idr);
  if (!idr) return { idr, idrPicId: null };
  return { idr, idrPicId: parseIdrPicId(slices[0]!, source.sets) };
}

export const isSlice = (unit: Uint8Array): boolean =>
  typeOf(unit) === nalType.slice || typeOf(unit) === nalType.idr;

const isSet = (unit: Uint8Array): boolean =>
  typeOf(unit) === nalType.sps || typeOf(unit) === nalType.pps;

const sameUnits = (a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean =>
  a.length === b.length && a.every((unit, i) => sameBytes(unit, b[i]!));

function parameterSets(configuration: AvcConfiguration): {
  sps: Map<number, Sps>;
  pps: Map<number, Pps>;
} {
  return {
    sps: new Map(configuration.sps.map(parseSps).map((set) => [set.id, set])),
    pps: new Map(configuration.pps.map(parsePps).map((set) => [set.id, set])),
  };
}

function* freeIds(used: ReadonlyMap<number, unknown>, highest: number): Generator<number> {
  for (let id = 0; id <= highest; id++) if (!used.has(id)) yield id;
}

function take(ids: Generator<number>): number {
  const next = ids.next();
  if (next.done) throw new JoinError('no parameter set id is free');
  return next.value;
}
