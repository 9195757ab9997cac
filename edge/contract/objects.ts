/** Sending objects to storage and getting them: bodies, answers, and the numbers both sides must know. */
import * as v from 'valibot';

/** Each is kept as long as the workspace says for its kind (settings.ts). */
export const objectKinds = ['article', 'video', 'image', 'attachment', 'transcript'] as const;
export type ObjectKind = (typeof objectKinds)[number];

/** What may be stored. Anything else goes as `application/octet-stream`, which no browser shows. */
export const contentTypes = [
  ...(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'] as const),
  ...(['video/mp4', 'video/webm', 'audio/mp4', 'audio/mpeg', 'audio/ogg', 'audio/wav'] as const),
  ...(['text/plain', 'text/markdown', 'text/vtt', 'text/html', 'application/json'] as const),
  ...(['application/pdf', 'application/zip', 'application/octet-stream'] as const),
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
] as const;
export type ContentType = (typeof contentTypes)[number];

const mebibyte = 2 ** 20;
/** Smaller objects are sent at once, larger ones in parts of at least this. S3 asks for 5 MiB or more. */
export const smallestPart = 8 * mebibyte;
/** S3 allows ten thousand; the ETags of so many fit into a body (R2's are 180 letters long). */
export const mostParts = 300;
/** S3 takes no part above 5 GiB. */
export const largestObject = 1024 * 2 ** 30;
/** Parts that one request may ask signatures for. */
export const mostSignedAtOnce = 100;

/** Of every part but the last, in bytes: whole mebibytes, no more parts than allowed. */
export const partSizeFor = (size: number): number =>
  Math.max(smallestPart, Math.ceil(size / mostParts / mebibyte) * mebibyte);

const wholeNumber = (least: number, most: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));

/** MD5 as `Content-MD5` wants it. */
const md5 = v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{21}[AQgw]==$/));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const etag = v.pipe(v.string(), v.regex(/^[0-9A-Za-z+/=_-]{1,200}$/));

export const startUploadSchema = v.strictObject({
  kind: v.picklist(objectKinds),
  /** Bytes. */
  size: wholeNumber(1, largestObject),
  contentType: v.picklist(contentTypes),
});

export const signPartsSchema = v.strictObject({
  parts: v.pipe(
    v.array(v.strictObject({ number: wholeNumber(1, mostParts), md5 })),
    v.minLength(1),
    v.maxLength(mostSignedAtOnce),
  ),
});

export const completeUploadSchema = v.strictObject({
  /** ETags as storage gave them, without quotes, in order of the parts. */
  etags: v.pipe(v.array(etag), v.minLength(1), v.maxLength(mostParts)),
  /** Of the whole object, hex; kept beside it for whoever gets it. */
  sha256: v.optional(v.nullable(sha256), null),
});

export const downloadSchema = v.strictObject({
  /** Under which the browser saves it; without one it is shown, where it is of a kind to show. */
  name: v.optional(
    v.pipe(v.string(), v.minLength(1), v.maxLength(200), v.regex(/^[^\p{Cc}\p{Cs}/\\]+$/u)),
  ),
});

export const listObjectsSchema = v.strictObject({
  kind: v.optional(v.picklist(objectKinds)),
  /** `next` of the page before. */
  after: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/))),
});

export interface StartedUpload {
  id: string;
  /** Of every part but the last; at least `size` when it is sent at once. */
  partSize: number;
  partCount: number;
  /** Milliseconds since 1970: counts as abandoned then; later with every signature. */
  expiresAt: number;
}

/** A PUT that may be sent as it stands until it expires. The body must have exactly the length and MD5. */
export interface SignedPart {
  number: number;
  url: string;
  headers: Record<string, string>;
  expiresAt: number;
}

export interface ArrivedParts {
  /** Null when this storage cannot say; then the sender's own notes count. */
  parts: { number: number; etag: string; size: number }[] | null;
}

export interface ObjectView {
  id: string;
  kind: ObjectKind;
  state: 'pending' | 'ready';
  size: number;
  contentType: ContentType;
  etag: string | null;
  sha256: string | null;
  createdAt: number;
  readyAt: number | null;
}

export interface ObjectPage {
  objects: ObjectView[];
  next: string | null;
}

/** A GET for minutes; ranges may be asked for. */
export interface Download {
  url: string;
  expiresAt: number;
  size: number;
  contentType: ContentType;
  sha256: string | null;
}

export interface StorageView {
  bytes: number;
  objects: number;
  quotaBytes: number;
  /** Where new objects go; null when the operator configured no storage. */
  location: string | null;
  /** To choose from. */
  locations: { name: string; region: string; bucket: string }[];
}
