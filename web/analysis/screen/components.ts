/** Connected groups of changed cells. */
import type { GridShape } from './grid.ts';

export interface Component {
  left: number;
  top: number;
  /** Inclusive. */
  right: number;
  bottom: number;
  cells: number[];
}

/** Groups the set cells of a mask; cells that touch at a side or a corner belong together. */
export function components(mask: Uint8Array, { columns, rows }: GridShape): Component[] {
  const seen = new Uint8Array(mask.length);
  const found: Component[] = [];
  const stack: number[] = [];
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || seen[start]) continue;
    const group: Component = { left: columns, top: rows, right: 0, bottom: 0, cells: [] };
    seen[start] = 1;
    stack.push(start);
    while (stack.length > 0) {
      const cell = stack.pop()!;
      const x = cell % columns;
      const y = (cell - x) / columns;
      group.cells.push(cell);
      group.left = Math.min(group.left, x);
      group.right = Math.max(group.right, x);
      group.top = Math.min(group.top, y);
      group.bottom = Math.max(group.bottom, y);
      for (let ny = Math.max(0, y - 1); ny <= Math.min(rows - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(columns - 1, x + 1); nx++) {
          const next = ny * columns + nx;
          if (mask[next] && !seen[next]) {
            seen[next] = 1;
            stack.push(next);
          }
        }
      }
    }
    found.push(group);
  }
  return found;
}

/** Cells between the nearest edges of two groups; 0 when their boxes overlap or touch. */
export function distance(a: Component, b: Component): number {
  const dx = Math.max(0, a.left - b.right - 1, b.left - a.right - 1);
  const dy = Math.max(0, a.top - b.bottom - 1, b.top - a.bottom - 1);
  return Math.max(dx, dy);
}
