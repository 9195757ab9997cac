/**
 * RNNoise (Valin 2018, the shiguredo build of 2022), driven without its AudioWorklet: 48 kHz,
 * frames of 480 samples, scaled to 16 bits.
 */
import { failAssertion, heapGrower } from './wasm-memory.ts';

export const rnnoiseRate = 48000;
export const rnnoiseFrame = 480;
/** Samples by which the output lags: one frame of the overlap-add. */
export const rnnoiseDelay = 480;
/** Frames of digital silence after which the model would say nothing more. */
const silenceAfter = 50;

interface RnnoiseExports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  __wasm_call_ctors: () => void;
  emscripten_stack_init: () => void;
  rnnoise_create: (model: number) => number;
  rnnoise_process_frame: (state: number, output: number, input: number) => number;
  malloc: (bytes: number) => number;
}

export class Rnnoise {
  readonly #wasm: RnnoiseExports;
  readonly #state: number;
  readonly #frame: number;
  #silentFrames = 0;

  constructor(module: WebAssembly.Module) {
    const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
      env: {
        __assert_fail: failAssertion,
        emscripten_resize_heap: heapGrower(() => (instance.exports as RnnoiseExports).memory),
        emscripten_memcpy_big: (to: number, from: number, length: number) => {
          const { buffer } = (instance.exports as RnnoiseExports).memory;
          new Uint8Array(buffer).copyWithin(to, from, from + length);
        },
      },
    });
    this.#wasm = instance.exports as RnnoiseExports;
    this.#wasm.emscripten_stack_init();
    this.#wasm.__wasm_call_ctors();
    this.#state = this.#wasm.rnnoise_create(0);
    this.#frame = this.#wasm.malloc(rnnoiseFrame * 4);
    if (!this.#state || !this.#frame) throw new Error('no memory for RNNoise');
  }

  /** One frame of 480 samples at 48 kHz, -1 to 1, into `output`. Returns the chance of a voice, 0 to 1. */
  process(frame: Float32Array, output: Float32Array): number {
    this.#silentFrames = frame.every((v) => v === 0) ? this.#silentFrames + 1 : 0;
    if (this.#silentFrames > silenceAfter) {
      // It would only ring on in numbers too small to hear and slow to compute with.
      output.fill(0);
      return 0;
    }
    const heap = () => new Float32Array(this.#wasm.memory.buffer, this.#frame, rnnoiseFrame);
    const input = heap();
    for (let i = 0; i < rnnoiseFrame; i++) input[i] = frame[i]! * 32768;
    const voice = this.#wasm.rnnoise_process_frame(this.#state, this.#frame, this.#frame);
    const result = heap();
    for (let i = 0; i < rnnoiseFrame; i++) output[i] = result[i]! / 32768;
    return voice;
  }
}
