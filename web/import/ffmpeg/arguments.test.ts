import { expect, test } from 'vitest';
import { conversionArguments, conversionPlans, outputContainer } from './arguments.ts';
import { readFileInfo, type FileInfo } from './stream-info.ts';

const file = (
  format: string,
  video: string | null,
  audio: string[],
  reordered = false,
): FileInfo => ({
  format,
  duration: 10,
  video: video
    ? { index: 0, type: 'video', codec: video, pixelFormat: 'yuv420p', reordered }
    : null,
  audio: audio.map((codec, i) => ({
    index: i + 1,
    type: 'audio',
    codec,
    pixelFormat: null,
    reordered: false,
  })),
});
const everything = { copyVideo: false, copyAudio: false };

test('tries to copy first and ends with encoding everything', () => {
  expect(conversionPlans(file('flv', 'h264', ['aac']), null)[0]).toEqual({
    copyVideo: true,
    copyAudio: true,
  });
  expect(conversionPlans(file('flv', 'flv1', ['mp3']), null)).toEqual([everything]);
  expect(conversionPlans(file('matroska', 'h264', ['ac3']), null)).toEqual([
    { copyVideo: true, copyAudio: false },
    everything,
  ]);
  for (const known of [null, { copyVideo: true, copyAudio: true }]) {
    expect(conversionPlans(file('mov', 'h264', ['aac']), known).at(-1)).toEqual(everything);
  }
});

test('believes what the browser was seen to decode', () => {
  const plans = conversionPlans(file('mov', 'h264', ['aac']), {
    copyVideo: false,
    copyAudio: true,
  });
  expect(plans[0]).toEqual({ copyVideo: false, copyAudio: true });
});

test('reordered pictures are not copied out of AVI', () => {
  expect(conversionPlans(file('avi', 'h264', ['ac3'], true), null)).toEqual([everything]);
  expect(conversionPlans(file('avi', 'h264', ['ac3'], false), null)[0]!.copyVideo).toBe(true);
});

test('MP4 unless a copied codec has no place in it', () => {
  const copy = { copyVideo: true, copyAudio: true };
  expect(outputContainer(file('x', 'h264', ['aac']), copy)).toBe('mp4');
  expect(outputContainer(file('x', 'vp8', ['opus']), copy)).toBe('matroska');
  expect(outputContainer(file('x', null, ['vorbis']), copy)).toBe('matroska');
  expect(outputContainer(file('x', 'vp8', ['vorbis']), everything)).toBe('mp4');
});

test('all sound tracks are kept, other streams are not', () => {
  const args = conversionArguments(file('avi', 'mpeg4', ['mp3', 'mp3']), everything, {
    input: '/in',
    output: '/out',
  });
  expect(args.filter((_, i) => args[i - 1] === '-map')).toEqual(['0:0', '0:1', '0:2']);
  expect(args).toContain('-dn');
  expect(args.at(-1)).toBe('/out');
});

test('what ffprobe says', () => {
  const json = (format: object, streams: object[]) => JSON.stringify({ format, streams });
  const video = { index: 0, codec_type: 'video', codec_name: 'mpeg4', has_b_frames: 1 };
  const cover = { ...video, codec_name: 'mjpeg', disposition: { attached_pic: 1 } };
  const avi = { format_name: 'avi', probe_score: 100, duration: '12.5' };
  expect(readFileInfo(json(avi, [video]))).toMatchObject({
    duration: 12.5,
    video: { codec: 'mpeg4', reordered: true },
    audio: [],
  });
  expect(() => readFileInfo(json(avi, [cover]))).toThrow(
    expect.objectContaining({ code: 'no-media-track' }),
  );
  for (const [name, score] of [
    ['png_pipe', 99],
    ['tty', 50],
    ['mp3', 25],
    ['avi', 1],
    ['hls', 100],
  ] as const) {
    expect(() => readFileInfo(json({ format_name: name, probe_score: score }, [video]))).toThrow(
      expect.objectContaining({ code: 'file-unreadable' }),
    );
  }
  expect(() => readFileInfo('')).toThrow(expect.objectContaining({ code: 'file-unreadable' }));
});
