/**
 * Where a frame is in the tab's top viewport. Same-origin parents are asked directly. Others run this
 * code too: a child sends its parent one end of a channel with the recording's nonce, and over it the
 * parent tells the place, at once when asked and whenever something scrolls or changes size. Only the
 * introduction passes through the page's own `message` event; the answers do not.
 */
import type { Point, Rect } from '../../core/interaction.ts';
import type { ShadowRootOf } from './meaningful-element.ts';
import { surroundingsOf } from './viewport.ts';

export interface Placement {
  /** Of the frame's top left corner, and CSS pixels of the top viewport for one of the frame's. */
  x: number;
  y: number;
  scaleX: number;
  scaleY: number;
  /** Of the top page. */
  top: ReturnType<typeof surroundingsOf>;
  page: { title: string; url: string };
}

export interface FramePlacement {
  /** What is known now; null until a parent of another origin has answered. */
  current(): Placement | null;
  /** Whether `current` may be out of date. */
  isStale(): boolean;
  /** Asks anew; null where no parent answers. */
  ask(): Promise<Placement | null>;
}

type Answer = { answer: number; placement: Placement | null };

/** An answer older than this may have been overtaken by an animation, milliseconds. */
const fresh = 150;
const introduceEvery = 400;

export const placePoint = (p: Placement, { x, y }: Point): Point => ({
  x: p.x + x * p.scaleX,
  y: p.y + y * p.scaleY,
});

export const placeRect = (p: Placement, rect: Rect): Rect => ({
  ...placePoint(p, rect),
  width: rect.width * p.scaleX,
  height: rect.height * p.scaleY,
});

export interface PlacementOptions {
  /** Secret of this recording, the same in all frames. */
  nonce: string;
  shadowRootOf: ShadowRootOf;
  signal: AbortSignal;
}

export function watchPlacement({ nonce, shadowRootOf, signal }: PlacementOptions): FramePlacement {
  const direct = () => directPlacement();
  const asked = direct() ? null : askParent(nonce, signal);
  const placement: FramePlacement = asked ?? {
    current: direct,
    isStale: () => false,
    ask: () => Promise.resolve(direct()),
  };
  answerChildren(placement, { nonce, shadowRootOf, signal });
  return placement;
}

/** The content box of a frame's element: its corner in its own viewport, and its scale. */
function contentBox(frame: Element): { x: number; y: number; scaleX: number; scaleY: number } {
  const rect = frame.getBoundingClientRect();
  const { offsetWidth, offsetHeight, clientLeft, clientTop } = frame as HTMLElement;
  const style = getComputedStyle(frame);
  const scaleX = offsetWidth ? rect.width / offsetWidth : 1;
  const scaleY = offsetHeight ? rect.height / offsetHeight : 1;
  return {
    x: rect.x + (clientLeft + parseFloat(style.paddingLeft)) * scaleX,
    y: rect.y + (clientTop + parseFloat(style.paddingTop)) * scaleY,
    scaleX,
    scaleY,
  };
}

/** Through parents of the same origin up to the top; null where one is of another. */
function directPlacement(): Placement | null {
  let x = 0;
  let y = 0;
  let scaleX = 1;
  let scaleY = 1;
  let view: Window = window;
  while (view !== view.top) {
    const frame = view.frameElement;
    if (!frame) return null;
    const box = contentBox(frame);
    x = box.x + x * box.scaleX;
    y = box.y + y * box.scaleY;
    scaleX *= box.scaleX;
    scaleY *= box.scaleY;
    view = view.parent;
  }
  return {
    x,
    y,
    scaleX,
    scaleY,
    top: surroundingsOf(view),
    page: { title: view.document.title, url: view.location.href },
  };
}

function askParent(nonce: string, signal: AbortSignal): FramePlacement {
  let known: Placement | null = null;
  let at = 0;
  let asked = 0;
  let port: MessagePort | null = null;
  const waiting = new Map<number, (placement: Placement | null) => void>();

  function introduce(): void {
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = ({ data }: MessageEvent<Answer>) => {
      known = data.placement ?? known;
      at = performance.now();
      waiting.get(data.answer)?.(data.placement);
      waiting.delete(data.answer);
    };
    window.parent.postMessage({ cairnFrame: nonce }, '*', [channel.port2]);
    port.postMessage({ ask: ++asked });
  }
  introduce();
  // The parent's script may start later than this one.
  const retry = setInterval(() => {
    if (known) clearInterval(retry);
    else introduce();
  }, introduceEvery);
  signal.addEventListener('abort', () => {
    clearInterval(retry);
    port?.close();
  });

  const ask = (): Promise<Placement | null> =>
    new Promise((resolve) => {
      const id = ++asked;
      waiting.set(id, resolve);
      port?.postMessage({ ask: id });
      setTimeout(() => {
        if (waiting.delete(id)) resolve(null);
      }, 1000);
    });
  // So that the place is known before the press that follows.
  let next = 0;
  const refresh = () => {
    if (performance.now() < next) return;
    next = performance.now() + fresh / 2;
    void ask();
  };
  for (const type of ['pointermove', 'pointerover', 'focusin', 'keydown']) {
    window.addEventListener(type, refresh, { capture: true, passive: true, signal });
  }
  return { current: () => known, isStale: () => performance.now() - at > fresh, ask };
}

interface Child {
  port: MessagePort;
  frame: Element;
}

function answerChildren(own: FramePlacement, options: PlacementOptions): void {
  const { nonce, shadowRootOf, signal } = options;
  const children = new Map<MessageEventSource, Child>();

  function placementOf({ frame }: Child): Placement | null {
    const place = own.current();
    if (!place || !frame.isConnected) return null;
    const box = contentBox(frame);
    return {
      ...place,
      ...placePoint(place, box),
      scaleX: place.scaleX * box.scaleX,
      scaleY: place.scaleY * box.scaleY,
    };
  }
  window.addEventListener(
    'message',
    (event: MessageEvent<{ cairnFrame?: string } | null>) => {
      const [port] = event.ports;
      if (event.data?.cairnFrame !== nonce || !port || !event.source) return;
      event.stopImmediatePropagation();
      const frame = findFrame(document, event.source, shadowRootOf);
      if (!frame) return;
      children.get(event.source)?.port.close();
      const child = { port, frame };
      children.set(event.source, child);
      port.onmessage = ({ data }: MessageEvent<{ ask: number }>) => {
        port.postMessage({ answer: data.ask, placement: placementOf(child) } satisfies Answer);
      };
    },
    { capture: true, signal },
  );
  let pending = false;
  const tellAll = () => {
    if (pending || children.size === 0) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      for (const [source, child] of children) {
        if (child.frame.isConnected) {
          child.port.postMessage({ answer: 0, placement: placementOf(child) } satisfies Answer);
        } else {
          child.port.close();
          children.delete(source);
        }
      }
    });
  };
  for (const type of ['scroll', 'resize', 'transitionend', 'animationend']) {
    window.addEventListener(type, tellAll, { capture: true, passive: true, signal });
  }
  signal.addEventListener('abort', () => children.forEach((child) => child.port.close()));
}

/** The element whose window this is, also in shadow roots. */
function findFrame(
  root: Document | ShadowRoot,
  source: MessageEventSource,
  shadowRootOf: ShadowRootOf,
): Element | null {
  for (const element of root.querySelectorAll('*')) {
    if (/^(?:iframe|frame|object|embed)$/.test(element.localName)) {
      if ((element as HTMLIFrameElement).contentWindow === source) return element;
    }
    const inner =
      element.shadowRoot ?? (element.localName.includes('-') ? shadowRootOf(element) : null);
    const found = inner && findFrame(inner, source, shadowRootOf);
    if (found) return found;
  }
  return null;
}
