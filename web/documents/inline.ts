/**
 * The inline Markdown of steps, read by marked and reduced to what every format can show: strong,
 * emphasis, code, links and line breaks. Raw HTML stays the text that it is, images become their
 * alternative text, and links lead to http, https or mailto only.
 */
import { Lexer, type MarkedToken, type Token } from 'marked';

export type Inline =
  | { kind: 'text' | 'code'; text: string }
  | { kind: 'strong' | 'em'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'break' };

export function parseInline(markdown: string): Inline[] {
  return Lexer.lexInline(markdown).flatMap((token) => read(token as MarkedToken));
}

const readAll = (tokens: Token[] | undefined) =>
  (tokens ?? []).flatMap((t) => read(t as MarkedToken));

function read(token: MarkedToken): Inline[] {
  switch (token.type) {
    case 'strong':
    case 'em':
      return [{ kind: token.type, children: readAll(token.tokens) }];
    case 'codespan':
      return [{ kind: 'code', text: token.text }];
    case 'br':
      return [{ kind: 'break' }];
    case 'link': {
      const href = safeHref(token.href);
      const children = readAll(token.tokens);
      return href === null ? children : [{ kind: 'link', href, children }];
    }
    case 'del':
      return readAll(token.tokens);
    case 'image':
    case 'escape':
      return [{ kind: 'text', text: token.text }];
    case 'text':
      return [{ kind: 'text', text: token.text.replace(/\s*\n\s*/g, ' ') }];
    default:
      return [{ kind: 'text', text: token.raw }];
  }
}

const allowed = new Set(['http:', 'https:', 'mailto:']);

/** The address in normal form, or null when it is none of http, https and mailto. */
export function safeHref(href: string): string | null {
  if (!URL.canParse(href)) return null;
  const url = new URL(href);
  return allowed.has(url.protocol) ? url.href : null;
}

export const plainText = (pieces: readonly Inline[]): string =>
  pieces
    .map((piece) => {
      if (piece.kind === 'break') return '\n';
      return 'children' in piece ? plainText(piece.children) : piece.text;
    })
    .join('');
