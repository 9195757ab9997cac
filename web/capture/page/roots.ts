/** The document and every shadow root in it, as they come. */
import type { ShadowRootOf } from './meaningful-element.ts';

export type Root = Document | ShadowRoot;

export interface RootsOptions {
  shadowRootOf: ShadowRootOf;
  /** Called once for each root, before its changes are told. */
  onRoot(root: Root): void;
  /** Before the change is painted. */
  onChange(records: readonly MutationRecord[]): void;
  attributes: string[];
}

/** Frames for which an element without a shadow root is looked at again; roots come without notice. */
const patience = 90;
/** Custom elements get theirs when their code has loaded; after a while every so many frames will do. */
const seldom = 15;
/** Elements that may have a shadow root, besides custom ones. */
const hosts =
  /^(?:article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/;

export class Roots {
  readonly all = new Set<Root>();
  readonly #options: RootsOptions;
  readonly #observer: MutationObserver;
  /** Elements that have no root yet, and the frame until which that is looked at each time. */
  readonly #pending = new Map<Element, number>();
  #frame = 0;

  constructor(options: RootsOptions) {
    this.#options = options;
    this.#observer = new MutationObserver((records) => this.#change(records));
    this.#add(document);
  }

  /** Looks for roots that were attached since; to be called before each frame. */
  look(): void {
    this.#frame++;
    for (const [element, until] of this.#pending) {
      const custom = element.localName.includes('-');
      const late = this.#frame > until;
      // Closed roots take a call out of the page to see, so other elements are asked for them once.
      if (late && custom && this.#frame % seldom !== 0) continue;
      const root = custom || late ? this.#options.shadowRootOf(element) : element.shadowRoot;
      if (root) this.#add(root);
      if (root || !element.isConnected || (late && !custom)) this.#pending.delete(element);
    }
    for (const root of this.all) {
      if (root instanceof ShadowRoot && !root.host.isConnected) this.all.delete(root);
    }
  }

  stop(): void {
    this.#observer.disconnect();
  }

  #add(root: Root): void {
    if (this.all.has(root)) return;
    this.all.add(root);
    this.#observer.observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: this.#options.attributes,
    });
    this.#options.onRoot(root);
    this.#search(root);
  }

  #search(node: ParentNode): void {
    for (const element of node.querySelectorAll('*')) this.#expect(element);
  }

  #expect(element: Element): void {
    const custom = element.localName.includes('-');
    if (!custom && !hosts.test(element.localName)) return;
    const root = custom ? this.#options.shadowRootOf(element) : element.shadowRoot;
    if (root) this.#add(root);
    else this.#pending.set(element, this.#frame + patience);
  }

  #change(records: readonly MutationRecord[]): void {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (!(node instanceof Element) || !node.isConnected) continue;
        this.#expect(node);
        this.#search(node);
      }
    }
    this.#options.onChange(records);
  }
}
