/** Finds an encoder whose packets can stand beside the source's, and proves it on one picture. */
import { levelFor } from '../h264/compatibility.ts';
import { AvcJoiner, JoinError } from '../h264/joiner.ts';
import { sameBytes } from '../h264/nal.ts';
import { decodeOne, encodeOne, isSamePicture } from './one-picture.ts';
import { av1SequenceHeader } from './packet-rules.ts';
import { bytesOf, type PacketSource } from './source.ts';
import { CopyRefusedError, type CopyRefusalReason, type EncodeStretch } from './types.ts';

export interface EncoderSetup {
  /** Null when no picture is encoded. */
  readonly encoder: VideoEncoderConfig | null;
  /** For every picture; `keyFrame` comes on top. */
  readonly encodeOptions: VideoEncoderEncodeOptions;
  /** For the source's packets. */
  readonly sourceConfig: VideoDecoderConfig;
  /** For the result's packets. */
  readonly decoderConfig: VideoDecoderConfig;
  /** Set for H.264. */
  readonly joiner: AvcJoiner | null;
}

/** Bits a pixel: generous, since only the pictures around the cuts are encoded again. */
const bitsPerPixel = 0.25;
/** Quantizer of VP9 (0–63) and AV1 (0–63), visually lossless on screens. */
const quantizer = 18;

/** Throws CopyRefusedError when the platform's decoder or encoder does not fit. */
export async function prepareEncoder(
  source: PacketSource,
  first: EncodeStretch | null,
  signal?: AbortSignal,
): Promise<EncoderSetup> {
  const sourceConfig = await source.track.getDecoderConfig();
  if (!sourceConfig) return refuse('codec', 'unknown codec');
  const { avc } = source.rules;
  const plain = avc && new AvcJoiner(avc, null);
  const base = { sourceConfig, encodeOptions: {} };
  if (!first) {
    return { ...base, encoder: null, joiner: plain, decoderConfig: describe(sourceConfig, plain) };
  }
  if (typeof VideoEncoder === 'undefined') return refuse('encoder', 'the platform has none');
  const key = await source.withData(first.decodeFrom);
  const frame = await decodeOne(sourceConfig, key.data).catch((error: unknown) =>
    refuse('decoder', String(error)),
  );
  try {
    signal?.throwIfAborted();
    if (frame.format && !['I420', 'NV12'].includes(frame.format)) {
      return refuse('picture-format', frame.format);
    }
    const failures: string[] = [];
    for (const candidate of await candidates(source, sourceConfig, frame)) {
      const made = await tryEncoder(source, sourceConfig, key.data, frame, candidate);
      if (typeof made !== 'string') return made;
      failures.push(`${candidate.encoder.codec}: ${made}`);
    }
    return refuse('encoder', failures.join('; '));
  } finally {
    frame.close();
  }
}

interface Candidate {
  encoder: VideoEncoderConfig;
  encodeOptions: VideoEncoderEncodeOptions;
}

async function candidates(
  source: PacketSource,
  config: VideoDecoderConfig,
  frame: VideoFrame,
): Promise<Candidate[]> {
  const width = frame.visibleRect?.width ?? frame.codedWidth;
  const height = frame.visibleRect?.height ?? frame.codedHeight;
  const { averagePacketRate } = await source.track.computePacketStats(120);
  const framerate = Math.min(240, Math.max(1, Math.round(averagePacketRate) || 30));
  // Rates below that of video give too few bits to a picture that stands long.
  const bitrate = Math.round(width * height * Math.max(24, framerate) * bitsPerPixel);
  const common = { width, height, framerate, bitrate, latencyMode: 'quality' as const };
  const { avc } = source.rules;
  if (avc) {
    const { sps } = avc;
    const macroblocks = sps.widthInMbs * sps.heightInMapUnits;
    return [sps.profile, 100, 77, 66].filter(unique).map((profile) => {
      const level = levelFor(macroblocks, framerate, bitrate, sps.level);
      const constraints = profile === sps.profile ? sps.constraints : profile === 66 ? 0xe0 : 0;
      const codec = `avc1.${hex(profile)}${hex(constraints)}${hex(level)}`;
      return { encoder: { ...common, codec, avc: { format: 'avc' as const } }, encodeOptions: {} };
    });
  }
  const { codec } = config;
  const variable: Candidate = { encoder: { ...common, codec }, encodeOptions: {} };
  if (codec.startsWith('vp8')) return [variable];
  const { bitrate: _, ...fixed } = { ...common, codec, bitrateMode: 'quantizer' as const };
  void _;
  const name = codec.startsWith('vp09') ? 'vp9' : 'av1';
  return [{ encoder: fixed, encodeOptions: { [name]: { quantizer } } }, variable];
}

/** The setup, or why this encoder does not do. */
async function tryEncoder(
  source: PacketSource,
  sourceConfig: VideoDecoderConfig,
  key: Uint8Array,
  frame: VideoFrame,
  { encoder, encodeOptions }: Candidate,
): Promise<EncoderSetup | string> {
  try {
    if (!(await VideoEncoder.isConfigSupported(encoder)).supported) return 'not supported';
    const { data, description } = await encodeOne(encoder, encodeOptions, frame);
    const { avc } = source.rules;
    if (avc && !description) return 'gave no description';
    const joiner = avc && new AvcJoiner(avc, bytesOf(description!));
    if (encoder.codec.startsWith('av01')) {
      const [ours, theirs] = [av1SequenceHeader(data), av1SequenceHeader(key)];
      if (!ours || !theirs || !sameBytes(ours, theirs)) return 'other sequence header';
    }
    const decoderConfig = describe(sourceConfig, joiner);
    const back = await decodeOne(decoderConfig, joiner ? joiner.encoded(data) : data);
    const isSame = await isSamePicture(frame, back).finally(() => back.close());
    if (!isSame) return 'changes the picture';
    return { encoder, encodeOptions, sourceConfig, decoderConfig, joiner };
  } catch (error) {
    const isRefusal =
      error instanceof JoinError || error instanceof RangeError || error instanceof DOMException;
    if (isRefusal) return error.message;
    throw error;
  }
}

/** The source's configuration with the joined parameter sets. */
function describe(config: VideoDecoderConfig, joiner: AvcJoiner | null): VideoDecoderConfig {
  if (!joiner) return config;
  return { ...config, codec: joiner.codec, description: joiner.description };
}

function refuse(reason: CopyRefusalReason, detail: string): never {
  throw new CopyRefusedError({ kind: 'refusal', reason, detail });
}

const unique = (value: number, index: number, all: number[]): boolean =>
  all.indexOf(value) === index;
const hex = (value: number): string => value.toString(16).padStart(2, '0');
