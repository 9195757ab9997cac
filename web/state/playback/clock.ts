/** Time without sound: the page's own clock. */
export class SilentClock {
  #from = 0;
  #since = 0;
  #rate = 1;
  #running = false;

  start(from: number, rate: number): void {
    this.#from = from;
    this.#rate = rate;
    this.#since = performance.now();
    this.#running = true;
  }

  position(): number | null {
    if (!this.#running) return null;
    return this.#from + ((performance.now() - this.#since) / 1000) * this.#rate;
  }

  stop(): void {
    this.#running = false;
  }
}
