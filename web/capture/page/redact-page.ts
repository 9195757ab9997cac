/** Hides private text and chosen elements in the page itself, so that no picture of it has them. */
import type { RedactionRules } from '../../core/redaction.ts';
import { AttributeMasks, FieldMasks, isField, shownAttributes } from './field-masks.ts';
import { maskStyles, selectionStyles } from './mask-styles.ts';
import { onlyHtml, type ShadowRootOf } from './meaningful-element.ts';
import { Roots, type Root } from './roots.ts';
import { TextMasks } from './text-masks.ts';

/**
 * To be called in each frame, at the start of the document where that is possible: what is there
 * then is hidden before it is painted, and what comes later too. Text drawn on a canvas has no
 * text that could be found; the element can be chosen instead.
 *
 * @returns what takes everything back.
 */
export function redactPage(
  rules: RedactionRules,
  options: { shadowRootOf?: ShadowRootOf } = {},
): () => void {
  const shadowRootOf = onlyHtml(options.shadowRootOf);
  const controller = new AbortController();
  const { signal } = controller;
  const texts = new TextMasks(rules);
  const fields = new FieldMasks(rules);
  const attributes = new AttributeMasks(rules);
  const sheets = new Map<Root, CSSStyleSheet>();
  const overSelection = new CSSStyleSheet();
  overSelection.replaceSync(selectionStyles);
  let selectionHidden = false;

  /** Again where a page has replaced the list. */
  function adopt(root: Root, sheet: CSSStyleSheet, wanted = true): void {
    const adopted = root.adoptedStyleSheets;
    if (adopted.includes(sheet) === wanted) return;
    root.adoptedStyleSheets = wanted ? [...adopted, sheet] : adopted.filter((s) => s !== sheet);
  }

  const roots = new Roots({
    shadowRootOf,
    attributes: shownAttributes,
    onRoot(root) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(maskStyles(rules, location.hostname, root));
      sheets.set(root, sheet);
      adopt(root, sheet);
      texts.scan(root);
      fields.scan(root);
      attributes.scan(root);
    },
    onChange(records) {
      texts.change(records);
      fields.change(records);
      attributes.change(records);
    },
  });

  let frame = requestAnimationFrame(function beforePaint() {
    frame = requestAnimationFrame(beforePaint);
    roots.look();
    fields.lookAgain();
    for (const [root, sheet] of sheets) {
      if (root instanceof Document || root.host.isConnected) adopt(root, sheet);
      else if (!roots.all.has(root)) sheets.delete(root);
      adopt(root, overSelection, selectionHidden);
    }
  });

  const listening = { capture: true, passive: true, signal };
  for (const type of ['input', 'change', 'focusin']) {
    window.addEventListener(
      type,
      (event) => {
        const [target] = event.composedPath();
        if (isField(target)) fields.look(target);
      },
      listening,
    );
  }
  document.addEventListener(
    'selectionchange',
    () => {
      const selection = getSelection();
      selectionHidden = selection !== null && texts.touches(selection);
      for (const root of sheets.keys()) adopt(root, overSelection, selectionHidden);
    },
    listening,
  );

  return () => {
    controller.abort();
    cancelAnimationFrame(frame);
    roots.stop();
    for (const [root, sheet] of sheets) {
      adopt(root, sheet, false);
      adopt(root, overSelection, false);
    }
    texts.stop();
    fields.stop();
    attributes.stop();
  };
}
