/**
 * ONNX Runtime for the models of speech: loaded once from our own origin, with threads where the
 * page is cross-origin isolated. Works on the page and in workers.
 */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-web/wasm';
import { modelFileUrl, openModelFile, type LoadOptions } from '../../models/loader.ts';

export type Device = 'wasm' | 'webgpu';
export type Tensor = OrtTensor;
export type Tensors = Record<string, OrtTensor>;

/** A model that runs. */
export interface Session {
  readonly outputNames: readonly string[];
  readonly inputNames: readonly string[];
  /** Runs the model; only the named outputs are computed into JavaScript's memory. */
  run(feeds: Tensors, outputs?: readonly string[]): Promise<Tensors>;
  tensor(type: 'float32', data: Float32Array, dims: readonly number[]): OrtTensor;
  tensor(type: 'int64', data: BigInt64Array, dims: readonly number[]): OrtTensor;
  tensor(type: 'bool', data: boolean[], dims: readonly number[]): OrtTensor;
  close(): Promise<void>;
}

type Runtime = typeof import('onnxruntime-web/wasm');
const runtimes = new Map<Device, Promise<Runtime>>();
const builds = {
  wasm: { model: 'onnx-runtime', file: 'ort-wasm-simd-threaded' },
  webgpu: { model: 'onnx-runtime-webgpu', file: 'ort-wasm-simd-threaded.asyncify' },
} as const;

/**
 * Threads of the runtime. Its threads wait by spinning, and beside the sound and the picture, which
 * are looked at at the same time, a second one on two cores only costs: with whisper-base 120 s of
 * speech took 44 s of processor time and 54 s in all with two, 33 s and 47 s with one. So two cores
 * are left to the others, and more than four threads gain nothing with models of this size.
 */
const threads = () =>
  globalThis.crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency - 2)) : 1;

async function start(device: Device, options: LoadOptions): Promise<Runtime> {
  const { model, file } = builds[device];
  const ort =
    device === 'wasm'
      ? await import('onnxruntime-web/wasm')
      : ((await import('onnxruntime-web/webgpu')) as Runtime);
  // The module is imported by address, never from a blob: its threads start from that address too.
  const [mjs, binary] = await Promise.all([
    modelFileUrl(model, `${file}.mjs`),
    openModelFile(model, `${file}.wasm`, options).then((f) => f.arrayBuffer()),
  ]);
  ort.env.wasm.wasmPaths = { mjs };
  ort.env.wasm.wasmBinary = binary;
  ort.env.wasm.numThreads = threads();
  ort.env.logLevel = 'error';
  return ort;
}

function runtime(device: Device, options: LoadOptions): Promise<Runtime> {
  let found = runtimes.get(device);
  if (!found) {
    found = start(device, options);
    runtimes.set(device, found);
    found.catch(() => runtimes.delete(device));
  }
  return found;
}

/** Opens a model's file. Throws what the model loader throws when the runtime is not there. */
export async function openSession(
  model: File | Uint8Array,
  options: LoadOptions & { device?: Device; session?: InferenceSession.SessionOptions } = {},
): Promise<Session> {
  const device = options.device ?? 'wasm';
  const ort = await runtime(device, options);
  const bytes = model instanceof Uint8Array ? model : new Uint8Array(await model.arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: [device],
    logSeverityLevel: 3,
    ...options.session,
  });
  return {
    outputNames: session.outputNames,
    inputNames: session.inputNames,
    run: (feeds, outputs) =>
      (outputs ? session.run(feeds, [...outputs]) : session.run(feeds)) as Promise<Tensors>,
    tensor: (type: string, data: unknown, dims: readonly number[]) =>
      new ort.Tensor(type as 'float32', data as Float32Array, dims),
    close: () => session.release(),
  };
}
