/**
 * Streaming sample rate conversion by a polyphase Kaiser-windowed sinc. The filter's delay is
 * taken out: output sample n lies at n / to seconds of the input.
 */

/** Zeroth-order modified Bessel function of the first kind, by its power series. */
function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

export class Resampler {
  readonly #up: number;
  readonly #down: number;
  /** Taps of each phase, one phase after another, reversed for a forward dot product. */
  readonly #taps: Float32Array;
  readonly #length: number;
  #buffer: Float32Array;
  /** Samples held, and the position of the next output in units of 1/up input samples, from the buffer's start. */
  #held: number;
  #at = 0;
  #received = 0;
  #produced = 0;
  /** Zeros at the end of what came in; those before the first sample count. */
  #zeros: number;

  /**
   * `halfLength`: input samples (of the lower rate) on each side of the sinc.
   * `cutoff`: as a share of the lower Nyquist frequency. `beta`: Kaiser; 9 gives about 90 dB.
   */
  constructor(from: number, to: number, { halfLength = 24, cutoff = 0.93, beta = 9 } = {}) {
    const divisor = gcd(from, to);
    this.#up = to / divisor;
    this.#down = from / divisor;
    const ratio = Math.max(1, from / to);
    // Even, so that the taps can be summed four at a time.
    const half = 2 * Math.ceil((halfLength * ratio) / 2);
    this.#length = 2 * half;
    this.#taps = new Float32Array(this.#up * this.#length);
    const bandwidth = cutoff / ratio;
    for (let phase = 0; phase < this.#up; phase++) {
      let sum = 0;
      const at = phase * this.#length;
      for (let k = 0; k < this.#length; k++) {
        const x = k - half + 1 - phase / this.#up;
        const window =
          besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / besselI0(beta);
        const sinc = x === 0 ? 1 : Math.sin(Math.PI * bandwidth * x) / (Math.PI * bandwidth * x);
        this.#taps[at + k] = window * sinc;
        sum += window * sinc;
      }
      for (let k = 0; k < this.#length; k++) this.#taps[at + k]! /= sum;
    }
    // Zeros before the first sample put the sinc's centre on it.
    this.#held = half - 1;
    this.#zeros = this.#held;
    this.#buffer = new Float32Array(this.#held + 4096);
  }

  /** The output that these samples complete; a fresh array. */
  process(input: Float32Array): Float32Array {
    this.#received += input.length;
    return this.#run(input);
  }

  /** The rest, so that as much time came out as went in. */
  flush(): Float32Array {
    const wanted = Math.round((this.#received * this.#up) / this.#down) - this.#produced;
    return this.#run(new Float32Array(this.#length + 1)).subarray(0, Math.max(0, wanted));
  }

  #run(input: Float32Array): Float32Array {
    const needed = this.#held + input.length;
    if (needed > this.#buffer.length) {
      const grown = new Float32Array(needed * 2);
      grown.set(this.#buffer.subarray(0, this.#held));
      this.#buffer = grown;
    }
    this.#buffer.set(input, this.#held);
    this.#held = needed;
    const lastSound = input.findLastIndex((v) => v !== 0);
    this.#zeros = lastSound < 0 ? this.#zeros + input.length : input.length - 1 - lastSound;
    const length = this.#length;
    const room = (this.#held - length) * this.#up + this.#up - 1 - this.#at;
    const count = room < 0 ? 0 : Math.floor(room / this.#down) + 1;
    const output = new Float32Array(count);
    const taps = this.#taps;
    const buffer = this.#buffer;
    // Silence stays silence.
    const heard = this.#zeros >= needed ? 0 : count;
    this.#at += (count - heard) * this.#down;
    for (let n = 0; n < heard; n++) {
      const first = Math.floor(this.#at / this.#up);
      const phase = (this.#at - first * this.#up) * length;
      // Four sums side by side do not wait for each other; this loop is most of the work.
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      for (let k = 0; k < length; k += 4) {
        a += taps[phase + k]! * buffer[first + k]!;
        b += taps[phase + k + 1]! * buffer[first + k + 1]!;
        c += taps[phase + k + 2]! * buffer[first + k + 2]!;
        d += taps[phase + k + 3]! * buffer[first + k + 3]!;
      }
      output[n] = a + b + (c + d);
      this.#at += this.#down;
    }
    const used = Math.min(this.#held, Math.floor(this.#at / this.#up));
    buffer.copyWithin(0, used, this.#held);
    this.#held -= used;
    this.#at -= used * this.#up;
    this.#produced += count;
    return output;
  }
}
