/** Pointing at something to hide: a script in every frame of the tab, until one of them has it. */
import { AppError } from '../../web/core/errors.ts';
import type { ListedElement } from '../../web/core/redaction-list.ts';
import { pickPort, type PickedElement } from '../messages.ts';
import { askForPages } from './access.ts';
import { tabBeside } from './tab.ts';

export class Picking {
  #isActive = $state(false);
  /** What was picked last, until the next one is. */
  #picked = $state.raw<ListedElement | null>(null);
  #end: () => void = () => undefined;
  readonly #keep: (element: ListedElement) => Promise<void>;

  constructor(keep: (element: ListedElement) => Promise<void>) {
    this.#keep = keep;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  get picked(): ListedElement | null {
    return this.#picked;
  }

  /** From a press. Resolves when something was picked and kept, or it was broken off. Throws `page-closed`. */
  async start(): Promise<void> {
    this.stop();
    await askForPages();
    const tabId = await tabBeside();
    this.#picked = null;
    this.#isActive = true;
    try {
      const element = await this.#ask(tabId);
      if (!element) return;
      await this.#keep(element);
      this.#picked = element;
    } finally {
      this.#isActive = false;
    }
  }

  stop(): void {
    this.#end();
  }

  #ask(tabId: number): Promise<PickedElement> {
    return new Promise((resolve, reject) => {
      const ports = new Set<chrome.runtime.Port>();
      const onConnect = (port: chrome.runtime.Port) => {
        if (port.name !== pickPort || port.sender?.tab?.id !== tabId) return;
        ports.add(port);
        port.onMessage.addListener((picked: PickedElement) => end(picked));
        port.onDisconnect.addListener(() => {
          ports.delete(port);
          // Its page has gone, with all of its frames.
          if (ports.size === 0) end(null);
        });
      };
      const close = () => {
        chrome.runtime.onConnect.removeListener(onConnect);
        for (const port of ports) {
          port.postMessage('end');
          port.disconnect();
        }
        // A port that is closed takes no message.
        ports.clear();
      };
      const end = (picked: PickedElement) => {
        close();
        resolve(picked);
      };
      this.#end = () => end(null);
      chrome.runtime.onConnect.addListener(onConnect);
      chrome.scripting
        .executeScript({
          target: { tabId, allFrames: true },
          injectImmediately: true,
          files: ['pick.js'],
        })
        .catch((cause: unknown) => {
          close();
          reject(new AppError('page-closed', String(cause), { cause }));
        });
    });
  }
}
