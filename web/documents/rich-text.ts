/** The article for the clipboard: HTML with its pictures inside for editors that take it, plain text for the rest. */
import type { Article } from '../core/article.ts';
import { plainTitle } from '../core/text/emphasis.ts';
import { escapeHtml } from './html-text.ts';
import { sectionHtml } from './html.ts';
import { parseInline, plainText } from './inline.ts';
import type { Still } from './stills.ts';

export interface RichText {
  html: string;
  text: string;
}

export async function articleRichText(
  article: Article,
  stills: ReadonlyMap<string, Still>,
): Promise<RichText> {
  const parts = [`<h1>${escapeHtml(article.title)}</h1>\n`];
  for (const section of article.sections) {
    if (section.part) parts.push(`<h2>${escapeHtml(section.part)}</h2>\n`);
    for await (const part of sectionHtml(section, stills.get(section.id))) parts.push(part);
  }
  return { html: parts.join(''), text: articleText(article) };
}

export function articleText(article: Article): string {
  const blocks = [article.title];
  article.sections.forEach((section, i) => {
    if (section.part) blocks.push(section.part);
    blocks.push(`${i + 1}. ${plainTitle(section.heading)}`.trim());
    for (const paragraph of section.paragraphs) blocks.push(plainText(parseInline(paragraph)));
  });
  return `${blocks.join('\n\n')}\n`;
}
