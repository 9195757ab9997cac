/** MD5 is what S3 compares uploads by; it guards against accidents and nothing else. */

/** As `Content-MD5` wants it. */
export async function md5Base64(data: string | BufferSource): Promise<string> {
  const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  const digest = new Uint8Array(await crypto.subtle.digest('MD5', bytes));
  return btoa(String.fromCharCode(...digest));
}

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const toHex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * ETag of an object that was sent in these parts, from their MD5s in base64: of one part its MD5, of
 * more the MD5 of all their MD5s, and how many. What AWS, R2, Ceph and MinIO do.
 */
export async function etagOf(md5s: readonly string[], inParts: boolean): Promise<string> {
  if (!inParts) return toHex(fromBase64(md5s[0]!));
  const all = Uint8Array.from(md5s.flatMap((md5) => [...fromBase64(md5)]));
  return `${toHex(new Uint8Array(await crypto.subtle.digest('MD5', all)))}-${md5s.length}`;
}
