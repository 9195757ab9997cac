/** Lets the person point at an element. While it runs, the page does not hear of pointer and keys. */
import type { ElementFacts } from './page-event.ts';
import { nameOf, roleOf } from './accessible.ts';
import { deepElementFromPoint, onlyHtml, type ShadowRootOf } from './meaningful-element.ts';
import { selectorsOf } from './selectors.ts';

export interface Picked {
  /** CSS, the most stable first; ` >>> ` leads into a shadow root. */
  selectors: string[];
  element: ElementFacts;
}

const swallowed = [
  'pointerdown',
  'pointerup',
  'mousedown',
  'mouseup',
  'auxclick',
  'dblclick',
  'contextmenu',
  'dragstart',
  'touchstart',
  'touchend',
  'keyup',
  'keypress',
] as const;

const style = `
  :host { all: initial }
  div {
    position: fixed; inset: auto; margin: 0; padding: 0; overflow: visible; pointer-events: none;
    border: 2px solid #0b57d0; border-radius: 3px; background: rgb(11 87 208 / 0.15); box-sizing: border-box;
  }
`;

const isWholePage = (element: Element): boolean =>
  element === document.body || element === document.documentElement;

/**
 * Click or Enter picks, the up and down arrows go to the element around and back, Escape ends.
 *
 * @returns null when it was ended without a choice, also by the signal.
 */
export function pickElement({
  signal,
  shadowRootOf,
}: { signal?: AbortSignal; shadowRootOf?: ShadowRootOf } = {}): Promise<Picked | null> {
  const rootOf = onlyHtml(shadowRootOf);
  return new Promise((resolve) => {
    const controller = new AbortController();
    const host = document.createElement('cairn-picker');
    const shadow = host.attachShadow({ mode: 'closed' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    shadow.adoptedStyleSheets = [sheet];
    const frame = document.createElement('div');
    // In the top layer, above the page's own dialogs.
    frame.popover = 'manual';
    shadow.append(frame);
    document.documentElement.append(host);

    /** From what is under the pointer outwards; the last is what would be picked. */
    let chain: Element[] = [];
    const current = () => chain.at(-1);

    function show(): void {
      const element = current();
      if (!element) return frame.hidePopover();
      const { left, top, width, height } = element.getBoundingClientRect();
      Object.assign(frame.style, {
        left: `${left}px`,
        top: `${top}px`,
        width: `${width}px`,
        height: `${height}px`,
      });
      // Anew, so that it is above what has opened since.
      frame.hidePopover();
      frame.showPopover();
    }

    function finish(picked: Picked | null): void {
      controller.abort();
      host.remove();
      resolve(picked);
    }

    function pick(): void {
      const element = current();
      if (!element) return;
      const { x, y, width, height } = element.getBoundingClientRect();
      const selectors = selectorsOf(element);
      finish({
        selectors,
        element: {
          role: roleOf(element),
          label: nameOf(element, { text: false }),
          tag: element.localName,
          selectors,
          rect: { x, y, width, height },
        },
      });
    }

    const on = <K extends keyof WindowEventMap>(
      type: K,
      listener: (event: WindowEventMap[K]) => void,
    ) =>
      window.addEventListener(
        type,
        (event) => {
          event.preventDefault();
          event.stopImmediatePropagation();
          listener(event);
        },
        { capture: true, passive: false, signal: controller.signal },
      );
    for (const type of swallowed) on(type, () => undefined);
    const point = (event: MouseEvent) => {
      const { clientX: x, clientY: y } = event;
      const element = deepElementFromPoint(x, y, (e) => e === host, rootOf);
      if (element === chain[0]) return;
      chain = element && !isWholePage(element) ? [element] : [];
      show();
    };
    on('pointermove', point);
    // Into a frame, which points by itself, and out of this one.
    on('pointerover', (event) => {
      const [target] = event.composedPath();
      if (!(target instanceof Element) || !/^(?:iframe|frame)$/.test(target.localName)) return;
      chain = [target];
      show();
    });
    on('pointerout', (event) => {
      if (event.relatedTarget) return;
      chain = [];
      show();
    });
    on('click', (event) => {
      // A finger comes from nowhere.
      if (chain.length === 0) point(event);
      pick();
    });
    on('keydown', (event) => {
      if (event.key === 'Escape') finish(null);
      else if (event.key === 'Enter') pick();
      else if (event.key === 'ArrowDown' && chain.length > 1) chain.pop();
      else if (event.key === 'ArrowUp') {
        const last = current();
        const root = last?.getRootNode();
        const around = last?.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
        if (around && !isWholePage(around)) chain.push(around);
      }
      if (host.isConnected) show();
    });
    window.addEventListener('scroll', show, {
      capture: true,
      passive: true,
      signal: controller.signal,
    });
    signal?.addEventListener('abort', () => finish(null), { signal: controller.signal });
    if (signal?.aborted) finish(null);
  });
}
