/** The content script of the tests. Options come from an attribute of the page. */
import { watchPage, type WatchOptions } from '../watch-page.ts';

interface Runtime {
  sendMessage(message: unknown): Promise<void>;
}
const { runtime } = (globalThis as unknown as { chrome: { runtime: Runtime } }).chrome;

function optionsOf(view: Window): Partial<WatchOptions> {
  // Frames of another origin cannot read the attribute of the top page; they have their own.
  return JSON.parse(
    view.document.documentElement?.dataset['watch'] ?? '{}',
  ) as Partial<WatchOptions>;
}

watchPage({
  emit: (event) => void runtime.sendMessage(event),
  options: { nonce: 'test-nonce', ...optionsOf(window) },
});
