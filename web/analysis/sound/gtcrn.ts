/**
 * GTCRN (Rong et al., ICASSP 2024), the wasm build of @sapphi-red/web-noise-suppressor, driven
 * without its AudioWorklet. The model hears 16 kHz in frames of 512 samples, 256 apart.
 */
import { failAssertion, heapGrower } from './wasm-memory.ts';

export const gtcrnRate = 16000;
export const gtcrnFrame = 256;
/** Samples at 16 kHz by which the output lags: one hop of the overlap-add. */
export const gtcrnDelay = 256;

/** Names as the build's minifier left them, in the order of the wrapper's own table. */
interface GtcrnExports extends WebAssembly.Exports {
  c: WebAssembly.Memory;
  /** Static constructors. */
  d: () => void;
  /** gtcrn_create, gtcrn_destroy, gtcrn_process(state, in, out), malloc, free. */
  e: () => number;
  g: (state: number) => void;
  i: (state: number, input: number, output: number) => void;
  k: (bytes: number) => number;
  f: (pointer: number) => void;
}

export class Gtcrn {
  readonly #wasm: GtcrnExports;
  readonly #state: number;
  readonly #input: number;
  readonly #output: number;

  constructor(module: WebAssembly.Module) {
    const instance: WebAssembly.Instance = new WebAssembly.Instance(module, {
      a: { a: failAssertion, b: heapGrower(() => (instance.exports as GtcrnExports).c) },
    });
    this.#wasm = instance.exports as GtcrnExports;
    this.#wasm.d();
    this.#state = this.#wasm.e();
    this.#input = this.#wasm.k(gtcrnFrame * 4);
    this.#output = this.#wasm.k(gtcrnFrame * 4);
    if (!this.#state || !this.#input || !this.#output) throw new Error('no memory for GTCRN');
  }

  /** One frame of 256 samples at 16 kHz, -1 to 1, into `output`. */
  process(frame: Float32Array, output: Float32Array): void {
    const { c: memory } = this.#wasm;
    new Float32Array(memory.buffer, this.#input, gtcrnFrame).set(frame);
    this.#wasm.i(this.#state, this.#input, this.#output);
    output.set(new Float32Array(memory.buffer, this.#output, gtcrnFrame));
  }
}
