/** In every frame of the pages recorded: says what is done there, and hides what nobody should see. Ends when told. */
import { coverPage } from '../../web/capture/page/cover-page.ts';
import type { PageEvent } from '../../web/capture/page/page-event.ts';
import { redactPage, type PageRedaction } from '../../web/capture/page/redact-page.ts';
import { watchPage, type PageWatch } from '../../web/capture/page/watch-page.ts';
import { noRedaction } from '../../web/core/redaction.ts';
import { ask, type PageMessage, type PageSetup } from '../messages.ts';
import { scope } from './scope.ts';

const shadowRootOf = (element: Element) =>
  chrome.dom.openOrClosedShadowRoot(element as HTMLElement);

/** Milliseconds between two questions where the background did not answer. */
const askAgain = 200;
const attempts = 5;

const isLoading = () => document.readyState === 'loading';

let redaction: PageRedaction | null = null;
let watch: PageWatch | null = null;

const given = scope.cairnSetup;
delete scope.cairnSetup;
// A page that is recorded twice, or loaded while scripts are brought in, has one watcher.
if (!scope.cairnWatches) {
  scope.cairnWatches = true;
  // Whoever waits for this script then knows that everything is hidden.
  if (given) begin(given, isLoading());
  else void askAndBegin();
}

/** In pages that open while recording. What they hide is known only now: the page goes on while the background is asked. */
async function askAndBegin(): Promise<void> {
  const opened = isLoading();
  const uncover = opened ? coverPage() : () => undefined;
  try {
    const setup = await askForSetup();
    if (setup) begin(setup, opened);
    else scope.cairnWatches = false;
  } finally {
    uncover();
  }
}

async function askForSetup(): Promise<PageSetup | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask('background', 'pageSetup', undefined);
    } catch (error) {
      if (attempt === attempts) {
        console.warn('Cairn does not know what to hide here', error);
        return null;
      }
      await new Promise((resolve) => setTimeout(resolve, askAgain));
    }
  }
}

function begin(setup: PageSetup, opened: boolean): void {
  hide(setup);
  if (setup.steps) {
    watch = watchPage({
      emit,
      options: {
        nonce: setup.nonce,
        text: setup.text,
        rules: setup.redaction ?? undefined,
        opened,
        shadowRootOf,
      },
    });
  }
  chrome.runtime.onMessage.addListener(onMessage);
}

function hide({ redaction: rules }: PageSetup): void {
  if (rules && redaction) redaction.change(rules);
  else if (rules) redaction = redactPage(rules, { shadowRootOf });
  else {
    redaction?.stop();
    redaction = null;
  }
}

function emit(event: PageEvent): void {
  const { cairnPicking: picking } = scope;
  // Pointing at what to hide is no step.
  if (picking && event.time >= picking.from && event.time <= picking.to) return;
  ask('recorder', 'pageEvent', event).catch(() => undefined);
}

function onMessage(message: PageMessage | { to: 'other' }): boolean {
  if (message.to !== 'page') return false;
  if ('setup' in message) {
    hide(message.setup);
    watch?.change(message.setup.redaction ?? noRedaction);
    return false;
  }
  watch?.stop();
  redaction?.stop();
  [watch, redaction] = [null, null];
  chrome.runtime.onMessage.removeListener(onMessage);
  scope.cairnWatches = false;
  return false;
}
