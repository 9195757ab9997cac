/** Hides spans of the page's text by a highlight, which moves and wraps with the text and changes no node. */
import { findPrivate, findUnfinished, type RedactionRules } from '../../core/redaction.ts';
import { highlightName, textMark } from './mask-styles.ts';
import type { Root } from './roots.ts';

/** Elements that stand in a line with the text around them, by their tag: asking for styles is slow. */
const inline = new Set(
  (
    'a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt ruby s samp ' +
    'small span strike strong sub sup time tspan tt u var wbr'
  ).split(' '),
);
/** Text of these is shown in other ways or not at all. */
const unseen = new Set(
  'script style noscript template textarea option select title head'.split(' '),
);

type Block = Element | ShadowRoot;

export class TextMasks {
  readonly #rules: RedactionRules;
  readonly #highlight = new Highlight();
  readonly #ranges = new Map<Block, StaticRange[]>();
  readonly #marked = new Set<Element>();

  constructor(rules: RedactionRules) {
    this.#rules = rules;
    // Above highlights of the page's own.
    this.#highlight.priority = 2 ** 31 - 1;
    CSS.highlights.set(highlightName, this.#highlight);
  }

  /** Everything in the root. */
  scan(root: Root): void {
    const blocks = new Set<Block>();
    collectBlocks(root, blocks);
    blocks.forEach((block) => this.#mask(block));
  }

  change(records: readonly MutationRecord[]): void {
    const blocks = new Set<Block>();
    for (const { type, target, addedNodes } of records) {
      if (type === 'attributes') continue;
      const around = blockOf(target);
      if (around) blocks.add(around);
      for (const node of addedNodes) {
        if (node.isConnected && node instanceof Element) collectBlocks(node, blocks);
      }
    }
    blocks.forEach((block) => this.#mask(block));
    if (this.#ranges.size > 500 || records.length > 100) this.#sweep();
  }

  /** Whether the person's selection touches something hidden. */
  touches(selection: Selection): boolean {
    if (selection.isCollapsed) return false;
    for (const ranges of this.#ranges.values()) {
      for (const { startContainer, endContainer } of ranges) {
        if (selection.containsNode(startContainer, true)) return true;
        if (selection.containsNode(endContainer, true)) return true;
      }
    }
    return false;
  }

  stop(): void {
    this.#highlight.clear();
    this.#ranges.clear();
    for (const element of this.#marked) {
      (element.closest('svg text') ?? element).removeAttribute(textMark);
    }
    this.#marked.clear();
    CSS.highlights.delete(highlightName);
  }

  #mask(block: Block): void {
    for (const range of this.#ranges.get(block) ?? []) this.#highlight.delete(range);
    this.#ranges.delete(block);
    if (!block.isConnected) return;
    const ranges = privateRanges(block, this.#rules);
    if (ranges.length === 0) return;
    this.#ranges.set(block, ranges);
    for (const range of ranges) {
      this.#highlight.add(range);
      this.#mark(range.startContainer.parentElement);
    }
  }

  /** What a highlight does not cover: text of drawings, and shadows, which its element paints. */
  #mark(element: Element | null): void {
    if (!element || this.#marked.has(element)) return;
    const drawing = element instanceof SVGElement ? element.closest('text') : null;
    const editable = element instanceof HTMLElement && element.isContentEditable;
    if (!drawing && (editable || getComputedStyle(element).textShadow === 'none')) return;
    this.#marked.add(element);
    (drawing ?? element).setAttribute(textMark, '');
  }

  #sweep(): void {
    for (const [block, ranges] of this.#ranges) {
      if (block.isConnected) continue;
      for (const range of ranges) this.#highlight.delete(range);
      this.#ranges.delete(block);
    }
    for (const element of this.#marked) {
      if (!element.isConnected) this.#marked.delete(element);
    }
  }
}

/** The nearest element around that begins a line of its own; null for text that is not shown. */
function blockOf(node: Node): Block | null {
  let at: Node | null = node instanceof CharacterData ? node.parentNode : node;
  while (at instanceof Element && inline.has(at.localName)) at = at.parentNode;
  if (at instanceof ShadowRoot) return at;
  return at instanceof Element && !unseen.has(at.localName) ? at : null;
}

function collectBlocks(within: Block | Document, blocks: Set<Block>): void {
  const walker = document.createTreeWalker(within, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    if ((text as Text).data.length < 2 && !/\S/.test((text as Text).data)) continue;
    const block = blockOf(text);
    if (block) blocks.add(block);
  }
}

/** Where something is being written in the block: index of the text node, offset in it. */
function caretIn(block: Block, texts: readonly Text[]): { text: number; offset: number } | null {
  if (!(block instanceof HTMLElement) || !block.isContentEditable) return null;
  const selection = getSelection();
  const text = texts.indexOf(selection?.focusNode as Text);
  return text >= 0 ? { text, offset: selection!.focusOffset } : null;
}

/** Ranges of what is private in the block's own lines, one for each text node that takes part. */
function privateRanges(block: Block, rules: RedactionRules): StaticRange[] {
  const texts: Text[] = [];
  let whole = '';
  /** For each character of `whole` its node and its place in it; runs of white space are one. */
  const nodes: number[] = [];
  const offsets: number[] = [];
  const walker = document.createTreeWalker(
    block,
    NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT,
    (node) => {
      if (!(node instanceof Element)) return NodeFilter.FILTER_ACCEPT;
      if (node.localName === 'br' || node.localName === 'wbr') return NodeFilter.FILTER_ACCEPT;
      return inline.has(node.localName) ? NodeFilter.FILTER_SKIP : NodeFilter.FILTER_REJECT;
    },
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) {
      if ((node as Element).localName === 'br') push('\n', -1, 0);
      continue;
    }
    const { data } = node;
    texts.push(node);
    for (let i = 0; i < data.length; i++) {
      const space = /[\t\n\r\f ]/.test(data[i]!);
      if (!space) push(data[i]!, texts.length - 1, i);
      else if (!whole.endsWith(' ')) push(' ', texts.length - 1, i);
    }
  }
  function push(char: string, node: number, offset: number): void {
    whole += char;
    nodes.push(node);
    offsets.push(offset);
  }

  const spans = findPrivate(whole, rules);
  const caret = caretIn(block, texts);
  if (caret) {
    const at = nodes.findLastIndex((n, i) => n === caret.text && offsets[i]! < caret.offset);
    const writing = findUnfinished(whole.slice(0, at + 1), rules);
    if (writing) spans.push(writing);
  }
  const ranges: StaticRange[] = [];
  for (const { start, end } of spans) {
    let from = start;
    for (let i = start; i < end; i++) {
      if (i + 1 < end && nodes[i + 1] === nodes[i]) continue;
      const container = texts[nodes[i]!];
      if (container) {
        ranges.push(
          new StaticRange({
            startContainer: container,
            startOffset: offsets[from]!,
            endContainer: container,
            endOffset: offsets[i]! + 1,
          }),
        );
      }
      from = i + 1;
    }
  }
  return ranges;
}
