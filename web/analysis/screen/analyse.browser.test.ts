import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import { describe, expect, test } from 'vitest';
import { list, readFile, remove } from '../../storage/opfs.ts';
import { analyseScreen } from './analyse.ts';

interface Clip {
  codec: 'vp8' | 'vp9' | 'avc';
  width: number;
  height: number;
  /** Source times of the frames, seconds. */
  times: number[];
  rotation?: 0 | 90 | 180 | 270;
  keyEvery?: number;
  draw(context: OffscreenCanvasRenderingContext2D, time: number): void;
  /** Changes a packet's bytes before it is written. */
  damage?(data: Uint8Array, time: number): Uint8Array;
}

const codecStrings = { vp8: 'vp8', vp9: 'vp09.00.31.08', avc: 'avc1.42001f' };
const steadily = (seconds: number, rate = 20) =>
  Array.from({ length: Math.round(seconds * rate) }, (_, i) => i / rate);

async function make(clip: Clip): Promise<File> {
  const { codec, width, height, times, rotation = 0, keyEvery = 40 } = clip;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  const format = codec === 'avc' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target: new BufferTarget() });
  const source = new EncodedVideoPacketSource(codec);
  output.addVideoTrack(source, { rotation });
  await output.start();
  const chunks: { packet: EncodedPacket; meta: EncodedVideoChunkMetadata | undefined }[] = [];
  const encoder = new VideoEncoder({
    output: (chunk, meta) => chunks.push({ packet: EncodedPacket.fromEncodedChunk(chunk), meta }),
    error: (error) => {
      throw error;
    },
  });
  encoder.configure({
    codec: codecStrings[codec],
    width,
    height,
    bitrate: 2_000_000,
    ...(codec === 'avc' ? { avc: { format: 'avc' as const } } : {}),
  });
  for (const [i, time] of times.entries()) {
    clip.draw(context, time);
    const frame = new VideoFrame(canvas, { timestamp: Math.round(time * 1e6) });
    encoder.encode(frame, { keyFrame: i % keyEvery === 0 });
    frame.close();
  }
  await encoder.flush();
  encoder.close();
  for (const { packet, meta } of chunks) {
    const data = clip.damage?.(packet.data, packet.timestamp) ?? packet.data;
    await source.add(packet.clone({ data }), meta);
  }
  await output.finalize();
  return new File([(output.target as BufferTarget).buffer!], 'clip');
}

/** A page of grey bars that differ by `page`. */
function drawPage(context: OffscreenCanvasRenderingContext2D, page: number): void {
  const { width, height } = context.canvas;
  context.fillStyle = '#f4f4f0';
  context.fillRect(0, 0, width, height);
  context.fillStyle = '#333';
  for (let i = 0; i < 14; i++) {
    const length = 0.25 + 0.6 * (((i * 7 + page * 5) % 11) / 11);
    context.fillRect(width * 0.06, height * (0.08 + i * 0.065), width * length, height * 0.028);
  }
}

const folder = 'temp/screen-test';
const analyse = (file: File, signal = new AbortController().signal) => {
  const fractions: number[] = [];
  const progress = ({ fraction }: { fraction: number }) => fractions.push(fraction);
  return analyseScreen({ file, folder, interactions: [] }, { signal, progress }).then((screen) => ({
    ...screen,
    fractions,
  }));
};

describe.each([
  ['vp8', 640, 360],
  ['vp9', 641, 361],
  ['avc', 640, 360],
] as const)('%s at %i × %i', (codec, width, height) => {
  test('a page that loads behind a spinner, then a notice', async () => {
    const file = await make({
      codec,
      width,
      height,
      times: steadily(7),
      draw(context, time) {
        drawPage(context, time < 2 ? 0 : 1);
        if (time >= 2 && time < 3) {
          context.fillStyle = '#f4f4f0';
          context.fillRect(0, 0, width, height);
          context.strokeStyle = '#25c';
          context.lineWidth = 5;
          context.beginPath();
          context.arc(width / 2, height / 2, 16, time * 8, time * 8 + 2);
          context.stroke();
        }
        if (time >= 5) {
          context.fillStyle = '#123';
          context.fillRect(width * 0.7, height * 0.84, width * 0.27, height * 0.1);
        }
      },
    });
    const { changes, times, activity, sharpness, thumbnails, fractions } = await analyse(file);
    expect(changes.map((c) => [c.time, c.settled].map((t) => Math.round(t * 10) / 10))).toEqual([
      [2, 3],
      [5, 5],
    ]);
    expect(changes[0]!.area).toBeGreaterThan(0.1);
    expect(changes[1]!.box.x).toBeCloseTo(0.7, 1);
    expect(changes[1]!.box.y).toBeCloseTo(0.84, 1);
    expect(activity).toHaveLength(times.length);
    expect(sharpness).toHaveLength(times.length);
    expect(Math.max(...sharpness)).toBeGreaterThan(0);
    // A second in which nothing moved may do without one of its own.
    expect(thumbnails!.times.length).toBeGreaterThanOrEqual(5);
    expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  });
});

test('thumbnails are upright and in colour', async () => {
  const file = await make({
    codec: 'avc',
    width: 640,
    height: 320,
    rotation: 90,
    times: steadily(3),
    draw(context) {
      context.fillStyle = '#d02020';
      context.fillRect(0, 0, 320, 320);
      context.fillStyle = '#2030d0';
      context.fillRect(320, 0, 320, 320);
    },
  });
  const { thumbnails } = await analyse(file);
  expect(thumbnails).toMatchObject({ width: 160, height: 320, columns: 10, rows: 10 });
  const image = await createImageBitmap(await readFile(thumbnails!.paths[0]!));
  const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!;
  context.drawImage(image, 0, 0);
  // Turned clockwise, what was left is on top.
  const [r, , b] = context.getImageData(80, 60, 1, 1).data;
  const [r2, , b2] = context.getImageData(80, 260, 1, 1).data;
  expect(r! - b!).toBeGreaterThan(100);
  expect(b2! - r2!).toBeGreaterThan(100);
  await remove(folder);
  expect(await list(folder)).toEqual([]);
});

test('a frame rate that varies: the picture stands between frames', async () => {
  const file = await make({
    codec: 'vp8',
    width: 640,
    height: 360,
    times: [0, 0.03, 4, 4.05, 9.5, 9.55],
    draw: (context, time) => drawPage(context, time < 4 ? 0 : time < 9 ? 1 : 2),
  });
  const { changes, idle } = await analyse(file);
  expect(changes.map((c) => Math.round(c.settled))).toEqual([4, 10]);
  expect(idle.slice(0, 2).map((r) => Math.floor(r.end - r.start))).toEqual([4, 5]);
});

test.each(['vp8', 'avc'] as const)(
  'damaged %s packets in the middle are skipped',
  async (codec) => {
    const file = await make({
      codec,
      width: 640,
      height: 360,
      times: steadily(6),
      keyEvery: 20,
      draw: (context, time) => drawPage(context, Math.floor(time / 2)),
      damage: (data, time) => (time > 2.4 && time < 2.9 ? data.map((v, i) => v ^ (i * 151)) : data),
    });
    const { times, changes } = await analyse(file);
    // Frames at the end that repeat the one before are not looked at.
    expect(times.at(-1)).toBeGreaterThan(4.5);
    expect(changes.some((c) => Math.abs(c.settled - 4) < 0.2)).toBe(true);
  },
);

test('a truncated file gives what is there; one without a picture gives nothing; abort is heard', async () => {
  const clip = { codec: 'vp8', width: 640, height: 360, times: steadily(6), keyEvery: 20 } as const;
  const file = await make({
    ...clip,
    draw: (context, time) => drawPage(context, Math.floor(time / 2)),
  });
  const half = await analyse(new File([file.slice(0, Math.floor(file.size * 0.6))], 'half'));
  expect(half.times.length).toBeGreaterThan(10);
  const controller = new AbortController();
  const stopped = analyse(file, controller.signal);
  controller.abort();
  await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });

  // 0.1 s of silence as PCM.
  const wav = new DataView(new ArrayBuffer(44 + 3200));
  [0x52494646, 0, 0x57415645, 0x666d7420].forEach((v, i) => wav.setUint32(i * 4, v));
  wav.setUint32(4, 36 + 3200, true);
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, 16_000, true);
  wav.setUint32(28, 32_000, true);
  wav.setUint16(32, 2, true);
  wav.setUint16(34, 16, true);
  wav.setUint32(36, 0x64617461);
  wav.setUint32(40, 3200, true);
  const silent = await analyse(new File([wav.buffer], 'sound.wav'));
  expect(silent).toMatchObject({ changes: [], thumbnails: null });
});
