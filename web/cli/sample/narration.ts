/** What the sample recording says, and what is done on the page while it is said. */
import type { Page } from 'playwright-core';

export interface Line {
  /** Spoken text; null for a pause of `seconds`. */
  say: string | null;
  seconds?: number;
  /** Runs this long after the line began (seconds). */
  at?: number;
  act?: (hand: Hand) => Promise<void>;
}

/** The pointer and the keyboard, moving at a person's pace. */
export interface Hand {
  page: Page;
  click(selector: string): Promise<void>;
  doubleClick(selector: string): Promise<void>;
  drag(selector: string, to: { x: number; y: number }): Promise<void>;
  type(selector: string, text: string): Promise<void>;
}

const palette = (type: string) => `.red-ui-palette-node[data-palette-type="${type}"]`;

/** A short guide to Node-RED, with the hesitations and pauses that people make. */
export const narration: Line[] = [
  { say: 'In this short guide, we build a first flow in Node-RED.' },
  { say: null, seconds: 1.2 },
  {
    say: 'First, drag the inject node from the palette to the middle of the page.',
    at: 1.2,
    act: (hand) => hand.drag(palette('inject'), { x: 420, y: 200 }),
  },
  { say: null, seconds: 1.4 },
  { say: 'Um,' },
  {
    say: 'next, drag a debug node to its right.',
    at: 0.6,
    act: (hand) => hand.drag(palette('debug'), { x: 660, y: 200 }),
  },
  { say: null, seconds: 1.6 },
  {
    say: 'Now draw a wire from the first node to the second one.',
    at: 0.8,
    act: async ({ page }) => {
      const ports = page.locator('rect.red-ui-flow-port');
      const centre = async (port: typeof ports) => {
        const box = await port.boundingBox();
        if (!box) throw new Error('a node has no port');
        return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      };
      const from = await centre(ports.first());
      const to = await centre(ports.last());
      await page.mouse.move(from.x, from.y, { steps: 15 });
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 25 });
      await page.mouse.up();
    },
  },
  { say: null, seconds: 1.8 },
  { say: 'Uh,' },
  {
    say: 'then click the deploy button, so that the flow starts to run.',
    at: 0.7,
    act: (hand) => hand.click('#red-ui-header-button-deploy'),
  },
  { say: null, seconds: 2.2 },
  {
    say: 'Open the debug messages in the sidebar.',
    at: 0.8,
    act: (hand) => hand.click('#red-ui-tab-debug-link-button'),
  },
  { say: null, seconds: 1.2 },
  {
    say: 'Finally, um, press the button of the inject node, and its message appears on the right.',
    at: 1.6,
    act: (hand) => hand.click('.red-ui-flow-node-button-button'),
  },
  { say: null, seconds: 2 },
];
