/** Mails as plain text and as HTML, from the same few paragraphs. */
import type { Mail } from './mailer.ts';

export interface Letter {
  subject: string;
  /** Plain sentences. What a person typed may be in them: it is escaped here. */
  paragraphs: readonly string[];
  /** The one thing to press. */
  link?: { label: string; address: string };
  /** Said below the link. */
  after?: readonly string[];
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign]!);

/** What a person typed becomes one line: no link, header or paragraph of their own. */
export const oneLine = (text: string) =>
  text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(0, 100);

const styles = {
  body: 'margin:0;padding:32px 16px;font:16px/1.5 system-ui,sans-serif;color:#1d1d1f;background:#fff',
  box: 'max-width:520px;margin:0 auto',
  link: 'display:inline-block;padding:10px 18px;border-radius:8px;background:#1d1d1f;color:#fff;text-decoration:none',
};

export function compose(to: string, letter: Letter): Mail {
  const { link } = letter;
  const text = [
    ...letter.paragraphs,
    ...(link ? [`${link.label}:\n${link.address}`] : []),
    ...(letter.after ?? []),
  ];
  const paragraph = (content: string) => `<p>${escapeHtml(content)}</p>`;
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"></head>',
    `<body style="${styles.body}"><div style="${styles.box}">`,
    ...letter.paragraphs.map(paragraph),
    link
      ? `<p><a style="${styles.link}" href="${escapeHtml(link.address)}">${escapeHtml(link.label)}</a></p>`
      : '',
    ...(letter.after ?? []).map(paragraph),
    '</div></body></html>',
  ];
  return { to, subject: oneLine(letter.subject), text: text.join('\n\n'), html: html.join('\n') };
}
