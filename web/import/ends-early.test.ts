import { expect, test } from 'vitest';
import { endsEarly } from './ends-early.ts';

const text = (s: string) => Array.from(s, (c) => c.charCodeAt(0));
/** A page of Ogg with `length` bytes in it. */
const page = (flags: number, length: number) => [
  ...text('OggS'),
  ...[0, flags, ...new Array<number>(20).fill(0)],
  ...[Math.ceil(length / 200), ...new Array<number>(length / 200).fill(200)],
  ...new Array<number>(length).fill(7),
];
const blob = (bytes: number[], share = 1) =>
  new Blob([Uint8Array.from(bytes.slice(0, Math.floor(bytes.length * share)))]);

test('Ogg: the last page is missing, cut off, or there', async () => {
  const pages = [...page(2, 400), ...page(0, 4000), ...page(4, 4000)];
  expect(await endsEarly(blob(pages))).toBe(false);
  expect(await endsEarly(blob(pages, 0.9))).toBe(true);
  expect(await endsEarly(blob([...page(2, 400), ...page(0, 4000)]))).toBe(true);
  expect(await endsEarly(blob(text('OggS, but no page')))).toBe(true);
});

test('MP3: fewer bytes than the first frame says, tag or no tag', async () => {
  const frame = [0xff, 0xfb, 0x90, 0x00, ...new Array<number>(32).fill(0), ...text('Info')];
  const sized = [...frame, 0, 0, 0, 3, 0, 0, 1, 0, 0, 0, 0x10, 0];
  const whole = [...sized, ...new Array<number>(4096 - sized.length).fill(0)];
  const tag = [...text('ID3'), 4, 0, 0, 0, 0, 1, 2, ...new Array<number>(130).fill(0)];
  expect(await endsEarly(blob(whole))).toBe(false);
  expect(await endsEarly(blob([...tag, ...whole]))).toBe(false);
  expect(await endsEarly(blob(whole, 0.7))).toBe(true);
  expect(await endsEarly(blob([...tag, ...whole], 0.7))).toBe(true);
  const unsized = [...frame, 0, 0, 0, 1, 0, 0, 1, 0, ...new Array<number>(100).fill(0)];
  expect(await endsEarly(blob(unsized))).toBe(false);
});

test('WAV: the length of a recorder that streams says nothing', async () => {
  const wave = (size: number) => [...text('RIFF'), ...le(size), ...text('WAVEfmt ')];
  const le = (n: number) => [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24];
  expect(await endsEarly(blob(wave(8)))).toBe(false);
  expect(await endsEarly(blob(wave(500)))).toBe(true);
  expect(await endsEarly(blob(wave(0xffffffff)))).toBe(false);
  expect(await endsEarly(blob(wave(0)))).toBe(false);
});

test('other files, and hardly any bytes', async () => {
  expect(await endsEarly(blob([1, 2, 3]))).toBe(false);
  expect(await endsEarly(blob(new Array<number>(5000).fill(0xff)))).toBe(false);
});
