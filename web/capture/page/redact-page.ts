/** Hides private text and chosen elements in the page itself, so that no picture of it has them. */
import type { RedactionRules } from '../../core/redaction.ts';
import { AttributeMasks, FieldMasks, isField, shownAttributes } from './field-masks.ts';
import { maskStyles, selectionStyles } from './mask-styles.ts';
import { onlyHtml, type ShadowRootOf } from './meaningful-element.ts';
import { Roots, type Root } from './roots.ts';
import { siteOfPage } from './site.ts';
import { TextMasks } from './text-masks.ts';

export interface PageRedaction {
  /** Hides by other rules from now on, with nothing shown in between. */
  change(rules: RedactionRules): void;
  /** Takes everything back. */
  stop(): void;
}

/**
 * To be called in each frame, at the start of the document where that is possible: what is there
 * then is hidden before it is painted, and what comes later too. Text drawn on a canvas has no
 * text that could be found; the element can be chosen instead.
 */
export function redactPage(
  given: RedactionRules,
  options: { shadowRootOf?: ShadowRootOf } = {},
): PageRedaction {
  let rules = given;
  const shadowRootOf = onlyHtml(options.shadowRootOf);
  const controller = new AbortController();
  const { signal } = controller;
  let texts = new TextMasks(rules);
  let fields = new FieldMasks(rules);
  let attributes = new AttributeMasks(rules);
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

  function hide(root: Root): void {
    const sheet = sheets.get(root) ?? new CSSStyleSheet();
    sheet.replaceSync(maskStyles(rules, siteOfPage(), root));
    sheets.set(root, sheet);
    adopt(root, sheet);
    texts.scan(root);
    fields.scan(root);
    attributes.scan(root);
  }

  function showMarked(): void {
    texts.stop();
    fields.stop();
    attributes.stop();
  }

  const roots = new Roots({
    shadowRootOf,
    attributes: shownAttributes,
    onRoot: hide,
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

  return {
    // In one task, so that nothing is painted before the new rules hold.
    change(next) {
      rules = next;
      showMarked();
      texts = new TextMasks(rules);
      fields = new FieldMasks(rules);
      attributes = new AttributeMasks(rules);
      for (const root of roots.all) hide(root);
    },
    stop() {
      controller.abort();
      cancelAnimationFrame(frame);
      roots.stop();
      for (const [root, sheet] of sheets) {
        adopt(root, sheet, false);
        adopt(root, overSelection, false);
      }
      showMarked();
    },
  };
}
