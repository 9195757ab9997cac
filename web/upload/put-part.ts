/** Sends one part to storage and says what became of it. */
import type { SignedPart } from '../../edge/contract/objects.ts';

/** What to do next depends on the class of the status alone: servers differ in everything else. */
export type PutResult =
  | { kind: 'sent'; etag: string | null }
  /** The signature is not good (any more): ask for another. */
  | { kind: 'refused' }
  /** What arrived was not what was signed. */
  | { kind: 'damaged' }
  /** Storage does not know this upload. */
  | { kind: 'gone' }
  /** No answer, or the server is busy: later. */
  | { kind: 'later'; afterSeconds: number };

/** Without a byte moving for so long the connection is given up. Milliseconds. */
const stalledAfter = 60_000;

function resultOf(xhr: XMLHttpRequest): PutResult {
  const { status } = xhr;
  if (status >= 200 && status < 300) {
    const etag = xhr.getResponseHeader('etag');
    return { kind: 'sent', etag: etag?.replace(/^(W\/)?"|"$/g, '') ?? null };
  }
  if (status === 401 || status === 403) return { kind: 'refused' };
  if (status === 404 || status === 410) return { kind: 'gone' };
  if (status === 0 || status === 408 || status === 429 || status >= 500) {
    const seconds = status === 0 ? NaN : Number(xhr.getResponseHeader('retry-after') ?? NaN);
    return { kind: 'later', afterSeconds: Number.isFinite(seconds) ? seconds : 0 };
  }
  return { kind: 'damaged' };
}

/**
 * XMLHttpRequest, because `fetch` tells nothing of a body under way. `sent`: bytes so far. Throws
 * AbortError when cancelled, nothing else.
 */
export function putPart(
  { url, headers }: SignedPart,
  body: Blob,
  { signal, sent }: { signal: AbortSignal; sent: (bytes: number) => void },
): Promise<PutResult> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const xhr = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => xhr.abort(), stalledAfter);
    };
    const onAbort = () => xhr.abort();
    signal.addEventListener('abort', onAbort, { once: true });
    xhr.upload.addEventListener('progress', ({ loaded }) => {
      watch();
      sent(Math.min(loaded, body.size));
    });
    xhr.addEventListener('loadend', () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', onAbort);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(resultOf(xhr));
    });
    xhr.open('PUT', url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    watch();
    // A type of the blob's own would be sent, and was not signed.
    xhr.send(body.slice(0, body.size, headers['content-type'] ?? ''));
  });
}
