/**
 * Small dilated convolutions over 20 ms frames that tell for each frame whether it is no speech,
 * speech or a filled pause. One listens to the sound itself (it sees 0.66 s to either side), others
 * to what a Whisper encoder makes of it. Their weights come from `web/bench/fillers/train`.
 */

export interface PackedLayer {
  taps: number;
  inputs: number;
  outputs: number;
  dilation: number;
  /** Base64 of int8, taps × inputs × outputs. */
  kernel: string;
  /** Per output. */
  scales: readonly number[];
  bias: readonly number[];
}

export interface PackedNetwork {
  /** Per input: what is taken off, and what the rest is divided by. None where nothing is. */
  mean: readonly number[];
  deviation: readonly number[];
  layers: readonly PackedLayer[];
}

interface Layer {
  /** Taps × inputs × outputs. */
  kernel: Float32Array;
  bias: Float32Array;
  taps: number;
  inputs: number;
  outputs: number;
  dilation: number;
}

export interface Judgement {
  /** Probability of a filled pause per frame. */
  filler: Float32Array;
  /** Probability of speech that is none. */
  speech: Float32Array;
}

export class Network {
  /** Values in one frame. */
  readonly inputs: number;
  readonly #mean: readonly number[];
  readonly #deviation: readonly number[];
  readonly #layers: Layer[];

  constructor(packed: PackedNetwork) {
    this.#mean = packed.mean;
    this.#deviation = packed.deviation;
    this.#layers = packed.layers.map(unpack);
    this.inputs = this.#layers[0]!.inputs;
  }

  /** Judges consecutive frames: rows of `inputs` values. */
  judge(values: Float32Array, frames: number): Judgement {
    const [first, ...rest] = this.#layers;
    const last = rest.pop()!;
    const rows = this.#normal(values.subarray(0, frames * this.inputs));
    let hidden = relu(convolve(rows, frames, first!));
    for (const layer of rest) {
      const change = relu(convolve(hidden, frames, layer));
      for (let i = 0; i < change.length; i++) change[i]! += hidden[i]!;
      hidden = change;
    }
    return softmax(convolve(hidden, frames, last), frames);
  }

  #normal(values: Float32Array): Float32Array {
    const width = this.#mean.length;
    if (width === 0) return values;
    return values.map((v, i) => (v - this.#mean[i % width]!) / this.#deviation[i % width]!);
  }
}
function convolve(input: Float32Array, frames: number, layer: Layer): Float32Array {
  const { kernel, bias, taps, inputs, outputs, dilation } = layer;
  const out = new Float32Array(frames * outputs);
  const sum = new Float32Array(outputs);
  for (let t = 0; t < frames; t++) {
    sum.set(bias);
    for (let tap = 0; tap < taps; tap++) {
      const from = t + (tap - (taps - 1) / 2) * dilation;
      if (from < 0 || from >= frames) continue;
      for (let i = 0; i < inputs; i++) {
        const x = input[from * inputs + i]!;
        if (x === 0) continue;
        const row = (tap * inputs + i) * outputs;
        for (let o = 0; o < outputs; o++) sum[o]! += x * kernel[row + o]!;
      }
    }
    out.set(sum, t * outputs);
  }
  return out;
}

function relu(values: Float32Array): Float32Array {
  for (let i = 0; i < values.length; i++) if (values[i]! < 0) values[i] = 0;
  return values;
}

function softmax(logits: Float32Array, frames: number): Judgement {
  const filler = new Float32Array(frames);
  const speech = new Float32Array(frames);
  for (let t = 0; t < frames; t++) {
    const [none, voice, pause] = [logits[t * 3]!, logits[t * 3 + 1]!, logits[t * 3 + 2]!];
    const top = Math.max(none, voice, pause);
    const [a, b, c] = [Math.exp(none - top), Math.exp(voice - top), Math.exp(pause - top)];
    speech[t] = b / (a + b + c);
    filler[t] = c / (a + b + c);
  }
  return { filler, speech };
}

/** Kernels are kept as int8 with a scale per output. */
function unpack(layer: PackedLayer): Layer {
  const { taps, inputs, outputs, dilation } = layer;
  const bytes = Uint8Array.from(atob(layer.kernel), (c) => c.charCodeAt(0));
  const signed = new Int8Array(bytes.buffer);
  const kernel = Float32Array.from(signed, (v, i) => v * layer.scales[i % outputs]!);
  return { kernel, bias: Float32Array.from(layer.bias), taps, inputs, outputs, dilation };
}
