/** The article as CommonMark, with its images beside it. */
import type { Article } from '../core/article.ts';
import { titlePieces } from '../core/text/emphasis.ts';
import { parseInline, type Inline } from './inline.ts';

/** `images`: address of each section's picture, by section id; sections without one have none. */
export function articleMarkdown(article: Article, images: ReadonlyMap<string, string>): string {
  const blocks = [`# ${heading(article.title)}`];
  // Steps stand below the part of the article that they belong to.
  const level = article.sections.some(({ part }) => part) ? '###' : '##';
  for (const section of article.sections) {
    if (section.part) blocks.push(`## ${heading(section.part)}`);
    if (section.heading) blocks.push(`${level} ${stepHeading(section.heading)}`);
    for (const paragraph of section.paragraphs) blocks.push(paragraphMarkdown(paragraph));
    const address = images.get(section.id);
    if (section.image && address) blocks.push(`![${escapeText(section.image.alt)}](${address})`);
  }
  return `${blocks.join('\n\n')}\n`;
}

/** Titles are plain text. Closing number signs would be taken for decoration. */
const heading = (text: string) => escapeText(text).replace(/(#+)\s*$/, '\\$1');

const marks = { text: '', strong: '**', em: '*' } as const;

const stepHeading = (title: string) =>
  titlePieces(title)
    .map(({ kind, text }) => `${marks[kind]}${escapeText(text)}${marks[kind]}`)
    .join('')
    .replace(/(#+)\s*$/, '\\$1');

function paragraphMarkdown(paragraph: string): string {
  const text = inlineMarkdown(parseInline(paragraph)).trim();
  // What would begin another kind of block at the start of a line.
  return text
    .split('\n')
    .map((line) =>
      line
        .replace(/^(\s*)([#>+-]|={2,}|~{3,})/, '$1\\$2')
        .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, '$1\\$2'),
    )
    .join('\n');
}

/**
 * Pieces side by side as one, where both are of a kind: the signs of two emphasised ones would be taken
 * for those of strong text, and what two texts mean together shows only when they are together.
 */
function merged(pieces: readonly Inline[]): Inline[] {
  const result: Inline[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text')
      result[result.length - 1] = { kind: 'text', text: last.text + piece.text };
    else if (
      (piece.kind === 'em' || piece.kind === 'strong') &&
      (last?.kind === 'em' || last?.kind === 'strong') &&
      last.kind === piece.kind
    )
      result[result.length - 1] = {
        kind: piece.kind,
        children: [...last.children, ...piece.children],
      };
    else result.push(piece);
  }
  return result;
}

/** `inside`: the emphasis around; the same within itself adds nothing but signs. */
function inlineMarkdown(pieces: readonly Inline[], inside = new Set<string>()): string {
  return merged(pieces)
    .map((piece) => {
      switch (piece.kind) {
        case 'text':
          return escapeText(piece.text);
        case 'code':
          return codeSpan(piece.text);
        case 'break':
          return '\\\n';
        case 'strong':
        case 'em': {
          const mark = inside.has(piece.kind) ? '' : marks[piece.kind];
          const content = inlineMarkdown(piece.children, new Set([...inside, piece.kind]));
          return `${mark}${content}${mark}`;
        }
        case 'link':
          return `[${inlineMarkdown(piece.children, inside)}](${destination(piece.href)})`;
      }
    })
    .join('');
}

/** In angle brackets where parentheses would end it too soon. */
function destination(href: string): string {
  const plain = href.replace(/[<>\\\s]/g, encodeURIComponent);
  return /[()]/.test(plain) ? `<${plain}>` : plain;
}

/** Only what would mean something else gets its backslash, so that the source stays readable. */
function escapeText(text: string): string {
  return text
    .replace(/[\\`*[\]~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/<(?=[a-z/!?])/gi, '\\<')
    .replace(/&(?=#?\w+;)/g, '\\&');
}

/** Fenced by one backtick more than the longest run inside. */
function codeSpan(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(runs.reduce((most, run) => Math.max(most, run.length), 0) + 1);
  const space = /^`|`$|^ .* $/.test(text) ? ' ' : '';
  return fence + space + text + space + fence;
}
