/** One picture through the platform's decoder or encoder, and comparing two pictures. */

/** Decodes a key packet. The caller closes the frame. Rejects with the decoder's error. */
export async function decodeOne(config: VideoDecoderConfig, data: Uint8Array): Promise<VideoFrame> {
  const frames: VideoFrame[] = [];
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const decoder = new VideoDecoder({ output: (frame) => frames.push(frame), error: reject });
  try {
    decoder.configure(config);
    decoder.decode(new EncodedVideoChunk({ type: 'key', timestamp: 0, data }));
    await Promise.race([decoder.flush(), failed]);
  } finally {
    if (decoder.state !== 'closed') decoder.close();
  }
  const [first, ...rest] = frames;
  for (const frame of rest) frame.close();
  if (!first) throw new DOMException('the decoder gave no picture', 'EncodingError');
  return first;
}

/** Encodes a picture as a key frame. Rejects with the encoder's error. */
export async function encodeOne(
  config: VideoEncoderConfig,
  options: VideoEncoderEncodeOptions,
  frame: VideoFrame,
): Promise<{ data: Uint8Array; description: AllowSharedBufferSource | undefined }> {
  const packets: Uint8Array[] = [];
  let description: AllowSharedBufferSource | undefined;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const encoder = new VideoEncoder({
    output: (chunk, metadata) => {
      const data = new Uint8Array(chunk.byteLength);
      chunk.copyTo(data);
      packets.push(data);
      description ??= metadata?.decoderConfig?.description;
    },
    error: reject,
  });
  try {
    encoder.configure(config);
    encoder.encode(frame, { ...options, keyFrame: true });
    await Promise.race([encoder.flush(), failed]);
  } finally {
    if (encoder.state !== 'closed') encoder.close();
  }
  const [data] = packets;
  if (!data) throw new DOMException('the encoder gave no packet', 'EncodingError');
  return { data, description };
}

/** Mean difference of samples (0–255) above which an encoder did more than round. */
const largestDifference = 4;

/** Whether an encoder and a decoder kept samples, size and colour. Pictures that cannot be read (on a GPU) count as the same. */
export async function isSamePicture(a: VideoFrame, b: VideoFrame): Promise<boolean> {
  if (a.displayWidth !== b.displayWidth || a.displayHeight !== b.displayHeight) return false;
  for (const key of ['fullRange', 'matrix', 'primaries', 'transfer'] as const) {
    if (a.colorSpace[key] !== b.colorSpace[key]) return false;
  }
  if (!a.format || !b.format) return true;
  const [one, two] = [await planesOf(a), await planesOf(b)];
  const planes = a.format === b.format ? one.layout.length : 1;
  const { width, height } = a.visibleRect!;
  for (let plane = 0; plane < planes; plane++) {
    const columns = plane === 0 ? width : a.format === 'NV12' ? width & ~1 : width >> 1;
    const rows = plane === 0 ? height : height >> 1;
    let sum = 0;
    let count = 0;
    // Every seventh sample in each direction shows a shift of colour or place as well as all do.
    for (let y = 0; y < rows; y += 7) {
      for (let x = y % 5; x < columns; x += 7) {
        const p = one.bytes[one.layout[plane]!.offset + y * one.layout[plane]!.stride + x]!;
        const q = two.bytes[two.layout[plane]!.offset + y * two.layout[plane]!.stride + x]!;
        sum += Math.abs(p - q);
        count++;
      }
    }
    if (count > 0 && sum / count > largestDifference) return false;
  }
  return true;
}

async function planesOf(frame: VideoFrame): Promise<{ bytes: Uint8Array; layout: PlaneLayout[] }> {
  const bytes = new Uint8Array(frame.allocationSize());
  return { bytes, layout: await frame.copyTo(bytes) };
}
