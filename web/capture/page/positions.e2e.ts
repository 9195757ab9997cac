/** That positions are exact: what an event says is compared with the pixels of the recorded frame. */
import { afterEach, expect, it } from 'vitest';
import type { SourceTime } from '../../core/time.ts';
import { openRecordedPages, type RecordedPages } from './test/recorded-page.ts';
import { toInteraction } from './to-interaction.ts';

let pages: RecordedPages | undefined;
afterEach(() => pages?.close());

const magenta = [255, 0, 255] as const;
const button = (left: number, top: number) =>
  `<button style="position:absolute;left:${left}px;top:${top}px;width:80px;height:36px;border:0;background:#f0f"></button>`;

/** Zoom by the browser's own menu, scaling by the display, and frames of another origin at once. */
it.each([1, 1.25, 2])(
  'on a display scaled by %f, at every zoom, in the page and in a frame',
  async (scale) => {
    pages = await openRecordedPages([`--force-device-scale-factor=${scale}`]);
    const { page } = pages;
    await pages.open(
      `<body style="margin:0;height:4000px"><div id=here>${button(120, 340)}</div>
        <iframe id=there src="{other}/inner" style="position:absolute;left:40px;top:420px;width:260px;height:120px;border:3px solid;padding:4px"></iframe>`,
      {},
      { '/inner': `<body style="margin:0">${button(60, 30)}` },
    );
    for (const zoom of scale === 1 ? [1, 1.25, 2] : [1.25]) {
      await pages.setZoom(zoom);
      await page.evaluate(() => scrollTo(0, 300));
      for (const [shown, left, top] of [
        ['here', 120, 40],
        ['there', 40 + 7 + 60, 120 + 7 + 30],
      ] as const) {
        await page.evaluate((shown) => {
          for (const id of ['here', 'there']) {
            document.getElementById(id)!.style.visibility = id === shown ? '' : 'hidden';
          }
        }, shown);
        const at = { x: left + 20, y: top + 10 };
        await page.mouse.move(at.x + 150, at.y + 5);
        await page.mouse.move(at.x, at.y);
        await page.waitForTimeout(200);
        await page.mouse.click(at.x, at.y);
        const event = (await pages.events()).findLast((e) => e.kind === 'click')!;
        const { frame, ...box } = await pages.boxOf(await pages.screenshot(), magenta);
        const { rect, point } = toInteraction(
          event,
          { kind: 'tab', ...frame },
          () => 0 as SourceTime,
        );
        const pixels = zoom * scale;
        const where = `${shown} at zoom ${zoom}`;
        expect(frame.width / event.viewport!.width, where).toBeCloseTo(pixels, 1);
        // Boxes are drawn in whole pixels.
        for (const side of ['x', 'y', 'width', 'height'] as const) {
          expect(Math.abs(rect![side] - box[side]), `${side}, ${where}`).toBeLessThan(1.5);
        }
        expect(Math.abs(point!.x - at.x * pixels), where).toBeLessThan(1.5);
        expect(Math.abs(point!.y - at.y * pixels), where).toBeLessThan(1.5);
        expect(event.viewport!.zoom, where).toBeCloseTo(zoom, 5);
      }
    }
  },
);
