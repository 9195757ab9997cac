/** Which token the pointer or a key is about, found by where things are on screen. */

const indexOf = (element: Element) => Number((element as HTMLElement).dataset['token']);

/** The token under a point, or else the nearest one on its line. */
export function tokenNear(root: HTMLElement, x: number, y: number): number | null {
  const hit = document.elementFromPoint(x, y);
  const exact = hit?.closest('[data-token]');
  if (exact && root.contains(exact)) return indexOf(exact);
  const box = root.getBoundingClientRect();
  const clampedX = Math.min(Math.max(x, box.left + 24), box.right - 24);
  const clampedY = Math.min(Math.max(y, box.top + 4), box.bottom - 4);
  const paragraph = document.elementFromPoint(clampedX, clampedY)?.closest('[data-paragraph]');
  return paragraph && root.contains(paragraph) ? nearest(paragraph, x, y) : null;
}

function nearest(paragraph: Element, x: number, y: number): number | null {
  let best: Element | null = null;
  let bestDistance = Infinity;
  for (const token of paragraph.querySelectorAll('[data-token]')) {
    for (const box of token.getClientRects()) {
      const dx = Math.max(box.left - x, 0, x - box.right);
      const dy = Math.max(box.top - y, 0, y - box.bottom);
      // Another line is further away than anything on this one.
      const distance = dx + dy * 1000;
      if (distance < bestDistance) [best, bestDistance] = [token, distance];
    }
  }
  return best && indexOf(best);
}

/** The token above or below another. */
export function tokenOnNextLine(root: HTMLElement, from: number, direction: 1 | -1): number | null {
  const element = root.querySelector(`[data-token="${from}"]`);
  const box = element?.getClientRects()[0];
  if (!box) return null;
  const lineHeight = 28;
  for (let lines = 1; lines <= 4; lines++) {
    const y = (box.top + box.bottom) / 2 + direction * lineHeight * lines;
    const found = tokenNear(root, box.left + 2, y);
    if (found !== null && found !== from && (found - from) * direction > 0) return found;
  }
  return null;
}
