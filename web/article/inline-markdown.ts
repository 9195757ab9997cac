/** Inline Markdown of a step's text as pieces to show: strong, emphasis, code, links. */
export interface Piece {
  kind: 'text' | 'strong' | 'em' | 'code' | 'link';
  text: string;
  /** Only for links, and only http, https and mailto. */
  href?: string;
}

const pattern =
  /`([^`\n]+)`|\*\*([^*\n]+)\*\*|(?<![\w*])[*_](?!\s)([^*_\n]+)(?<!\s)[*_](?![\w*])|\[([^\]\n]+)\]\(([^)\s]+)\)/g;

export function inlinePieces(paragraph: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of paragraph.matchAll(pattern)) {
    if (match.index > from) pieces.push({ kind: 'text', text: paragraph.slice(from, match.index) });
    const [whole, code, strong, em, label, href] = match;
    if (code !== undefined) pieces.push({ kind: 'code', text: code });
    else if (strong !== undefined) pieces.push({ kind: 'strong', text: strong });
    else if (em !== undefined) pieces.push({ kind: 'em', text: em });
    else if (label !== undefined && /^(https?:|mailto:)/i.test(href ?? '')) {
      pieces.push({ kind: 'link', text: label, href: href! });
    } else pieces.push({ kind: 'text', text: whole });
    from = match.index + whole.length;
  }
  if (from < paragraph.length) pieces.push({ kind: 'text', text: paragraph.slice(from) });
  return pieces;
}

export const paragraphsOf = (text: string): string[] =>
  text
    .split(/\n\s*\n/)
    .map((p) => p.trim())
    .filter(Boolean);
