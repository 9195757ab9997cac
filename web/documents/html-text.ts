import { titlePieces } from '../core/text/emphasis.ts';
import type { Inline } from './inline.ts';

/** For text and for attribute values in double quotes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export const inlineHtml = (pieces: readonly Inline[]): string =>
  pieces
    .map((piece) => {
      switch (piece.kind) {
        case 'text':
          return escapeHtml(piece.text);
        case 'code':
          return `<code>${escapeHtml(piece.text)}</code>`;
        case 'break':
          return '<br>';
        case 'link':
          return `<a href="${escapeHtml(piece.href)}" rel="noopener noreferrer">${inlineHtml(piece.children)}</a>`;
        default:
          return `<${piece.kind}>${inlineHtml(piece.children)}</${piece.kind}>`;
      }
    })
    .join('');

/** A title with its emphasis. */
export const titleHtml = (title: string): string =>
  titlePieces(title)
    .map(({ kind, text }) =>
      kind === 'text' ? escapeHtml(text) : `<${kind}>${escapeHtml(text)}</${kind}>`,
    )
    .join('');
