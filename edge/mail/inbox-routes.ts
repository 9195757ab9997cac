/** /dev/inbox: the mails of a local installation, in a page. Anywhere else the page does not exist. */
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import { createMiddleware } from 'hono/factory';
import type { AppContext } from '../app-types.ts';
import { isLocalHost, isLocalMode } from '../auth/settings.ts';
import { capturedMails, type CapturedMail } from './capture.ts';
import { escapeHtml } from './compose.ts';

/** In local mode, and asked for by a local name: no other site can have its name lead here. */
const localOnly = createMiddleware<AppContext>(async (context, next) => {
  const isLocal = isLocalMode(context.env) && isLocalHost(new URL(context.req.url).hostname);
  if (!isLocal) return context.notFound();
  context.header('Cache-Control', 'no-store');
  await next();
});

const style = `
  :root { color-scheme: light dark; }
  body { margin: 0 auto; max-width: 760px; padding: 40px 20px; font: 15px/1.5 system-ui, sans-serif; }
  h1 { font-size: 20px; font-weight: 600; }
  details { border-top: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
  details:last-of-type { border-bottom: 1px solid color-mix(in srgb, currentColor 18%, transparent); }
  summary { display: flex; gap: 16px; padding: 12px 0; cursor: pointer; list-style: none; }
  summary:focus-visible { outline: 2px solid currentColor; border-radius: 4px; }
  summary b { flex: 1; font-weight: 500; }
  summary span, summary time, p { opacity: 0.7; font-variant-numeric: tabular-nums; }
  pre { margin: 0; padding: 4px 0 12px; white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
  iframe { width: 100%; height: 420px; border: 0; border-radius: 8px; background: #fff; margin-bottom: 16px; }
  a { color: inherit; }
`;

/** Addresses in the text as links. */
const linked = (text: string) =>
  escapeHtml(text).replace(
    /https?:\/\/[^\s<]+/g,
    (address) => `<a href="${address}">${address}</a>`,
  );

const time = (at: number) => new Date(at).toISOString().slice(11, 19);

const mailOf = (mail: CapturedMail, isOpen: boolean) => html`
  <details ${isOpen ? raw('open') : ''}>
    <summary>
      <b>${mail.subject}</b><span>${mail.to}</span
      ><time datetime="${new Date(mail.at).toISOString()}">${time(mail.at)}</time>
    </summary>
    <pre>${raw(linked(mail.text))}</pre>
    <iframe sandbox="" title="As HTML" srcdoc="${mail.html}"></iframe>
  </details>
`;

export const inboxRoutes = new Hono<AppContext>()
  .get('/', localOnly, async (context) => {
    const mails = await capturedMails(context.env);
    return context.html(html`
      <!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width" />
          <title>Inbox</title>
          <style>
            ${raw(style)}
          </style>
        </head>
        <body>
          <h1>Inbox</h1>
          <p>
            ${
              mails.length === 0
                ? 'No mail yet. What this installation sends is shown here and goes nowhere else.'
                : 'What this installation sends is shown here and goes nowhere else.'
            }
          </p>
          ${mails.map((mail, i) => mailOf(mail, i === 0))}
        </body>
      </html>
    `);
  })
  .get('/mails', localOnly, async (context) =>
    context.json({ mails: await capturedMails(context.env, context.req.query('to')) }),
  );
