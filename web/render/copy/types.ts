/** What the copying export takes and gives. The entry points are `plan.ts` and `stream.ts`. */
import type { EncodedPacket, InputVideoTrack, VideoCodec } from 'mediabunny';
import type { Segment } from '../../core/timeline.ts';
import type { EncoderSetup } from './encoder-setup.ts';
import type { PacketSource } from './source.ts';

/** Why a source cannot be cut without encoding all of its picture again. */
export type CopyRefusalReason =
  /** Neither H.264, VP8, VP9 nor AV1. */
  | 'codec'
  /** A segment plays at another speed than 1. */
  | 'speed'
  /** Interlaced (PAFF or MBAFF), other chroma than 4:2:0, more than 8 bits, lossless, alpha. */
  | 'picture-format'
  /** Slice groups, data partitions, redundant pictures, unreadable or changing parameter sets. */
  | 'bitstream'
  /** The platform cannot decode the source's pictures. */
  | 'decoder'
  /** The platform's encoder cannot make packets that fit beside the source's. */
  | 'encoder'
  /** No stretch of the edit begins at a key frame that can be copied. */
  | 'nothing-to-copy';

/** An expected outcome: the whole picture has to be encoded again. */
export interface CopyRefusal {
  readonly kind: 'refusal';
  readonly reason: CopyRefusalReason;
  /** For logs and reports, in English; not shown to people as it is. */
  readonly detail: string;
}

/** Thrown by `copyVideo` when the source turns out, midway, to be one that cannot be copied. Encode everything instead. */
export class CopyRefusedError extends Error {
  override name = 'CopyRefusedError';
  readonly refusal: CopyRefusal;
  constructor(refusal: CopyRefusal) {
    super(`${refusal.reason}: ${refusal.detail}`);
    this.refusal = refusal;
  }
}

/** A picture of the source and when the result shows it. Times in seconds. */
export interface PlannedPicture {
  /** Presentation time in the source. */
  readonly source: number;
  readonly output: number;
  /** Until the next picture of the result. */
  readonly duration: number;
}

/** Packets taken over as they are, in decode order. */
export interface CopyStretch {
  readonly kind: 'copy';
  /** Index into the plan's segments. */
  readonly segment: number;
  /** The first packet: a key frame that nothing before it is needed for. Metadata only. */
  readonly first: EncodedPacket;
  /** The packet in decode order at which to stop, which is not copied; null at the end of the track. */
  readonly end: EncodedPacket | null;
  /** Presentation times in the source of the first and the last picture shown. */
  readonly firstSource: number;
  readonly lastSource: number;
}

/** Pictures to be decoded and encoded again. The first one becomes a key frame. */
export interface EncodeStretch {
  readonly kind: 'encode';
  readonly segment: number;
  /** Where decoding has to begin. Metadata only. */
  readonly decodeFrom: EncodedPacket;
  readonly pictures: readonly PlannedPicture[];
}

export type Stretch = CopyStretch | EncodeStretch;

export interface CopyPlan {
  readonly kind: 'plan';
  readonly track: InputVideoTrack;
  readonly codec: VideoCodec;
  readonly segments: readonly Segment[];
  /** In the order of the result. */
  readonly stretches: readonly Stretch[];
  /** Describes every packet of the result, copied and encoded; give it with the first packet. */
  readonly decoderConfig: VideoDecoderConfig;
  /** Clockwise, for the output track's metadata. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Pictures that will be encoded again; for estimating time. */
  readonly encodedPictures: number;
  /** Source seconds whose packets are copied. */
  readonly copiedSeconds: number;
  /** For `copyVideo`. */
  readonly source: PacketSource;
  readonly setup: EncoderSetup;
}

/** A packet of the result: presentation time and duration in output seconds, yielded in decode order. */
export interface CopiedPacket {
  readonly packet: EncodedPacket;
  /** With the first packet only. */
  readonly meta?: EncodedVideoChunkMetadata;
  readonly origin: 'copied' | 'encoded';
  /** Presentation time of the same picture in the source. */
  readonly source: number;
}

/** Where two pictures meet that did not follow one another in the source. */
export interface Joint {
  readonly output: number;
  /** Source times: the end of the range before, the start of the range after. */
  readonly before: number;
  readonly after: number;
}

/** Filled while `copyVideo` runs; complete when it ends. */
export interface CopyReport {
  copiedPackets: number;
  encodedPackets: number;
  copiedBytes: number;
  encodedBytes: number;
  joints: Joint[];
  /** Output ranges that were encoded again, in seconds. Everything else is the source's own packets. */
  encodedRanges: { start: number; end: number }[];
}

export interface CopyOptions {
  signal?: AbortSignal;
  /** Output seconds written so far. */
  onProgress?: (outputSeconds: number) => void;
  /** Receives the counts. */
  report?: CopyReport;
}
