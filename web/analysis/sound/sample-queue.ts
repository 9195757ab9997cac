/** First in, first out, for streams that arrive and leave in pieces of different length. */
export class SampleQueue {
  #samples = new Float32Array(1 << 14);
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(samples: Float32Array): void {
    if (this.#end + samples.length > this.#samples.length) {
      const room =
        this.length + samples.length > this.#samples.length / 2
          ? new Float32Array(2 * (this.length + samples.length))
          : this.#samples;
      room.set(this.#samples.subarray(this.#start, this.#end));
      this.#end -= this.#start;
      this.#start = 0;
      this.#samples = room;
    }
    this.#samples.set(samples, this.#end);
    this.#end += samples.length;
  }

  /** The next samples; the view holds until the next push. */
  take(count: number): Float32Array {
    const taken = this.#samples.subarray(this.#start, this.#start + count);
    this.#start += taken.length;
    return taken;
  }
}
