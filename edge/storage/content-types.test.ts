import { expect, test } from 'vitest';
import { contentTypes, type ContentType } from '../contract/objects.ts';
import { isShown, looksLike } from './content-types.ts';

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
const beginnings: Partial<Record<ContentType, string[]>> = {
  'image/png': ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  'image/jpeg': ['\xff\xd8\xff\xe0\0\x10JFIF'],
  'image/webp': ['RIFF\x24\0\0\0WEBPVP8 '],
  'image/gif': ['GIF89a\x01\0', 'GIF87a\x01\0'],
  'image/avif': ['\0\0\0\x20ftypavif\0\0\0\0'],
  'video/mp4': ['\0\0\0\x20ftypisom\0\0\x02\0'],
  'video/webm': ['\x1a\x45\xdf\xa3\x9f\x42\x86\x81'],
  'audio/mpeg': ['ID3\x04\0\0', '\xff\xfb\x90\x64'],
  'audio/ogg': ['OggS\0\x02'],
  'audio/wav': ['RIFF\x24\0\0\0WAVEfmt '],
  'text/vtt': ['WEBVTT\n\n', '\xef\xbb\xbfWEBVTT'],
  'text/html': ['<!doctype html>'],
  'application/pdf': ['%PDF-1.7\n'],
  'application/zip': ['PK\x03\x04\x14\0'],
};

test.each(Object.entries(beginnings))('%s is what it begins like', (type, texts) => {
  for (const text of texts) expect(looksLike(type as ContentType, bytes(text))).toBe(true);
  const others = Object.entries(beginnings).filter(([other]) => other !== type);
  for (const [, [other]] of others) {
    // An AVIF image is a container like MP4, and every text may be a page.
    if (/mp4|html/.test(type)) continue;
    expect(looksLike(type as ContentType, bytes(other!))).toBe(false);
  }
});

test('nothing that can hold a script is shown in place', () => {
  const shown = contentTypes.filter(isShown);
  expect(shown.filter((type) => !/^(image|video|audio)\//.test(type))).toEqual(['text/vtt']);
  expect(shown).not.toContain('image/svg+xml');
});
