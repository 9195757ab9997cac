/**
 * JSON that keeps what structured clone keeps of our data: typed arrays and numbers that are not
 * finite. `{"$":"Float64Array","base64":"…"}` (little endian) and `{"$":"number","value":"-Infinity"}`.
 */
const arrays = { Int8Array, Uint8Array, Float32Array, Float64Array } as const;
type ArrayName = keyof typeof arrays;

export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'number' && !Number.isFinite(part))
      return { $: 'number', value: String(part) };
    if (!ArrayBuffer.isView(part)) return part;
    const name = part.constructor.name;
    if (!(name in arrays)) throw new TypeError(`${name} has no form in JSON`);
    const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    return { $: name, base64: toBase64(bytes) };
  });
}

/** Throws SyntaxError or TypeError when it is nothing that `encodeJson` writes. */
export function decodeJson(text: string): unknown {
  return JSON.parse(text, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || !('$' in part)) return part;
    const tagged = part as { $: unknown; value?: unknown; base64?: unknown };
    if (tagged.$ === 'number') {
      const number = Number(tagged.value);
      if (typeof tagged.value !== 'string' || Number.isFinite(number))
        throw new TypeError('not a number that JSON lacks');
      return number;
    }
    if (typeof tagged.$ !== 'string' || typeof tagged.base64 !== 'string')
      throw new TypeError('unknown form');
    if (!Object.hasOwn(arrays, tagged.$)) throw new TypeError(`unknown form ${tagged.$}`);
    const type = arrays[tagged.$ as ArrayName];
    const bytes = fromBase64(tagged.base64);
    if (bytes.length % type.BYTES_PER_ELEMENT !== 0) throw new TypeError('a broken array');
    return new type(bytes.buffer);
  });
}

const slice = 0x8000;

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += slice)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + slice)));
  return btoa(parts.join(''));
}

/** Throws when it is not base64. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
