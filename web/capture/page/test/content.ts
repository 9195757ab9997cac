/** The content script of the tests. Options come from an attribute of the page. */
import type { RedactionRules } from '../../../core/redaction.ts';
import { coverPage } from '../cover-page.ts';
import { pickElement } from '../pick-element.ts';
import { redactPage, type PageRedaction } from '../redact-page.ts';
import { watchPage, type WatchOptions } from '../watch-page.ts';

interface Runtime {
  sendMessage(message: unknown): Promise<void>;
  onMessage: {
    addListener(
      listener: (
        message: string | { rules: RedactionRules },
        sender: unknown,
        answer: (value: unknown) => void,
      ) => boolean,
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

const watching = watchPage({
  emit: (event) => void runtime.sendMessage(event),
  options: { nonce: 'test-nonce', ...options, shadowRootOf },
});
let redaction: PageRedaction | undefined;
const { rules } = options;
if (options.redact && rules) {
  if (options.late) {
    const uncover = coverPage();
    setTimeout(() => {
      redaction = redactPage(rules, { shadowRootOf });
      uncover();
    }, options.late);
  } else redaction = redactPage(rules, { shadowRootOf });
}

runtime.onMessage.addListener((message, _, answer) => {
  if (message === 'pick') void pickElement().then(answer);
  else {
    if (message === 'stop') watching.stop();
    if (message === 'undo') redaction?.stop();
    if (typeof message === 'object') {
      watching.change(message.rules);
      redaction?.change(message.rules);
    }
    answer(null);
  }
  return true;
});
