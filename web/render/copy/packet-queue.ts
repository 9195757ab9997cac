/** A first-in-first-out queue between a producer that looks at `isFull` and one consumer that waits. */

/** Bytes held ahead of the consumer. */
const capacity = 16 * 2 ** 20;

export class PacketQueue<T> {
  /** Called when the consumer made room. */
  ondrain: () => void = () => undefined;
  readonly #items: { item: T; size: number }[] = [];
  #bytes = 0;
  #hasEnded = false;
  #error: unknown = null;
  #waiting: (() => void) | null = null;

  get isFull(): boolean {
    return this.#bytes > capacity;
  }

  push(item: T, size: number): void {
    this.#items.push({ item, size });
    this.#bytes += size;
    this.#notify();
  }

  end(): void {
    this.#hasEnded = true;
    this.#notify();
  }

  /** What was pushed before can still be taken; then `take` rejects. */
  fail(error: unknown): void {
    this.#error ??= error ?? new Error('failed');
    this.#notify();
  }

  /** Undefined at the end. One caller at a time. */
  async take(): Promise<T | undefined> {
    for (;;) {
      const first = this.#items.shift();
      if (first) {
        this.#bytes -= first.size;
        this.ondrain();
        return first.item;
      }
      if (this.#error) throw this.#error;
      if (this.#hasEnded) return undefined;
      await new Promise<void>((resolve) => (this.#waiting = resolve));
      this.#waiting = null;
    }
  }

  #notify(): void {
    this.#waiting?.();
  }
}
