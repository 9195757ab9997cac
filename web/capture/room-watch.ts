/** How long the storage lasts at the rate at which a capture writes. */
const everyMs = 5000;
/** The person is told from here on. */
const warnMinutes = 15;
/** Below this it ends; the room for the index is kept apart. */
const leastBytes = 48 * 1024 * 1024;
/** And what is written between two looks, with as much again. */
const leastSeconds = 12;
/** Until there is something to measure: 1080p30 with sound. */
const usualRate = 800_000;

export class RoomWatch {
  /** Null while there is plenty. */
  minutesLeft: number | null = null;
  readonly #bytes: () => number;
  readonly #roomLeft: (most: number) => Promise<number>;
  readonly #onChange: (full: boolean) => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #last: { bytes: number; at: number } | null = null;
  /** Bytes a second. */
  #rate = usualRate;

  /** `bytes` written so far; `roomLeft` says how many more can be, up to what it is asked for. */
  constructor(
    bytes: () => number,
    roomLeft: (most: number) => Promise<number>,
    onChange: (full: boolean) => void,
  ) {
    this.#bytes = bytes;
    this.#roomLeft = roomLeft;
    this.#onChange = onChange;
    this.#timer = setInterval(() => void this.#look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const bytes = this.#bytes();
    if (this.#last && bytes > this.#last.bytes) {
      const rate = (1000 * (bytes - this.#last.bytes)) / (now - this.#last.at);
      this.#rate += (rate - this.#rate) * 0.2;
    }
    this.#last = { bytes, at: now };
    const kept = leastBytes + this.#rate * leastSeconds;
    const most = kept + this.#rate * 60 * (warnMinutes + 1);
    const left = await this.#roomLeft(most).catch((error: unknown) => {
      console.warn('the room left is not known', error);
      return most;
    });
    const usable = left - kept;
    const minutes = Math.floor(Math.max(0, usable) / this.#rate / 60);
    const before = this.minutesLeft;
    this.minutesLeft = minutes <= warnMinutes ? minutes : null;
    if (usable <= 0) this.#onChange(true);
    else if (this.minutesLeft !== before) this.#onChange(false);
  }
}
