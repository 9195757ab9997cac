/** Scrolling by hand that reveals something. What pages scroll by themselves is no one's doing. */
import { epochOf, type EventLog } from './event-log.ts';
import { elementsOf } from './meaningful-element.ts';

/** Milliseconds after a wheel, touch or key for which scrolling is taken for its effect. */
const byHand = 500;
/** Milliseconds without scrolling that end it, where the browser does not say so itself. */
const rest = 250;
/** Of the container's size; less reveals nothing worth a mention. */
const least = 0.15;

interface Gesture {
  container: Element;
  from: { x: number; y: number };
  time: number;
  end: number;
  timer?: ReturnType<typeof setTimeout>;
}

const scrollKeys = /^(?:Arrow(?:Up|Down|Left|Right)|Page(?:Up|Down)|Home|End| )$/;

export function watchScrolling(log: EventLog, signal: AbortSignal): { flush(): void } {
  const gestures = new Map<Element, Gesture>();
  /** Where each container was before it was last scrolled. */
  const before = new WeakMap<Element, { x: number; y: number }>();
  const heard = new WeakSet<ShadowRoot>();
  let handAt = -Infinity;
  let dragging = false;
  const options = { capture: true, passive: true, signal };

  const positionOf = (e: Element) => ({ x: e.scrollLeft, y: e.scrollTop });

  /** Scrolling is drawn before the page hears of the wheel, so places are noted on the way there. */
  function see(path: readonly EventTarget[]): void {
    for (const element of elementsOf(path)) {
      const scrolls =
        element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth;
      if (scrolls && !before.has(element)) before.set(element, positionOf(element));
    }
    const root = document.scrollingElement;
    if (root && !before.has(root)) before.set(root, positionOf(root));
  }

  function hand(event: Event): void {
    if (!event.isTrusted) return;
    handAt = performance.now();
    const path = event.composedPath();
    see(path);
    // Scroll events stay inside shadow roots.
    for (const node of path) {
      if (node instanceof ShadowRoot && !heard.has(node)) {
        heard.add(node);
        node.addEventListener('scroll', onScroll, options);
        node.addEventListener('scrollend', onScrollEnd, options);
      }
    }
  }
  const containerOf = (event: Event): Element | null =>
    event.target instanceof Document
      ? event.target.scrollingElement
      : event.target instanceof Element
        ? event.target
        : null;

  function onScroll(event: Event): void {
    const container = containerOf(event);
    if (!container || !event.isTrusted) return;
    const going = gestures.get(container);
    if (!going && !dragging && performance.now() - handAt > byHand) {
      before.set(container, positionOf(container));
      return;
    }
    const time = epochOf(event);
    const from = before.get(container) ?? positionOf(container);
    const gesture = going ?? { container, from, time, end: time };
    gestures.set(container, gesture);
    gesture.end = time;
    clearTimeout(gesture.timer);
    gesture.timer = setTimeout(() => finish(gesture), rest * 2);
  }
  function onScrollEnd(event: Event): void {
    const container = containerOf(event);
    const gesture = container && gestures.get(container);
    if (!gesture) return;
    // A wheel turned further begins at once again.
    clearTimeout(gesture.timer);
    gesture.timer = setTimeout(() => finish(gesture), rest);
  }

  function finish(gesture: Gesture): void {
    const { container, from, time, end } = gesture;
    clearTimeout(gesture.timer);
    gestures.delete(container);
    const now = positionOf(container);
    before.set(container, now);
    const distance = { x: now.x - from.x, y: now.y - from.y };
    const whole = container === document.scrollingElement;
    const width = whole ? innerWidth : container.clientWidth;
    const height = whole ? innerHeight : container.clientHeight;
    if (Math.abs(distance.x) < least * width && Math.abs(distance.y) < least * height) return;
    if (container.matches('textarea, input')) return;
    const rect = whole ? { x: 0, y: 0, width, height } : container.getBoundingClientRect();
    const { role, tag, selectors, rect: box } = log.describe(container, rect as DOMRect);
    const label = container.getAttribute('aria-label') ?? undefined;
    const element = { role: whole ? 'document' : role, label, tag, selectors, rect: box };
    log.begin('scroll', { time, element, distance }).done({ end });
  }

  see([]);
  window.addEventListener('pointerover', (e) => see(e.composedPath()), options);
  window.addEventListener('wheel', hand, options);
  window.addEventListener('touchmove', hand, options);
  // A scroll bar, or marking beyond the edge. What a page scrolls after a press is its own doing.
  const press = (down: boolean) => (event: Event) => {
    dragging = down;
    see(event.composedPath());
  };
  window.addEventListener('pointerdown', press(true), options);
  window.addEventListener('pointerup', press(false), options);
  window.addEventListener('pointercancel', press(false), options);
  window.addEventListener('keydown', (e) => scrollKeys.test(e.key) && hand(e), options);
  window.addEventListener('scroll', onScroll, options);
  window.addEventListener('scrollend', onScrollEnd, options);
  return { flush: () => [...gestures.values()].forEach(finish) };
}
