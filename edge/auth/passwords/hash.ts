/**
 * scrypt with the smallest memory among the settings that OWASP's Password Storage Cheat Sheet names
 * (N = 2^14, r = 8, p = 5: 16 MiB): an isolate has 128 MiB for all the requests it answers at once.
 */
import nodeCrypto from 'node:crypto';

const cost = { N: 2 ** 14, r: 8, p: 5 };
const hashLength = 32;

function derive(password: string, salt: Uint8Array, options: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same characters are the same bytes, whichever system they are typed on; nothing else changes.
    const text = password.normalize('NFC');
    const limits = { ...options, maxmem: 64 * 1024 * 1024 };
    nodeCrypto.scrypt(text, salt, hashLength, limits, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}

/** `scrypt$N$r$p$salt$hash`, the last two in base64. */
const written = (salt: Buffer, key: Buffer) =>
  ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join('$');

/** Of no password that anyone could find: an unknown address is checked against it, and takes as long. */
export const nobodysHash = written(Buffer.alloc(16), Buffer.alloc(hashLength));

export async function hashPassword(password: string): Promise<string> {
  const salt = nodeCrypto.randomBytes(16);
  return written(salt, await derive(password, salt, cost));
}

export async function verifyPassword(input: { hash: string; password: string }): Promise<boolean> {
  const [name, N, r, p, salt, hash] = input.hash.split('$');
  if (name !== 'scrypt' || !salt || !hash) return false;
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(input.password, Buffer.from(salt, 'base64'), options);
  const expected = Buffer.from(hash, 'base64');
  return expected.length === key.length && nodeCrypto.timingSafeEqual(expected, key);
}
