/** Secrets of workspaces at rest: AES-256-GCM under the operator's key, bound to the row they belong to. */
import type { Env } from './env.ts';

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** Bytes of the nonce that AES-GCM wants; a fresh one for every sealing. */
const nonceLength = 12;

/** Whether the operator has set SEALING_KEY, 32 random bytes as base64. */
export const canSeal = (env: Env) => Boolean(env.SEALING_KEY);

async function keyOf(env: Env): Promise<CryptoKey> {
  const bytes = fromBase64(env.SEALING_KEY ?? '');
  if (bytes.length !== 32) throw new Error('SEALING_KEY is not 32 bytes of base64');
  return crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/**
 * `owner` names the row (`<workspace>/<kind>/<id>`). What is sealed for one opens for no other, so
 * that a row copied into another tenant is worth nothing there.
 */
export async function seal(env: Env, owner: string, secret: string): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength));
  const additionalData = new TextEncoder().encode(owner);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv, additionalData },
    await keyOf(env),
    new TextEncoder().encode(secret),
  );
  return `1.${toBase64(iv)}.${toBase64(new Uint8Array(sealed))}`;
}

/** Throws when the key is another, the owner is another, or a bit has changed. */
export async function unseal(env: Env, owner: string, sealed: string): Promise<string> {
  const [version, iv, text] = sealed.split('.');
  if (version !== '1' || !iv || !text) throw new Error('not a sealed secret');
  const additionalData = new TextEncoder().encode(owner);
  const opened = await crypto.subtle.decrypt(
    { name: 'AES-GCM', iv: fromBase64(iv), additionalData },
    await keyOf(env),
    fromBase64(text),
  );
  return new TextDecoder().decode(opened);
}
