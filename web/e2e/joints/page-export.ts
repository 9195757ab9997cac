/** Runs in Chromium: exports the picture of a file the fast way, as the app does. */
import {
  ALL_FORMATS,
  BufferTarget,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
  UrlSource,
  WebMOutputFormat,
} from 'mediabunny';
import { sourceRange, sourceTime } from '../../core/time.ts';
import { TimeMap } from '../../core/timeline.ts';
import { planCopy } from '../../render/copy/plan.ts';
import { copyVideo, emptyReport } from '../../render/copy/stream.ts';
import type { CopyReport } from '../../render/copy/types.ts';

export interface PageExport {
  /** Base64 of the file; null when copying was refused. */
  file: string | null;
  refusal: string | null;
  /** In decode order: times of each packet in source and result, origin, sha-256 of its bytes. */
  packets: { source: number; output: number; origin: string; hash: string }[];
  report: CopyReport;
  seconds: { plan: number; copy: number };
}

export async function exportFile(
  url: string,
  cuts: [number, number][],
  duration: number,
): Promise<PageExport> {
  using input = new Input({ formats: ALL_FORMATS, source: new UrlSource(url) });
  const track = (await input.getPrimaryVideoTrack())!;
  const map = new TimeMap(
    sourceTime(duration),
    cuts.map(([start, end]) => sourceRange(start, end)),
  );
  const begin = performance.now();
  const plan = await planCopy(track, map.segments);
  const planned = performance.now();
  const report = emptyReport();
  const packets: PageExport['packets'] = [];
  const seconds = { plan: (planned - begin) / 1000, copy: 0 };
  if (plan.kind === 'refusal') {
    return { file: null, refusal: `${plan.reason}: ${plan.detail}`, packets, report, seconds };
  }
  const target = new BufferTarget();
  const isMp4 = plan.codec === 'avc';
  const output = new Output({
    format: isMp4 ? new Mp4OutputFormat() : new WebMOutputFormat(),
    target,
  });
  const video = new EncodedVideoPacketSource(plan.codec);
  output.addVideoTrack(video, { rotation: plan.rotation });
  await output.start();
  for await (const { packet, meta, origin, source } of copyVideo(plan, { report })) {
    await video.add(packet, meta);
    packets.push({ source, output: packet.timestamp, origin, hash: await sha256(packet.data) });
  }
  await output.finalize();
  seconds.copy = (performance.now() - planned) / 1000;
  return { file: base64(new Uint8Array(target.buffer!)), refusal: null, packets, report, seconds };
}

/** Every packet of a file by the hash of its bytes, with its time. */
export async function hashPackets(url: string): Promise<{ time: number; hash: string }[]> {
  using input = new Input({ formats: ALL_FORMATS, source: new UrlSource(url) });
  const { EncodedPacketSink } = await import('mediabunny');
  const sink = new EncodedPacketSink((await input.getPrimaryVideoTrack())!);
  const hashes: { time: number; hash: string }[] = [];
  for await (const packet of sink.packets()) {
    hashes.push({ time: packet.timestamp, hash: await sha256(packet.data) });
  }
  return hashes;
}

async function sha256(data: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 32_768) {
    text += String.fromCharCode(...bytes.subarray(i, i + 32_768));
  }
  return btoa(text);
}
