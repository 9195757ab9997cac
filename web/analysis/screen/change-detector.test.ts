import { describe, expect, test } from 'vitest';
import { ChangeDetector } from './change-detector.ts';

const shape = { columns: 240, rows: 135 };
type Rect = [x: number, y: number, width: number, height: number];

const random = (() => {
  let seed = 7;
  return () => (seed = (seed * 16807) % 2147483647) / 2147483647;
})();
const noises = Array.from({ length: 5 }, () =>
  Int8Array.from({ length: shape.columns * shape.rows }, () => Math.round((random() - 0.5) * 3)),
);

/** A screen of cells that is drawn on and photographed 13 times a second, with a little codec noise. */
class Screen {
  readonly detector = new ChangeDetector(shape);
  readonly cells = new Uint8Array(shape.columns * shape.rows).fill(235);
  time = 0;
  #seed = 1;

  fill([x, y, width, height]: Rect, value: number | (() => number)): this {
    for (let r = y; r < y + height; r++) {
      for (let c = x; c < x + width; c++) {
        this.cells[r * shape.columns + c] = typeof value === 'number' ? value : value();
      }
    }
    return this;
  }
  random = (): number => {
    this.#seed = (this.#seed * 16807) % 2147483647;
    return this.#seed / 2147483647;
  };
  /** Something like text: cells of many greys. */
  text = (): number => 120 + Math.floor(this.random() * 115);

  show(overlay?: () => void): void {
    const clean = this.cells.slice();
    overlay?.();
    const noise = noises[Math.floor(this.random() * noises.length)]!;
    const noisy = this.cells;
    for (let i = 0; i < noisy.length; i++) noisy[i]! += noise[i]!;
    this.detector.push(this.time, noisy);
    this.cells.set(clean);
    this.time += 1 / 13;
  }
  run(seconds: number, overlay?: (elapsed: number) => void): void {
    const start = this.time;
    while (this.time < start + seconds) this.show(overlay && (() => overlay(this.time - start)));
  }
  end() {
    this.detector.finish(this.time);
    return this.detector;
  }
}

const page: Rect = [0, 10, 240, 120];
const pointer = (s: Screen, x: number, y: number) =>
  s.fill([Math.round(x), Math.round(y), 2, 3], 60);

/** Lively in the middle, quiet around it, and now and then still for a while. */
const face = (s: Screen) => {
  if (s.time % 7 > 6) return;
  s.fill([205, 100, 20, 24], () => 60 + s.random() * 90);
};

describe('what is no scene change', () => {
  test('noise, a travelling pointer and a blinking cursor', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(3, () => pointer(s, 100, 60));
    s.run(1.2, (t) => pointer(s, 100 + 60 * t, 60 + 20 * t));
    s.run(3, () => pointer(s, 172, 84));
    s.run(0.6, (t) => pointer(s, 172 - 200 * t, 84 - 90 * t));
    s.run(8, (t) => {
      pointer(s, 52, 30);
      if (t > 0.3 && t % 1.06 < 0.53) s.fill([120, 40, 1, 3], 40);
    });
    expect(s.end().changes).toEqual([]);
  });

  test('a face in a corner, from the first second on', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(24, () => face(s));
    const { changes, idle } = s.end();
    expect(changes).toEqual([]);
    expect(idle.at(-1)!.end - idle.at(-1)!.start).toBeGreaterThan(20);
  });
});

describe('what is one', () => {
  test('a page that loads behind a spinner settles when the spinner is gone', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(3);
    s.fill(page, 235);
    let turn = 0;
    s.run(1.5, () => {
      turn++;
      s.fill([118 + (turn % 2) * 2, 60, 2, 2], 90).fill([118, 60 + (turn % 2) * 2, 2, 2], 60);
    });
    const loaded = s.time;
    s.fill(page, s.text);
    s.run(3);
    const { changes } = s.end();
    expect(changes).toHaveLength(1);
    expect(changes[0]!.time).toBeCloseTo(3, 0);
    expect(Math.abs(changes[0]!.settled - loaded)).toBeLessThan(0.12);
    expect(changes[0]!.area).toBeGreaterThan(0.7);
  });

  test('a toast, a ticked box, a row', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(3);
    s.fill([180, 12, 50, 8], 40);
    const toast = s.time;
    s.run(3);
    s.fill([30, 50, 2, 2], 60);
    const tick = s.time;
    s.run(3);
    s.fill([20, 90, 180, 4], s.text);
    const row = s.time;
    s.run(3);
    const { changes } = s.end();
    expect(changes.map((c) => c.state)).toEqual([1, 2, 3]);
    [toast, tick, row].forEach((at, i) => {
      expect(Math.abs(changes[i]!.time - at)).toBeLessThan(0.12);
      expect(Math.abs(changes[i]!.settled - at)).toBeLessThan(0.12);
    });
    expect(changes[0]!.box.x).toBeCloseTo(180 / 240, 2);
    expect(changes[0]!.box.width).toBeCloseTo(50 / 240, 2);
  });

  test('pages that change beside a face, and the rests between them', () => {
    const s = new Screen();
    s.fill(page, s.text);
    const turned: number[] = [];
    for (let i = 0; i < 4; i++) {
      s.run(4, () => face(s));
      turned.push(s.time);
      s.fill([0, 10, 190, 120], s.text);
    }
    s.run(4, () => face(s));
    const { changes, idle } = s.end();
    expect(changes).toHaveLength(4);
    turned.forEach((at, i) => {
      expect(Math.abs(changes[i]!.time - at)).toBeLessThan(0.12);
      expect(Math.abs(changes[i]!.settled - at)).toBeLessThan(0.12);
    });
    expect(idle.filter((r) => r.end - r.start > 3)).toHaveLength(4);
  });

  test('what a terminal in a corner shows once it has stopped', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(3);
    s.run(5, () => s.fill([0, 90, 90, 40], s.text));
    const stopped = s.time;
    s.fill([0, 90, 90, 40], s.text);
    s.run(14);
    const { changes } = s.end();
    expect(Math.abs(changes.at(-1)!.settled - stopped)).toBeLessThan(0.2);
  });

  test('a box ticked under the pointer shows once the pointer is away', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.run(2, () => pointer(s, 100, 100));
    s.run(0.7, (t) => pointer(s, 100 - 90 * t, 100 - 60 * t));
    s.run(1, () => pointer(s, 37, 58));
    s.fill([36, 57, 3, 3], 50);
    const ticked = s.time;
    s.run(1, () => pointer(s, 37, 58));
    s.run(0.7, (t) => pointer(s, 37 + 150 * t, 58 + 30 * t));
    s.run(2, () => pointer(s, 142, 79));
    const { changes } = s.end();
    expect(changes).toHaveLength(1);
    expect(changes[0]!.settled).toBeGreaterThan(ticked - 0.1);
    expect(changes[0]!.settled).toBeLessThan(ticked + 2);
  });

  test('a menu that opens and closes comes back to the same look', () => {
    const s = new Screen();
    s.fill(page, s.text);
    const before = s.cells.slice();
    s.run(2);
    s.fill([20, 20, 40, 50], s.text);
    s.run(2);
    s.cells.set(before);
    s.run(2);
    const { changes } = s.end();
    expect(changes.map((c) => [c.state, c.reverts])).toEqual([
      [1, false],
      [0, true],
    ]);
    expect(changes[1]!.time).toBeCloseTo(4.08, 1);
  });

  test('a fade and a scroll settle at their end', () => {
    const s = new Screen();
    s.fill(page, s.text);
    const from = s.cells.slice();
    s.run(2);
    s.fill(page, s.text);
    const to = s.cells.slice();
    const start = s.time;
    s.run(0.6, (t) => s.cells.set(from.map((v, i) => v + (to[i]! - v) * Math.min(1, t / 0.6))));
    s.run(2);
    const scroll = s.time;
    s.run(1, (t) => {
      const by = Math.floor(t * 40) * 240;
      s.cells.set(to.map((v, i) => (i > 2400 ? (to[i + by] ?? 235) : v)));
    });
    s.cells.set(to.map((v, i) => (i > 2400 ? (to[i + 9600] ?? 235) : v)));
    s.run(2);
    const { changes } = s.end();
    expect(changes).toHaveLength(2);
    expect(changes[0]!.settled).toBeGreaterThan(start + 0.4);
    expect(changes[0]!.settled).toBeLessThan(start + 0.75);
    expect(Math.abs(changes[1]!.settled - (scroll + 1))).toBeLessThan(0.16);
  });

  test('typing is one change that ends with the last letter', () => {
    const s = new Screen();
    s.fill(page, s.text);
    s.fill([40, 40, 80, 5], 235);
    s.run(2);
    const start = s.time;
    s.run(2.4, () => s.fill([41, 41, Math.floor((s.time - start) / 0.15), 3], 120));
    s.fill([41, 41, 16, 3], 120);
    s.run(2);
    const { changes } = s.end();
    expect(changes.length).toBeGreaterThan(0);
    expect(Math.abs(changes.at(-1)!.settled - (start + 2.4))).toBeLessThan(0.25);
  });
});

test('frames that are missing because nothing changed count as rest', () => {
  const s = new Screen();
  s.fill(page, s.text);
  s.show();
  s.time += 9;
  s.fill([20, 20, 100, 60], s.text);
  const at = s.time;
  s.show();
  s.time += 20;
  const { changes, idle } = s.end();
  expect(changes).toHaveLength(1);
  expect(changes[0]!.settled).toBe(at);
  expect(idle.map((r) => Math.round(r.end - r.start))).toEqual([9, 20]);
});
