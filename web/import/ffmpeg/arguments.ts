/** ffmpeg's command line for bringing a file into a form that browsers decode. */
import type { FileInfo, StreamInfo } from './stream-info.ts';

export interface ConversionPlan {
  /** Packets go over untouched. */
  copyVideo: boolean;
  copyAudio: boolean;
}

const copyableVideo = new Set(['h264', 'vp8', 'vp9', 'av1']);
// Not MP3: in MP4 ffmpeg states two channels for it whatever it has.
const copyableAudio = new Set(['aac', 'opus', 'flac', 'vorbis']);
const mp4Video = new Set(['h264', 'vp9', 'av1']);
const mp4Audio = new Set(['aac', 'opus', 'flac']);

/**
 * What to try, cheapest first. `known`: what the browser was seen to decode when it could read the
 * container by itself; otherwise the codec's name has to do, and the result is checked.
 */
export function conversionPlans(
  { format, video, audio }: FileInfo,
  known: ConversionPlan | null,
): ConversionPlan[] {
  const everything = { copyVideo: false, copyAudio: false };
  // AVI has no presentation times: reordered pictures cannot be copied out of it.
  const ordered = !(format.includes('avi') && video?.reordered);
  const cheap = {
    copyVideo: !!video && ordered && (known?.copyVideo ?? copyableVideo.has(video.codec)),
    copyAudio:
      audio.length > 0 && (known?.copyAudio ?? audio.every((s) => copyableAudio.has(s.codec))),
  };
  const plans = cheap.copyVideo || cheap.copyAudio ? [cheap] : [];
  if (cheap.copyVideo && cheap.copyAudio) plans.push({ copyVideo: true, copyAudio: false });
  if (cheap.copyVideo && cheap.copyAudio) plans.push({ copyVideo: false, copyAudio: true });
  return [...plans, everything];
}

/** MP4 unless a copied codec has no place in it. */
export function outputContainer(
  { video, audio }: FileInfo,
  plan: ConversionPlan,
): 'mp4' | 'matroska' {
  const fits = (s: StreamInfo | null, copied: boolean, inMp4: Set<string>) =>
    !s || !copied || inMp4.has(s.codec);
  return fits(video, plan.copyVideo, mp4Video) &&
    audio.every((s) => fits(s, plan.copyAudio, mp4Audio))
    ? 'mp4'
    : 'matroska';
}

export function conversionArguments(
  info: FileInfo,
  plan: ConversionPlan,
  paths: { input: string; output: string },
): string[] {
  const { video, audio } = info;
  return [
    // Damaged stretches are passed over; missing times are made up.
    ...['-fflags', '+genpts+discardcorrupt', '-err_detect', 'ignore_err'],
    ...['-i', paths.input],
    ...(video ? ['-map', `0:${video.index}`] : []),
    ...audio.flatMap((s) => ['-map', `0:${s.index}`]),
    ...['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'],
    ...(video ? (plan.copyVideo ? ['-c:v', 'copy'] : encodeVideo) : []),
    ...(audio.length ? (plan.copyAudio ? ['-c:a', 'copy'] : encodeAudio) : []),
    ...['-max_muxing_queue_size', '4096', '-max_interleave_delta', '10000000'],
    ...['-f', outputContainer(info, plan), paths.output],
  ];
}

const encodeVideo = [
  // Frames keep their own times; a picture a second can be sought to and cut at.
  ...['-fps_mode', 'vfr', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '20'],
  ...['-force_key_frames', 'expr:gte(t,n_forced)', '-pix_fmt', 'yuv420p'],
  // Square pixels and an even size, which 4:2:0 needs.
  ...[
    '-vf',
    "scale=w='trunc(iw*max(sar\\,1)/2)*2':h='trunc(ih/if(between(sar\\,0.01\\,1)\\,sar\\,1)/2)*2',setsar=1",
  ],
];
// 5.1 and odd rates become what every encoder and player takes.
const encodeAudio = ['-c:a', 'aac', '-b:a', '160k', '-ac', '2', '-ar', '48000'];
