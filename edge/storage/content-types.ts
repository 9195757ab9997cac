/** Whether a file begins as files of its type do, so that nothing is stored under a false name. */
import type { ContentType } from '../contract/objects.ts';

/** How many bytes of the beginning are looked at. */
export const startLength = 64;

const at = (offset: number, text: string) => (start: Uint8Array) =>
  [...text].every((sign, i) => start[offset + i] === sign.charCodeAt(0));
type Test = (start: Uint8Array) => boolean;
const all =
  (...tests: Test[]): Test =>
  (start) =>
    tests.every((test) => test(start));
const any =
  (...tests: Test[]): Test =>
  (start) =>
    tests.some((test) => test(start));

const isoMedia = at(4, 'ftyp');
const zip = any(at(0, 'PK\x03\x04'), at(0, 'PK\x05\x06'));
/** An MPEG audio frame header: eleven bits set, and a layer that exists. ISO/IEC 11172-3, 2.4.2.3. */
const mpegAudio: Test = (start) => start[0] === 0xff && (start[1]! & 0xe0) === 0xe0;
/** No control characters but white space. What follows the first bytes may be cut within a letter. */
const text: Test = (start) =>
  start.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d].includes(byte));

const tests: Record<ContentType, Test> = {
  'image/png': at(0, '\x89PNG\r\n\x1a\n'),
  'image/jpeg': at(0, '\xff\xd8\xff'),
  'image/webp': all(at(0, 'RIFF'), at(8, 'WEBP')),
  'image/gif': any(at(0, 'GIF87a'), at(0, 'GIF89a')),
  'image/avif': all(isoMedia, any(at(8, 'avif'), at(8, 'avis'))),
  'video/mp4': isoMedia,
  'video/webm': at(0, '\x1a\x45\xdf\xa3'),
  'audio/mp4': isoMedia,
  'audio/mpeg': any(at(0, 'ID3'), mpegAudio),
  'audio/ogg': at(0, 'OggS'),
  'audio/wav': all(at(0, 'RIFF'), at(8, 'WAVE')),
  'text/plain': text,
  'text/markdown': text,
  'text/vtt': all(text, any(at(0, 'WEBVTT'), at(0, '\xef\xbb\xbfWEBVTT'))),
  'text/html': text,
  'application/json': text,
  'application/pdf': at(0, '%PDF-'),
  'application/zip': zip,
  'application/octet-stream': () => true,
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': zip,
};

export const looksLike = (contentType: ContentType, start: Uint8Array): boolean =>
  tests[contentType](start);

/** What a browser may show as it is; everything else is only saved. Pages and documents can hold scripts. */
export const isShown = (contentType: ContentType): boolean =>
  /^(image|video|audio)\//.test(contentType) || contentType === 'text/vtt';
