/** Signs requests to one bucket: for somebody else to send, or to be sent from here. */
import { AwsV4Signer } from 'aws4fetch';
import { bucketAddress, type Credentials, type Location } from './locations.ts';
import { textOf } from './xml.ts';

/** A request that a browser may send as it stands, until it expires. */
export interface SignedRequest {
  method: 'GET' | 'PUT';
  url: string;
  /** To be sent exactly so: they are part of the signature. Content-Length is the body's own. */
  headers: Record<string, string>;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** What somebody else is to send. `expiresIn` in seconds. */
export interface Presigned {
  method: 'GET' | 'PUT';
  key: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  /** Of the body, in bytes. */
  contentLength?: number;
  expiresIn: number;
}

/** Thrown when the server refuses or does not answer. `status` 0 is no answer. */
export class StorageError extends Error {
  override name = 'StorageError';
  readonly status: number;
  /** The server's own word (`NoSuchUpload`), for the log; servers differ, so nothing depends on it. */
  readonly code: string;

  constructor(call: string, status: number, code: string, options?: ErrorOptions) {
    super(`${call}: ${status} ${code}`, options);
    this.status = status;
    this.code = code;
  }
}

export interface Call {
  method: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string;
  /** Statuses that are an answer and not an error. */
  expect?: number[];
  timeoutMs?: number;
}

const tries = 3;
const isPassing = (status: number) => status === 0 || status === 429 || status >= 500;

export class SignedRequests {
  readonly #region: string;
  readonly #credentials: Credentials;
  readonly #address: string;
  /** Keys derived from the secret, one a day. */
  readonly #derived = new Map<string, ArrayBuffer>();

  constructor(location: Location, credentials: Credentials) {
    this.#region = location.region;
    this.#credentials = credentials;
    this.#address = bucketAddress(location);
  }

  #signer(url: string, init: object) {
    return new AwsV4Signer({
      url,
      ...this.#credentials,
      service: 's3',
      region: this.#region,
      cache: this.#derived,
      ...init,
    });
  }

  #url(key = '', query: Record<string, string> = {}): string {
    const url = new URL(`${this.#address}/${key}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Signs a request for someone else to send. All of `headers` and the length become part of the
   * signature, so that nothing else can be sent with it.
   */
  async presign(request: Presigned, now = Date.now()): Promise<SignedRequest> {
    const { method, key, query = {}, headers = {}, contentLength, expiresIn } = request;
    const signed = await this.#signer(
      this.#url(key, { ...query, 'X-Amz-Expires': String(expiresIn) }),
      {
        method,
        headers: {
          ...headers,
          ...(contentLength === undefined ? {} : { 'content-length': String(contentLength) }),
        },
        datetime: new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
        signQuery: true,
        allHeaders: true,
      },
    ).sign();
    return { method, url: signed.url.href, headers, expiresAt: now + expiresIn * 1000 };
  }

  async send(call: Call): Promise<Response> {
    const signed = await this.#signer(this.#url(call.key, call.query), {
      method: call.method,
      headers: call.headers,
      body: call.body,
      allHeaders: true,
    }).sign();
    return fetch(signed.url.href, {
      method: call.method,
      headers: signed.headers,
      body: call.body ?? null,
      // A redirect would carry a signed request to an address that nobody configured.
      redirect: 'manual',
      signal: AbortSignal.timeout(call.timeoutMs ?? 10_000),
    });
  }

  /** Tries again what fails in passing; every call that is made here may be made twice. */
  async call(name: string, call: Call): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      let failure: StorageError;
      try {
        const response = await this.send(call);
        if (response.ok || call.expect?.includes(response.status)) return response;
        const code = textOf(await response.text(), 'Code') ?? '';
        failure = new StorageError(name, response.status, code);
      } catch (error) {
        failure = new StorageError(name, 0, 'no answer', { cause: error });
      }
      if (!isPassing(failure.status) || failure.status === 501 || attempt === tries) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** (attempt - 1)));
    }
  }
}
