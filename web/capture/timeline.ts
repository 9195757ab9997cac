/**
 * The one clock of a capture: wall-clock moments (performance.timeOrigin + performance.now(), in
 * milliseconds) to seconds of source time. Time stands still in pauses and while the computer sleeps.
 */
export class CaptureTimeline {
  #zero: number | null = null;
  /** Left out, oldest first; the last one may be open. Milliseconds. */
  #gaps: { from: number; to: number }[] = [];

  get started(): boolean {
    return this.#zero !== null;
  }

  get paused(): boolean {
    return this.#gaps.at(-1)?.to === Infinity;
  }

  begin(at: number): void {
    this.#zero = at;
  }

  pause(at: number): void {
    if (this.#zero === null || this.paused) return;
    this.#gaps.push({ from: Math.max(at, this.#gaps.at(-1)?.to ?? this.#zero), to: Infinity });
  }

  resume(at: number): void {
    const last = this.#gaps.at(-1);
    if (last?.to === Infinity) last.to = Math.max(at, last.from);
  }

  /** Leaves out what has passed already, as a sleep. */
  leaveOut(from: number, to: number): void {
    if (this.paused) return;
    this.pause(from);
    this.resume(to);
  }

  /** Seconds; null before the first frame and in a pause. */
  at(moment: number): number | null {
    if (this.#zero === null || moment < this.#zero) return null;
    let left = 0;
    for (const { from, to } of this.#gaps) {
      if (moment < from) break;
      if (moment < to) return null;
      left += to - from;
    }
    return (moment - this.#zero - left) / 1000;
  }

  /** Seconds of source time that have passed at that moment; in a pause those before it. */
  elapsed(moment: number): number {
    if (this.#zero === null) return 0;
    let passed = moment - this.#zero;
    for (const { from, to } of this.#gaps) {
      if (moment > from) passed -= Math.min(moment, to) - from;
    }
    return Math.max(0, passed / 1000);
  }
}

export const wallClock = (): number => performance.timeOrigin + performance.now();
