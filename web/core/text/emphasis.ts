/**
 * Emphasis in titles: `**Invite**` is strong and `*Role*` emphasised, as in Markdown; everything else stays
 * the text that it is. What a control is called stands out from what is done with it.
 */

export interface TitlePiece {
  kind: 'text' | 'strong' | 'em';
  text: string;
}

const marked = /\*\*(\S(?:[^*]*\S)?)\*\*|\*(\S(?:[^*]*\S)?)\*/g;

export function titlePieces(title: string): TitlePiece[] {
  const pieces: TitlePiece[] = [];
  let from = 0;
  for (const match of title.matchAll(marked)) {
    if (match.index > from) pieces.push({ kind: 'text', text: title.slice(from, match.index) });
    const [whole, strong, em] = match;
    pieces.push(
      strong !== undefined ? { kind: 'strong', text: strong } : { kind: 'em', text: em! },
    );
    from = match.index + whole.length;
  }
  if (from < title.length) pieces.push({ kind: 'text', text: title.slice(from) });
  return pieces;
}

export const plainTitle = (title: string): string =>
  titlePieces(title)
    .map(({ text }) => text)
    .join('');
