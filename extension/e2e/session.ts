/** A recorded session in a web application, driven as a person works: arrive, rest, press, look. */
import type { CDPSession, Locator, Page } from 'playwright-core';
import type { Point } from '../../web/core/interaction.ts';
import {
  finishRecording,
  openExtension,
  readRecorded,
  startRecording,
  type ExtensionBrowser,
  type Recorded,
} from './extension-browser.ts';

/** One thing that was done, and the step that should tell of it. */
export interface Deed {
  title: string;
  /** Where the pointer was, pixels of the picture; null where a key did it. */
  point: Point | null;
  /** The tab as the step's still should show it, PNG in base 64. */
  picture: string;
}

export interface SessionOptions {
  address: string;
  /** WAV file that plays the microphone. */
  voice?: string | undefined;
  scale?: number;
}

/** What the browser's picker is told to choose; the tab is called so while recording starts. */
const pickedTitle = 'The tab that is recorded';

/** Milliseconds that a hand rests on a control before it presses, and that eyes rest on what came of it. */
const aims = 200;
const looks = 500;

export class Session {
  readonly page: Page;
  readonly deeds: Deed[] = [];
  readonly #browser: ExtensionBrowser;
  readonly #panel: Page;
  readonly #protocol: CDPSession;
  readonly #scale: number;

  private constructor(
    page: Page,
    parts: { browser: ExtensionBrowser; panel: Page; protocol: CDPSession; scale: number },
  ) {
    this.page = page;
    this.#browser = parts.browser;
    this.#panel = parts.panel;
    this.#protocol = parts.protocol;
    this.#scale = parts.scale;
  }

  /** `prepare` runs before the recording: what the page shows when the person begins. */
  static async start(
    { address, voice, scale = 1 }: SessionOptions,
    prepare: (page: Page) => Promise<void> = async () => {},
  ): Promise<Session> {
    const browser = await openExtension({ title: pickedTitle, voice, scale });
    try {
      const page = await browser.context.newPage();
      await page.goto(address);
      await prepare(page);
      const title = await page.title();
      const panel = await browser.openPanel(page);
      await page.evaluate((name) => void (document.title = name), pickedTitle);
      await startRecording(panel);
      await page.evaluate((name) => void (document.title = name), title);
      const protocol = await browser.context.newCDPSession(page);
      await page.waitForTimeout(looks);
      return new Session(page, { browser, panel, protocol, scale });
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  /** `title` null: no step should tell of it. */
  async press(
    title: string | null,
    target: Locator,
    { button = 'left', times = 1 }: { button?: 'left' | 'right'; times?: 1 | 2 } = {},
  ): Promise<void> {
    const point = await this.#aim(target);
    await this.#note(title, point);
    await this.page.mouse.click(point.x, point.y, { button, clickCount: times, delay: 40 });
    await this.look();
  }

  /** Into what the press on `target` leaves focused. */
  async type(title: string | null, target: Locator, text: string): Promise<void> {
    const point = await this.#aim(target);
    await this.page.mouse.click(point.x, point.y, { delay: 40 });
    await this.page.keyboard.type(text, { delay: 30 });
    await this.page.waitForTimeout(aims);
    await this.#note(title, point);
    await this.look();
  }

  /** Types where the focus is. */
  async write(title: string | null, text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: 30 });
    await this.page.waitForTimeout(aims);
    await this.#note(title, null);
    await this.look();
  }

  /** A native list, by its first letters; nobody can press what the system draws. */
  async choose(title: string | null, target: Locator, letters: string): Promise<void> {
    await target.focus();
    await this.page.waitForTimeout(aims);
    await this.#note(title, null);
    await this.page.keyboard.type(letters);
    await this.look();
  }

  async key(title: string | null, keys: string): Promise<void> {
    await this.#note(title, null);
    await this.page.keyboard.press(keys);
    await this.look();
  }

  async drag(title: string | null, from: Locator, to: Locator, at?: Point): Promise<void> {
    const start = await this.#aim(from);
    await this.#note(title, start);
    await this.page.mouse.down();
    const box = (await to.boundingBox())!;
    const end = at
      ? { x: box.x + at.x, y: box.y + at.y }
      : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 6 });
    await this.page.mouse.move(end.x, end.y, { steps: 8 });
    await this.page.waitForTimeout(aims);
    await this.page.mouse.up();
    await this.look();
  }

  async scroll(over: Locator, pixels: number): Promise<void> {
    await over.hover();
    for (let done = 0; done < Math.abs(pixels); done += 120) {
      await this.page.mouse.wheel(0, 120 * Math.sign(pixels));
      await this.page.waitForTimeout(30);
    }
    await this.look();
  }

  /** Presses what opens the file picker, and picks. */
  async upload(title: string | null, target: Locator, file: string): Promise<void> {
    const point = await this.#aim(target);
    await this.#note(title, point);
    const chooser = this.page.waitForEvent('filechooser');
    await this.page.mouse.click(point.x, point.y, { delay: 40 });
    await (await chooser).setFiles(file);
    await this.look();
  }

  async look(): Promise<void> {
    await this.page.waitForLoadState();
    await this.page.waitForTimeout(looks);
  }

  /** Where the pointer stays: what appears under it. */
  async rest(over: Locator): Promise<void> {
    await over.hover();
    await this.page.waitForTimeout(looks);
  }

  async finish(): Promise<{ editor: Page; recorded: Recorded }> {
    const editor = await finishRecording(this.#browser, this.#panel);
    return { editor, recorded: await readRecorded(editor) };
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  async #aim(target: Locator): Promise<Point> {
    await target.scrollIntoViewIfNeeded();
    await target.hover();
    const box = (await target.boundingBox())!;
    const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await this.page.mouse.move(point.x, point.y);
    await this.page.waitForTimeout(aims);
    return point;
  }

  async #note(title: string | null, point: Point | null): Promise<void> {
    if (title === null) return;
    const { data } = await this.#protocol.send('Page.captureScreenshot', {
      format: 'png',
      optimizeForSpeed: true,
    });
    const inPicture = point && { x: point.x * this.#scale, y: point.y * this.#scale };
    this.deeds.push({ title, point: inPicture, picture: data });
  }
}
