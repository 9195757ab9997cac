/** The content script of the tests. Options come from an attribute of the page. */
import { coverPage } from '../cover-page.ts';
import { pickElement } from '../pick-element.ts';
import { redactPage } from '../redact-page.ts';
import { watchPage, type WatchOptions } from '../watch-page.ts';

interface Runtime {
  sendMessage(message: unknown): Promise<void>;
  onMessage: {
    addListener(
      listener: (message: string, sender: unknown, answer: (value: unknown) => void) => boolean,
    ): void;
  };
}
interface Chrome {
  runtime: Runtime;
  dom: { openOrClosedShadowRoot(element: Element): ShadowRoot | null };
}
const { runtime, dom } = (globalThis as unknown as { chrome: Chrome }).chrome;

type Options = Partial<WatchOptions> & { redact?: boolean; late?: number };
const options = JSON.parse(document.documentElement?.dataset['watch'] ?? '{}') as Options;
const shadowRootOf = (element: Element) => dom.openOrClosedShadowRoot(element);

const stopWatching = watchPage({
  emit: (event) => void runtime.sendMessage(event),
  options: { nonce: 'test-nonce', ...options, shadowRootOf },
});
let undo: (() => void) | undefined;
const { rules } = options;
if (options.redact && rules) {
  if (options.late) {
    const uncover = coverPage();
    setTimeout(() => {
      undo = redactPage(rules, { shadowRootOf });
      uncover();
    }, options.late);
  } else undo = redactPage(rules, { shadowRootOf });
}

runtime.onMessage.addListener((message, _, answer) => {
  if (message === 'pick') void pickElement().then(answer);
  else {
    if (message === 'stop') stopWatching();
    if (message === 'undo') undo?.();
    answer(null);
  }
  return true;
});
