/** The page's side of what the export is measured against. */
import { FFmpeg } from '@ffmpeg/ffmpeg';
import { registerAacEncoder } from '@mediabunny/aac-encoder';
import {
  ALL_FORMATS,
  AudioSample,
  AudioSampleSink,
  AudioSampleSource,
  BlobSource,
  BufferTarget,
  Input,
  Mp4OutputFormat,
  Output,
  VideoSampleSink,
  VideoSampleSource,
} from 'mediabunny';
import { readFile } from '../../storage/opfs.ts';

type Ranges = { start: number; end: number }[];

/** The same edit with mediabunny's own decoders, encoders and muxer: every frame anew, sound simply cut. Returns seconds. */
export async function reencodeWithMediabunny(path: string, kept: Ranges): Promise<number> {
  registerAacEncoder();
  const startedAt = performance.now();
  const input = new Input({ source: new BlobSource(await readFile(path)), formats: ALL_FORMATS });
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const video = new VideoSampleSource({ codec: 'avc', bitrate: 3_000_000, keyFrameInterval: 2 });
  const audio = new AudioSampleSource({ codec: 'aac', bitrate: 128_000 });
  output.addVideoTrack(video);
  output.addAudioTrack(audio);
  await output.start();
  const videoSink = new VideoSampleSink((await input.getPrimaryVideoTrack())!);
  const audioSink = new AudioSampleSink((await input.getPrimaryAudioTrack())!);
  const pictures = async () => {
    let at = 0;
    for (const { start, end } of kept) {
      for await (const sample of videoSink.samples(start, end)) {
        sample.setTimestamp(at + Math.max(0, sample.timestamp - start));
        await video.add(sample);
        sample.close();
      }
      at += end - start;
    }
    video.close();
  };
  const sound = async () => {
    let at = 0;
    for (const { start, end } of kept) {
      for await (const sample of audioSink.samples(start, end)) {
        const moved: AudioSample = sample.clone();
        moved.setTimestamp(at + Math.max(0, sample.timestamp - start));
        await audio.add(moved);
        moved.close();
        sample.close();
      }
      at += end - start;
    }
    audio.close();
  };
  await Promise.all([pictures(), sound()]);
  await output.finalize();
  input.dispose();
  return (performance.now() - startedAt) / 1000;
}

/** The same edit with ffmpeg.wasm (one thread, x264 ultrafast). Returns seconds, loading apart. */
export async function reencodeWithFfmpeg(
  path: string,
  kept: Ranges,
  core: string,
): Promise<number> {
  const ffmpeg = new FFmpeg();
  await ffmpeg.load({ coreURL: `${core}ffmpeg-core.js`, wasmURL: `${core}ffmpeg-core.wasm` });
  await ffmpeg.writeFile('in.mp4', new Uint8Array(await (await readFile(path)).arrayBuffer()));
  const chosen = kept.map(({ start, end }) => `between(t,${start},${end - 1e-4})`).join('+');
  const startedAt = performance.now();
  const status = await ffmpeg.exec([
    ...['-i', 'in.mp4', '-vf', `select='${chosen}',setpts=N/FRAME_RATE/TB`],
    ...['-af', `aselect='${chosen}',asetpts=N/SR/TB`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac', 'out.mp4'],
  ]);
  if (status !== 0) throw new Error(`ffmpeg.wasm ended with ${status}`);
  const seconds = (performance.now() - startedAt) / 1000;
  ffmpeg.terminate();
  return seconds;
}
