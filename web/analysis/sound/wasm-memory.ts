/** What the two denoisers' wasm files, both built by Emscripten, ask of their host. */

/** Serves `emscripten_resize_heap`; memory grows by whole 64 KiB pages. */
export function heapGrower(memory: () => WebAssembly.Memory) {
  return (bytes: number): 0 | 1 => {
    const { buffer } = memory();
    try {
      memory().grow(Math.ceil((bytes - buffer.byteLength) / 65536));
      return 1;
    } catch {
      // Emscripten's malloc takes 0 for "no more memory" and returns a null pointer.
      return 0;
    }
  };
}

export function failAssertion(): never {
  throw new Error('an assertion of the denoiser failed');
}
