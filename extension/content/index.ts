/** In every frame of the pages recorded: says what is done there, and hides what nobody should see. Ends when told. */
import { coverPage } from '../../web/capture/page/cover-page.ts';
import { redactPage } from '../../web/capture/page/redact-page.ts';
import { watchPage } from '../../web/capture/page/watch-page.ts';
import { ask, type PageSetup } from '../messages.ts';

/** A page that is recorded twice, or loaded while scripts are brought in, has one watcher. */
const scope = globalThis as { cairnWatches?: boolean };

if (!scope.cairnWatches) {
  scope.cairnWatches = true;
  void begin();
}

const shadowRootOf = (element: Element) =>
  chrome.dom.openOrClosedShadowRoot(element as HTMLElement);

async function begin(): Promise<void> {
  // Known only now: the page goes on while the background is asked.
  const opened = document.readyState === 'loading';
  const uncover = opened ? coverPage() : () => undefined;
  const setup = await ask('background', 'pageSetup', undefined).catch(() => null);
  try {
    if (setup) watch(setup, opened);
    else scope.cairnWatches = false;
  } finally {
    uncover();
  }
}

function watch(setup: PageSetup, opened: boolean): void {
  const undo = [
    redactPage(setup.redaction, { shadowRootOf }),
    watchPage({
      emit: (event) => void ask('recorder', 'pageEvent', event).catch(() => undefined),
      options: {
        nonce: setup.nonce,
        text: setup.text,
        rules: setup.redaction,
        opened,
        shadowRootOf,
      },
    }),
  ];
  const onMessage = (message: { to?: string; stop?: boolean }) => {
    if (message.to !== 'page' || !message.stop) return false;
    for (const each of undo) each();
    chrome.runtime.onMessage.removeListener(onMessage);
    scope.cairnWatches = false;
    return false;
  };
  chrome.runtime.onMessage.addListener(onMessage);
}
