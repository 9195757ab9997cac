/** Pages that were gone to: opened anew, or changed by a page that stays and writes its own history. */
import { plainAddress } from './address.ts';
import type { EventLog } from './event-log.ts';

/** Milliseconds that a page gets to set its title. */
const titleWithin = 1500;

interface NavigationLike extends EventTarget {
  currentEntry: unknown;
}

export function watchNavigation(
  log: EventLog,
  { opened, query }: { opened: boolean; query: boolean },
  signal: AbortSignal,
): void {
  const address = () => plainAddress(location.href, { query });
  let current = address();

  function say(time: number, traversed: boolean): void {
    const entry = log.begin('navigation', { time, traversed: traversed || undefined });
    const was = document.title;
    const observer = new MutationObserver(() => {
      if (document.title !== was) settle();
    });
    const timer = setTimeout(settle, titleWithin);
    function settle(): void {
      clearTimeout(timer);
      observer.disconnect();
      entry.refresh();
      entry.done();
    }
    // An opened page that has its title is what it says; one that only changed may say so in a moment.
    observer.observe(document, { childList: true, subtree: true, characterData: true });
    if (opened && was && document.readyState === 'complete') settle();
    signal.addEventListener('abort', () => (clearTimeout(timer), observer.disconnect()));
  }
  function look(event: Event): void {
    const now = address();
    if (now === current) return;
    current = now;
    // Pages put their state into the address as it changes, a map with every move; nobody went anywhere.
    if ('navigationType' in event && event.navigationType === 'replace') return;
    say(Date.now(), 'navigationType' in event && event.navigationType === 'traverse');
  }
  if (opened) {
    const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    const now = Math.min(Date.now(), performance.timeOrigin + performance.now());
    say(now, how?.type === 'back_forward');
  }
  const options = { capture: true, signal };
  window.addEventListener('popstate', look, options);
  window.addEventListener('hashchange', look, options);
  const { navigation } = window as unknown as { navigation?: NavigationLike };
  navigation?.addEventListener('currententrychange', look, options);
  navigation?.addEventListener('navigatesuccess', look, options);
  window.addEventListener(
    'pageshow',
    (event) => {
      // Taken back from the cache of pages, with its script as it was left.
      if (event.persisted) say(Date.now(), true);
    },
    options,
  );
}
