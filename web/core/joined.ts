/** Parts one after the other, in one array. */
export const joined = (parts: readonly Float32Array[]): Float32Array<ArrayBuffer> =>
  fill(parts, new Float32Array(lengthOf(parts)));

/** The same of bytes. */
export const joinedBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  fill(parts, new Uint8Array(lengthOf(parts)));

const lengthOf = (parts: readonly { length: number }[]): number =>
  parts.reduce((sum, part) => sum + part.length, 0);

function fill<T extends { set(part: ArrayLike<number>, at: number): void }>(
  parts: readonly ArrayLike<number>[],
  all: T,
): T {
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
