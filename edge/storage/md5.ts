/** MD5 is what S3 compares uploads by; it guards against accidents and nothing else. */

/** As `Content-MD5` wants it. */
export async function md5Base64(data: string | BufferSource): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest('MD5', bytes));
  return btoa(String.fromCharCode(...digest));
}

const toBytes = (hex: string) =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const toHex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const base64ToHex = (base64: string): string =>
  toHex(Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0)));

/** ETag of an object made of parts, from the parts' own: the MD5 of their MD5s, and how many. */
export async function etagOfParts(etags: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest('MD5', toBytes(etags.join('')));
  return `${toHex(new Uint8Array(digest))}-${etags.length}`;
}
