/** Films a page: every picture that Chromium draws, with its time. */
import type { CDPSession, Page } from 'playwright-core';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface Frame {
  file: string;
  /** Seconds since the epoch. */
  time: number;
}

export class Screencast {
  readonly frames: Frame[] = [];
  #session: CDPSession | null = null;
  #writes: Promise<void>[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async start(page: Page): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    this.#session = await page.context().newCDPSession(page);
    this.#session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      const file = path.join(this.#folder, `${String(this.frames.length).padStart(5, '0')}.png`);
      this.frames.push({ file, time: metadata.timestamp ?? Date.now() / 1000 });
      this.#writes.push(writeFile(file, Buffer.from(data, 'base64')));
      void this.#session?.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
    });
    await this.#session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  }

  async stop(): Promise<void> {
    await this.#session?.send('Page.stopScreencast');
    this.#session = null;
    await Promise.all(this.#writes);
  }
}

/** Draws a pointer into the page: a headless browser has none, a screen recording does. */
export const pointerScript = `
(() => {
  const pointer = document.createElement('div');
  pointer.style.cssText = 'position:fixed;left:0;top:0;z-index:2147483647;pointer-events:none;width:20px;height:24px;';
  pointer.innerHTML = '<svg width="20" height="24" viewBox="0 0 20 24"><path d="M2 1l15 13h-8l4 8-3 1.5-4-8.5-4 5z" fill="#111" stroke="#fff" stroke-width="1.5"/></svg>';
  const place = () => document.documentElement.append(pointer);
  document.readyState === 'loading' ? addEventListener('DOMContentLoaded', place) : place();
  addEventListener('mousemove', (e) => { pointer.style.transform = 'translate(' + (e.clientX - 2) + 'px,' + (e.clientY - 1) + 'px)'; }, true);
})();`;
