/** Arrow keys move between recordings, by where they lie on the screen. */

const directions: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Does nothing unless a recording has the focus. */
export function moveFocus(event: KeyboardEvent): void {
  const direction = directions[event.key];
  const from = document.activeElement;
  if (!direction || !(from instanceof HTMLElement) || !from.matches('[data-item]')) return;
  const items = Array.from(document.querySelectorAll<HTMLElement>('[data-items] [data-item]'));
  const centre = (element: HTMLElement) => {
    const { left, top, width, height } = element.closest('article')!.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  };
  const here = centre(from);
  let best: HTMLElement | null = null;
  let nearest = Infinity;
  for (const item of items) {
    const there = centre(item);
    const [x, y] = [there.x - here.x, there.y - here.y];
    if (x * direction.x + y * direction.y < 8) continue;
    // Sideways distance counts more, so that a column or a row is kept.
    const distance = Math.abs(direction.x ? x : y) + 3 * Math.abs(direction.x ? y : x);
    if (distance < nearest) [best, nearest] = [item, distance];
  }
  if (!best) return;
  event.preventDefault();
  best.focus();
  best.scrollIntoView({ block: 'nearest' });
}
