/** What has to happen to a file so that the rest of the program can work with it. */
import type { ConversionPlan } from './ffmpeg/arguments.ts';
import type { Probe } from './probe.ts';

export type Plan =
  /** Everything decodes and can be found: the bytes are kept as they are. */
  | { kind: 'keep' }
  /** The packets are fine, the container is not (no index, cut off): they go into a new one. */
  | { kind: 'remux' }
  /** The browser cannot decode it: ffmpeg. */
  | { kind: 'convert'; known: ConversionPlan | null };

/** `probe` null: mediabunny could not read it. */
export function planImport(probe: Probe | null): Plan {
  if (!probe) return { kind: 'convert', known: null };
  const { video, audio, container } = probe;
  const matroska = container === 'matroska';
  // What decodes at its start but not later is damaged, or merely has no index.
  const works = (t: { decodes: boolean; seeks: boolean }) => t.decodes && (t.seeks || matroska);
  // mediabunny passes over MPEG-2 pictures in a transport stream without a word.
  const maybeHidden = container === 'mpeg-ts' && !video;
  const videoBad = video !== null && !works(video);
  const audioBad = audio.length > 0 && !audio.some(works);
  const nothing = !(video && works(video)) && !audio.some(works);
  const unread = [video, ...audio].every((t) => !t || t.info.end === 0);
  if (maybeHidden || (nothing && unread)) return { kind: 'convert', known: null };
  if (videoBad || audioBad) {
    const known = {
      copyVideo: video !== null && !videoBad,
      copyAudio: audio.length > 0 && !audioBad,
    };
    return { kind: 'convert', known };
  }
  const lost = matroska && [video, ...audio].some((t) => t?.decodes && !t.seeks);
  const needsIndex = lost || (probe.durationMissing && (matroska || container === 'mp4'));
  const cutOff = probe.truncated && container !== 'wave';
  return needsIndex || cutOff || container === 'mpeg-ts' ? { kind: 'remux' } : { kind: 'keep' };
}
