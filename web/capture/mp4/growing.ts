/** Arrays that grow by doubling: a table of a million packets without a million objects. */
export class GrowingUint32 {
  length = 0;
  #values = new Uint32Array(1024);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Uint32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  /** Adds to the last value. */
  addToLast(value: number): void {
    this.#values[this.length - 1]! += value;
  }

  setLast(value: number): void {
    this.#values[this.length - 1] = value;
  }
}
