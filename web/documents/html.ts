/**
 * The article as one HTML file that needs nothing else: pictures inside as data: addresses, light and
 * dark, readable on a phone and on paper, no script. Its own policy forbids whatever is not in it.
 */
import type { Article, ArticleSection } from '../core/article.ts';
import { escapeHtml, inlineHtml, titleHtml } from './html-text.ts';
import { parseInline } from './inline.ts';
import type { Still } from './stills.ts';

const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** In pieces, so that pictures pass through memory one by one. */
export async function* articleHtml(
  article: Article,
  stills: ReadonlyMap<string, Still>,
): AsyncGenerator<string> {
  const title = escapeHtml(article.title);
  yield `<!doctype html>
<html lang="${escapeHtml(article.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<article>
<h1>${title}</h1>
<ol role="list">
`;
  for (const section of article.sections) {
    yield '<li>\n';
    if (section.part) yield `<p class="part">${escapeHtml(section.part)}</p>\n`;
    yield* sectionHtml(section, stills.get(section.id));
    yield '</li>\n';
  }
  yield `</ol>
</article>
</main>
</body>
</html>
`;
}

export async function* sectionHtml(
  section: ArticleSection,
  still: Still | undefined,
): AsyncGenerator<string> {
  if (section.heading) yield `<h2>${titleHtml(section.heading)}</h2>\n`;
  for (const paragraph of section.paragraphs) {
    yield `<p>${inlineHtml(parseInline(paragraph))}</p>\n`;
  }
  if (section.image && still) {
    const size = `width="${still.width}" height="${still.height}"`;
    yield `<figure><img src="`;
    yield await dataAddress(still.data);
    yield `" alt="${escapeHtml(section.image.alt)}" ${size}></figure>\n`;
  }
}

async function dataAddress(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let binary = '';
  // Spreading a whole picture into arguments would overflow the stack.
  for (let i = 0; i < bytes.length; i += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  }
  return `data:${blob.type};base64,${btoa(binary)}`;
}

const style = `
:root { color-scheme: light dark; --text: #1c1c1a; --soft: #5e5d58; --page: #fdfdfb; --line: #deddd6; --sunken: #f1f0ea; --link: #1a5fb4; }
@media (prefers-color-scheme: dark) { :root { --text: #ecebe6; --soft: #a8a69d; --page: #1a1a18; --line: #3a3935; --sunken: #262522; --link: #8ab8f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: break-word; }
main { max-width: 46rem; margin: 0 auto; padding: clamp(1.25rem, 5vw, 4rem) clamp(1rem, 4vw, 2rem); }
h1 { margin: 0 0 2.5rem; font-size: clamp(1.75rem, 5vw, 2.375rem); line-height: 1.2; text-wrap: balance; }
ol { margin: 0; padding: 0; list-style: none; counter-reset: step; }
li { margin: 0 0 3rem; counter-increment: step; }
h2 { margin: 0 0 0.5rem; font-size: 1.3125rem; line-height: 1.3; }
h2::before { content: counter(step) ". "; color: var(--soft); font-variant-numeric: tabular-nums; }
p { margin: 0 0 1rem; }
.part { margin: 0 0 1.5rem; padding-bottom: 0.375rem; border-bottom: 1px solid var(--line); color: var(--soft); font-size: 1.0625rem; font-weight: 600; }
a { color: var(--link); }
code { padding: 0.1em 0.3em; border-radius: 4px; background: var(--sunken); font: 0.9em ui-monospace, monospace; }
figure { margin: 1.25rem 0 0; }
img { display: block; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 8px; }
@media print { body { background: none; color: #000; font-size: 11pt; } main { max-width: none; padding: 0; } li { margin-bottom: 1.5rem; } h1, h2 { break-after: avoid; } figure, img { break-inside: avoid; } img { max-height: 18cm; width: auto; } a { color: inherit; } code { background: none; } }
`;
