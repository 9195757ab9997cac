/**
 * AAC-LC by FFmpeg's encoder as `@mediabunny/aac-encoder` builds it. That package runs it in a
 * worker made from a blob, which our content security policy forbids, and sends every 21 ms of
 * sound there and back; here its WebAssembly is called directly, in the worker that has the sound.
 * The names of imports and exports are those of the pinned version.
 */
import glue from '../../../node_modules/@mediabunny/aac-encoder/dist/modules/build/aac.js?raw';

interface AacExports {
  /** Memory. */
  r: WebAssembly.Memory;
  /** Runs the static constructors. */
  s(): void;
  /** init_encoder(channels, sampleRate, bitrate): a pointer, 0 on failure. */
  t(channels: number, sampleRate: number, bitrate: number): number;
  v(encoder: number): number;
  w(encoder: number): number;
  x(encoder: number): number;
  /** get_encode_input_ptr(encoder, bytes). */
  y(encoder: number, bytes: number): number;
  /** send_frame(encoder, pts): negative on failure. */
  A(encoder: number, pts: bigint): number;
  /** receive_packet(encoder): its size; 0 when there is none. */
  B(encoder: number): number;
  C(encoder: number): void;
  E(encoder: number): number;
  H(encoder: number): void;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** The package carries its WebAssembly as a string of one character for each byte (0x100 for 0). */
function wasmBytes(): Uint8Array<ArrayBuffer> {
  const start = glue.indexOf("binaryDecode('");
  if (start < 0) throw new Error('the AAC encoder package is not the pinned version');
  const text = unescaped(glue, start + "binaryDecode('".length);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes[i] = (~code >> 8) & code;
  }
  return bytes;
}

const escapes: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  0: '\0',
};

/** The value of the single-quoted JavaScript string that begins at `from`. */
function unescaped(source: string, from: number): string {
  const parts: string[] = [];
  let plain = from;
  for (let i = from; ; i++) {
    const character = source[i];
    if (character === undefined) throw new Error('unterminated string');
    if (character === "'") {
      parts.push(source.slice(plain, i));
      return parts.join('');
    }
    if (character !== '\\') continue;
    parts.push(source.slice(plain, i));
    const kind = source[++i]!;
    const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : 0;
    if (digits > 0) {
      parts.push(String.fromCharCode(parseInt(source.slice(i + 1, i + 1 + digits), 16)));
      i += digits;
    } else parts.push(escapes[kind] ?? kind);
    plain = i + 1;
  }
}

async function instantiate(): Promise<AacExports> {
  compiled ??= WebAssembly.compile(wasmBytes());
  const nothing = () => 0;
  const fail = () => {
    throw new Error('the AAC encoder gave up');
  };
  // The imports use the memory that only the instance brings.
  const memory: { current: WebAssembly.Memory | null } = { current: null };
  const view = () => new DataView(memory.current!.buffer);
  const imports: Record<string, (...args: never[]) => unknown> = {
    f: fail,
    j: fail,
    d: () => Date.now(),
    // clock_time_get: 28 is EINVAL; nothing in encoding asks for the time.
    e: () => 28,
    // environ_sizes_get: no environment.
    c: (count: number, size: number) => {
      view().setUint32(count, 0, true);
      view().setUint32(size, 0, true);
      return 0;
    },
    // emscripten_resize_heap(bytes).
    m: (bytes: number) => {
      const pages = Math.ceil((bytes - memory.current!.buffer.byteLength) / 65_536);
      try {
        memory.current!.grow(pages);
        return 1;
      } catch {
        return 0; // out of memory: the encoder reports it
      }
    },
    // fd_write(descriptor, buffers, count, written): the encoder's complaints, which it also returns.
    g: (_fd: number, buffers: number, count: number, written: number) => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += view().getUint32(buffers + 8 * i + 4, true);
      view().setUint32(written, sum, true);
      return 0;
    },
  };
  for (const name of ['a', 'q', 'n', 'k', 'l', 'b', 'i', 'p', 'h', 'o']) imports[name] = nothing;
  const instance = await WebAssembly.instantiate(await compiled, { a: imports });
  const exports = instance.exports as unknown as AacExports;
  memory.current = exports.r;
  exports.s();
  chooseFastCoder(exports.r.buffer);
  return exports;
}

/**
 * FFmpeg's own default searches each frame's quantisers twice over. Its `fast` coder takes a quarter
 * of the time and is, by its manual, the better of the two from 64 kbit/s up. The package has no call
 * for the option, so the default in FFmpeg's table of options is set before the first encoder.
 * Does nothing where the table is not as expected.
 */
function chooseFastCoder(buffer: ArrayBuffer): void {
  const view = new DataView(buffer);
  const name = indexOfText(new Uint8Array(buffer), 'aac_coder');
  if (name < 0) return;
  // AVOption: name, help, offset, type; default (8 bytes), min and max (doubles).
  for (let at = 0; at + 40 <= tableEnd(buffer); at += 4) {
    if (view.getUint32(at, true) !== name) continue;
    const isTwoLoop = view.getBigInt64(at + 16, true) === 0n;
    const hasTwo = view.getFloat64(at + 24, true) === 0 && view.getFloat64(at + 32, true) === 1;
    if (isTwoLoop && hasTwo) view.setBigInt64(at + 16, 1n, true);
    return;
  }
}

/** Constants lie at the start of the memory. */
const tableEnd = (buffer: ArrayBuffer): number => Math.min(buffer.byteLength, 2 ** 20);

/** Where a zero-terminated text lies that is not the end of a longer one; -1 for nowhere. */
function indexOfText(bytes: Uint8Array, text: string): number {
  const wanted = [0, ...Array.from(text, (c) => c.charCodeAt(0)), 0];
  for (let at = 0; at + wanted.length <= tableEnd(bytes.buffer as ArrayBuffer); at++)
    if (wanted.every((code, i) => bytes[at + i] === code)) return at + 1;
  return -1;
}

/** Samples of silence that come out before the first one that went in. */
export const aacPriming = 1024;

/** One stream. Frames in, packets out, one for each frame and one more at the end. */
export class AacWasmEncoder {
  readonly #wasm: AacExports;
  readonly #encoder: number;
  readonly #channels: number;
  readonly frameLength: number;
  /** AudioSpecificConfig. */
  readonly description: Uint8Array<ArrayBuffer>;
  #at = 0;

  static async create(
    channels: number,
    sampleRate: number,
    bitrate: number,
  ): Promise<AacWasmEncoder> {
    const wasm = await instantiate();
    const encoder = wasm.t(channels, sampleRate, bitrate);
    if (encoder === 0)
      throw new Error(`no AAC encoder for ${channels} channels at ${sampleRate} Hz`);
    return new AacWasmEncoder(wasm, encoder, channels);
  }

  private constructor(wasm: AacExports, encoder: number, channels: number) {
    this.#wasm = wasm;
    this.#encoder = encoder;
    this.#channels = channels;
    this.frameLength = wasm.v(encoder);
    this.description = new Uint8Array(wasm.r.buffer, wasm.w(encoder), wasm.x(encoder)).slice();
  }

  /** `frame`: interleaved, `frameLength` samples of each channel. */
  encode(frame: Float32Array): Uint8Array[] {
    const wasm = this.#wasm;
    const pointer = wasm.y(this.#encoder, this.frameLength * this.#channels * 4);
    if (pointer === 0) throw new Error('no memory for the AAC encoder');
    new Float32Array(wasm.r.buffer, pointer, frame.length).set(frame);
    const status = wasm.A(this.#encoder, BigInt(this.#at));
    if (status < 0) throw new Error(`the AAC encoder failed with ${status}`);
    this.#at += this.frameLength;
    return this.#receive();
  }

  flush(): Uint8Array[] {
    this.#wasm.C(this.#encoder);
    return this.#receive();
  }

  close(): void {
    this.#wasm.H(this.#encoder);
  }

  #receive(): Uint8Array[] {
    const wasm = this.#wasm;
    const packets: Uint8Array[] = [];
    for (let size: number; (size = wasm.B(this.#encoder)) > 0;)
      packets.push(new Uint8Array(wasm.r.buffer, wasm.E(this.#encoder), size).slice());
    return packets;
  }
}
