/**
 * Requests to addresses that a customer wrote down. They go to public names over TLS only, follow no
 * redirect, end after seconds, and bring back a limited number of bytes.
 */
import type { Env } from './env.ts';

const longestMilliseconds = 8_000;
const largestAnswer = 256 * 1024;

const localNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|invalid|example)$/;

/** Why an address may not be asked; null when it may. */
export function refusedAddress(env: Env, text: string): string | null {
  if (!URL.canParse(text)) return 'not an address';
  const url = new URL(text);
  if (url.username || url.password) return 'an address with a password in it';
  // Set for tests and development alone, where providers run on this machine.
  if (env.OUTBOUND_LOOPBACK === 'allowed' && url.hostname === '127.0.0.1') return null;
  if (url.protocol !== 'https:') return 'not https';
  if (url.port) return 'a port of its own';
  const host = url.hostname.replace(/\.$/, '');
  // The URL parser writes every form of an IPv4 address (octal, one number) as four numbers.
  if (/^[0-9.]+$/.test(host) || host.startsWith('[')) return 'a number instead of a name';
  if (!host.includes('.') || localNames.test(host)) return 'not a public name';
  return null;
}

export class OutboundError extends Error {
  override name = 'OutboundError';
}

async function readLimited(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > largestAnswer) throw new OutboundError('the answer is too large');
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Throws `OutboundError` when the address is refused or answers with a redirect or too much. */
export async function fetchOutside(
  env: Env,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const refused = refusedAddress(env, url);
  if (refused) throw new OutboundError(refused);
  const response = await fetch(url, {
    ...init,
    redirect: 'manual',
    signal: AbortSignal.timeout(longestMilliseconds),
  });
  if (response.status >= 300 && response.status < 400) {
    await response.body?.cancel();
    throw new OutboundError('a redirect');
  }
  const bytes = await readLimited(response);
  return new Response(bytes, { status: response.status, headers: response.headers });
}
