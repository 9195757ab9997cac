/**
 * scrypt with the smallest memory among the settings that OWASP's Password Storage Cheat Sheet names
 * (N = 2^14, r = 8, p = 5: 16 MiB): an isolate has 128 MiB for all the requests it answers at once.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const cost = { N: 2 ** 14, r: 8, p: 5 };
const hashLength = 32;

function derive(password: string, salt: Uint8Array, options: typeof cost): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Unicode's one form for each text, so that a password typed on another system is the same one.
    const text = password.normalize('NFKC');
    const limits = { ...options, maxmem: 64 * 1024 * 1024 };
    scrypt(text, salt, hashLength, limits, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

/** `scrypt$N$r$p$salt$hash`, the last two in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64'), key.toString('base64')].join(
    '$',
  );
}

export async function verifyPassword(input: { hash: string; password: string }): Promise<boolean> {
  const [name, N, r, p, salt, hash] = input.hash.split('$');
  if (name !== 'scrypt' || !salt || !hash) return false;
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  const key = await derive(input.password, Buffer.from(salt, 'base64'), options);
  const expected = Buffer.from(hash, 'base64');
  return expected.length === key.length && timingSafeEqual(expected, key);
}
