/** Watches what a person does in a page, from inside it, and never gets in the way. Runs in each frame. */
import type { RedactionRules } from '../../core/redaction.ts';
import { noRedaction } from '../../core/redaction.ts';
import { EventLog } from './event-log.ts';
import { watchKeys } from './keys.ts';
import { watchMarking } from './marking.ts';
import { onlyHtml, type ShadowRootOf } from './meaningful-element.ts';
import { watchNavigation } from './navigating.ts';
import type { PageEvent } from './page-event.ts';
import { watchPlacement } from './placement.ts';
import { watchPresses } from './presses.ts';
import { notePasswords } from './private-field.ts';
import { watchScrolling } from './scrolling.ts';
import { watchTyping } from './typing.ts';

export interface WatchOptions {
  /** Secret of the recording, the same in all frames of it, by which frames know each other. */
  nonce: string;
  /** Whether what is typed or marked may be recorded. Private fields stay private. */
  text?: boolean;
  /** Whether addresses keep query and fragment. */
  query?: boolean;
  /** Whether this page was opened while recording, which is then said as a navigation. */
  opened?: boolean;
  rules?: RedactionRules;
  /** `chrome.dom.openOrClosedShadowRoot` where there is one. */
  shadowRootOf?: ShadowRootOf;
}

export interface PageWatch {
  /** What is hidden in events from now on. */
  change(rules: RedactionRules): void;
  stop(): void;
}

/** @param watch.emit called at once, before the page hears of what happened. */
export function watchPage({
  emit,
  options,
}: {
  emit(event: PageEvent): void;
  options: WatchOptions;
}): PageWatch {
  const { nonce, text = false, query = false, opened = false, rules = noRedaction } = options;
  const shadowRootOf = onlyHtml(options.shadowRootOf);
  const controller = new AbortController();
  const { signal } = controller;
  const placement = watchPlacement({ nonce, shadowRootOf, signal });
  const log = new EventLog({ emit, rules, text, query, placement, shadowRootOf });

  // In this order, so that typing ends before the press that leaves the field is told.
  let flushTyping = () => {};
  window.addEventListener('pointerdown', () => flushTyping(), { capture: true, signal });
  const presses = watchPresses(log, signal);
  const typing = watchTyping(log, presses, signal);
  flushTyping = typing.flush;
  watchKeys(log, typing.flush, signal);
  watchMarking(log, presses, signal);
  const scrolling = watchScrolling(log, signal);
  if (window === window.top) watchNavigation(log, { opened, query }, signal);
  notePasswords(document);

  function flush(): void {
    presses.flush();
    typing.flush();
    scrolling.flush();
  }
  window.addEventListener('pagehide', flush, { capture: true, signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'hidden') typing.flush();
    },
    { signal },
  );
  return {
    change(next) {
      log.rules = next;
    },
    stop() {
      flush();
      controller.abort();
    },
  };
}
