/**
 * The S3 calls that Cairn makes, for any server that speaks it (AWS, R2, Ceph, MinIO). Objects'
 * content never passes here: browsers get signed addresses.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html
 */
import { log, shapeOf } from '../logs/log.ts';
import { corsRules, lifecycleRules } from './bucket-rules.ts';
import type { Credentials, Location } from './locations.ts';
import { md5Base64 } from './md5.ts';
import {
  SignedRequests,
  StorageError,
  type Call,
  type Presigned,
  type SignedRequest,
} from './signed-requests.ts';
import { elements, escapeXml, textOf } from './xml.ts';

export interface Part {
  /** From 1. */
  number: number;
  /** As the server gave it, without quotes. */
  etag: string;
}

export interface ListedPart extends Part {
  size: number;
}

/** Keys that one DeleteObjects may name. */
const mostDeletes = 1000;
const unquoted = (etag: string | null) => (etag ?? '').replace(/^(W\/)?"|"$/g, '');

export class S3 {
  readonly location: Location;
  readonly #requests: SignedRequests;

  constructor(location: Location, credentials: Credentials) {
    this.location = location;
    this.#requests = new SignedRequests(location, credentials);
  }

  /** Signs a request for somebody else to send, and nothing else than this. */
  presign(request: Presigned, now?: number): Promise<SignedRequest> {
    return this.#requests.presign(request, now);
  }

  #call(name: string, call: Call): Promise<Response> {
    return this.#requests.call(name, call);
  }

  /** Headers that ask for encryption at rest; to be signed with whatever makes an object. */
  get encryptionHeaders(): Record<string, string> {
    const { encryption, encryptionKeyId } = this.location;
    if (!encryption) return {};
    return {
      'x-amz-server-side-encryption': encryption,
      ...(encryption === 'aws:kms' && encryptionKeyId
        ? { 'x-amz-server-side-encryption-aws-kms-key-id': encryptionKeyId }
        : {}),
    };
  }

  /** Whether the bucket answers to our key. Does not throw. */
  async reachable(): Promise<boolean> {
    try {
      const query = { 'list-type': '2', 'max-keys': '1' };
      const response = await this.#requests.send({ method: 'GET', query, timeoutMs: 3000 });
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      log('warn', 'storage does not answer', {
        location: this.location.name,
        error: shapeOf(error).name,
      });
      return false;
    }
  }

  /**
   * Lets pages of these origins send and read, and has the bucket drop the parts of uploads that
   * nobody ended after a week, should our own sweep not run.
   */
  async allowOrigins(origins: readonly string[]): Promise<void> {
    const put = async (name: string, query: string, body: string) => {
      const headers = { 'content-type': 'application/xml', 'content-md5': await md5Base64(body) };
      await this.#call(name, { method: 'PUT', query: { [query]: '' }, headers, body });
    };
    await put('allow origins', 'cors', corsRules(origins));
    await put('drop parts', 'lifecycle', lifecycleRules);
  }

  async createUpload(key: string, contentType: string): Promise<string> {
    const headers = { 'content-type': contentType, ...this.encryptionHeaders };
    const query = { uploads: '' };
    const response = await this.#call('create upload', { method: 'POST', key, query, headers });
    const id = textOf(await response.text(), 'UploadId');
    if (!id) throw new StorageError('create upload', response.status, 'no upload id');
    return id;
  }

  /** Parts that arrived, by number; null when the server cannot list or does not know the upload. */
  async listParts(key: string, uploadId: string): Promise<ListedPart[] | null> {
    const parts: ListedPart[] = [];
    for (let marker = '0'; ;) {
      const response = await this.#call('list parts', {
        method: 'GET',
        key,
        query: { uploadId, 'part-number-marker': marker },
        expect: [404, 405, 501],
      });
      const xml = await response.text();
      if (!response.ok) return null;
      for (const part of elements(xml, 'Part')) {
        parts.push({
          number: Number(textOf(part, 'PartNumber')),
          etag: unquoted(textOf(part, 'ETag')),
          size: Number(textOf(part, 'Size')),
        });
      }
      const next = textOf(xml, 'NextPartNumberMarker');
      if (textOf(xml, 'IsTruncated') !== 'true' || !next || next === marker) return parts;
      marker = next;
    }
  }

  /** Puts the parts together. Throws with a status of 4xx when one is missing or is another. */
  async completeUpload(key: string, uploadId: string, parts: Part[]): Promise<void> {
    const items = parts.map(
      ({ number, etag }) =>
        `<Part><PartNumber>${number}</PartNumber><ETag>"${escapeXml(etag)}"</ETag></Part>`,
    );
    const response = await this.#call('complete upload', {
      method: 'POST',
      key,
      query: { uploadId },
      headers: { 'content-type': 'application/xml' },
      body: `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${items.join('')}</CompleteMultipartUpload>`,
      timeoutMs: 60_000,
    });
    // S3 may answer 200 and find only while it puts the parts together that it cannot.
    const xml = await response.text();
    if (xml.includes('<Error>')) {
      throw new StorageError('complete upload', 500, textOf(xml, 'Code') ?? '');
    }
  }

  /** Ends an upload and drops its parts; one that is gone is fine. */
  async abortUpload(key: string, uploadId: string): Promise<void> {
    const query = { uploadId };
    const call: Call = { method: 'DELETE', key, query, expect: [404] };
    await (await this.#call('abort upload', call)).body?.cancel();
  }

  /** Ids of uploads of this key that were begun and not ended; none where the server cannot list. */
  async openUploads(key: string): Promise<string[]> {
    const query = { uploads: '', prefix: key };
    const call: Call = { method: 'GET', query, expect: [405, 501] };
    const response = await this.#call('list uploads', call);
    const xml = await response.text();
    return response.ok ? elements(xml, 'Upload').map((upload) => textOf(upload, 'UploadId')!) : [];
  }

  /** Null when there is no such object. */
  async head(key: string): Promise<{ size: number; etag: string } | null> {
    const response = await this.#call('head', { method: 'HEAD', key, expect: [404] });
    if (!response.ok) return null;
    return {
      size: Number(response.headers.get('content-length')),
      etag: unquoted(response.headers.get('etag')),
    };
  }

  /** The first bytes of an object, to see whether it is what it is said to be. */
  async readStart(key: string, length: number): Promise<Uint8Array> {
    const headers = { range: `bytes=0-${length - 1}` };
    const response = await this.#call('read start', { method: 'GET', key, headers });
    const reader = response.body!.getReader();
    const bytes = new Uint8Array(length);
    let filled = 0;
    // A server that ignores the range is not read to its end.
    while (filled < length) {
      const { value } = await reader.read();
      if (!value) break;
      const taken = value.subarray(0, length - filled);
      bytes.set(taken, filled);
      filled += taken.length;
    }
    await reader.cancel();
    return bytes.subarray(0, filled);
  }

  /** One that is gone is fine. */
  async remove(key: string): Promise<void> {
    const call: Call = { method: 'DELETE', key, expect: [404] };
    await (await this.#call('delete', call)).body?.cancel();
  }

  /** Removes any number, a thousand a call. Returns the keys that the server kept. */
  async removeAll(keys: readonly string[]): Promise<string[]> {
    const kept: string[] = [];
    for (let at = 0; at < keys.length; at += mostDeletes) {
      const some = keys.slice(at, at + mostDeletes);
      if (some.length === 1) {
        await this.remove(some[0]!);
        continue;
      }
      const items = some.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`);
      const body = `<Delete><Quiet>true</Quiet>${items.join('')}</Delete>`;
      const headers = { 'content-type': 'application/xml', 'content-md5': await md5Base64(body) };
      const query = { delete: '' };
      const call: Call = { method: 'POST', query, headers, body, expect: [405, 501] };
      const response = await this.#call('delete many', call);
      const xml = await response.text();
      if (response.ok) kept.push(...elements(xml, 'Error').map((error) => textOf(error, 'Key')!));
      else for (const key of some) await this.remove(key);
    }
    return kept;
  }
}
