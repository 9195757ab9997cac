/** Progress on a terminal: one line that is drawn over; a line a stage where output is not a terminal. */
import type { HeadlessProgress } from '../core/headless.ts';

const barWidth = 24;

export class TerminalProgress {
  #out: NodeJS.WriteStream;
  #stages = new Map<string, HeadlessProgress>();
  #finished = new Set<string>();

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  update(progress: HeadlessProgress): void {
    if (this.#finished.has(progress.stage)) return;
    this.#stages.set(progress.stage, progress);
    if (progress.fraction >= 1) {
      this.#finished.add(progress.stage);
      this.#stages.delete(progress.stage);
      this.#clear();
      this.#out.write(`  ${progress.stage} ✓\n`);
    }
    if (this.#out.isTTY) this.#draw();
  }

  end(): void {
    this.#clear();
  }

  #draw(): void {
    const parts = [...this.#stages.values()].map(
      ({ stage, fraction }) => `${stage} ${Math.floor(fraction * 100)} %`,
    );
    const running = [...this.#stages.values()];
    if (running.length === 0) return;
    const mean = running.reduce((sum, s) => sum + s.fraction, 0) / running.length;
    const filled = Math.round(mean * barWidth);
    const left = Math.max(...running.map((s) => s.secondsLeft ?? 0));
    const time = left > 0 ? `, about ${formatSeconds(left)} left` : '';
    const line = `  ${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${parts.join(' · ')}${time}`;
    this.#out.write(`\r\x1b[2K${line.slice(0, (this.#out.columns || 80) - 1)}`);
  }

  #clear(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[2K');
  }
}

const formatSeconds = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
