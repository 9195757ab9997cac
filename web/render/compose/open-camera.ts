/** The camera's file as a layer of the export. */
import { ALL_FORMATS, Input } from 'mediabunny';
import type { TimeMap } from '../../core/timeline.ts';
import type { ExportRequest } from '../export-request.ts';
import { openMedia } from '../media-file.ts';
import type { CameraLayer } from './with-camera.ts';

/** Null where nothing of it is to be seen, or it cannot be read: the rest is exported without it. */
export async function openCamera(
  { source, choice, shown }: NonNullable<ExportRequest['camera']>,
  map: TimeMap,
): Promise<{ layer: CameraLayer; close(): void } | null> {
  const ranges = shown.flatMap((range) => map.project(range));
  if (ranges.length === 0) return null;
  let input: Input | null = null;
  try {
    input = new Input({ source: await openMedia(source), formats: ALL_FORMATS });
    const track = await input.getPrimaryVideoTrack();
    if (track && (await track.canDecode()) && (await track.computePacketStats(1)).packetCount > 0) {
      const opened = input;
      return { layer: { track, choice, shown: joined(ranges) }, close: () => opened.dispose() };
    }
    console.warn('the camera has no picture that can be decoded');
  } catch (error) {
    console.warn('the camera cannot be read', error);
  }
  input?.dispose();
  return null;
}

/** In order of the result; what touches there is one. */
function joined(ranges: readonly { start: number; end: number }[]) {
  const result: { start: number; end: number }[] = [];
  for (const { start, end } of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start - last.end < 1e-6) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}
