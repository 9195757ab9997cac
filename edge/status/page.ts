/** The status page: plain HTML without scripts, readable while everything else is broken. */
import { html } from 'hono/html';
import type { PartState } from '../health.ts';
import { shownDays, type Part, type StatusDay } from './checks.ts';

const names: Record<Part, string> = {
  database: 'Accounts and workspaces',
  assets: 'The app',
  storage: 'Published files',
};
const sentences: Record<PartState, string> = {
  ok: 'Working',
  failing: 'Not working',
  'not-configured': 'Not in use',
};
const dayLength = 86_400_000;

const style = `
:root { color-scheme: light dark; --ink: #1c1d1f; --quiet: #5e6269; --line: #dcdee2; --page: #fbfbfc;
  --ok: #1a7f4b; --some: #b26a00; --failing: #c0322b; --none: #c9ccd1; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9eaec; --quiet: #a0a5ad; --line: #34373c;
  --page: #17181a; --ok: #4cc38a; --some: #f0a844; --failing: #ff6f66; --none: #44474d; } }
body { margin: 0; padding: 48px 16px; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 640px; margin: 0 auto; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 32px; }
h2 { font-size: 16px; margin: 0; }
section { border-top: 1px solid var(--line); padding: 16px 0; }
header { display: flex; justify-content: space-between; gap: 16px; }
p { margin: 4px 0 0; color: var(--quiet); font-size: 14px; }
.ok { color: var(--ok); } .failing { color: var(--failing); } .not-configured { color: var(--quiet); }
.days { display: flex; gap: 2px; margin-top: 12px; }
.days i { flex: 1; height: 24px; border-radius: 2px; background: var(--none); }
.days .all { background: var(--ok); } .days .some { background: var(--some); }
.days .none { background: var(--failing); }`;

function bar(day: number, found: StatusDay | undefined) {
  const date = new Date(day * dayLength).toISOString().slice(0, 10);
  if (!found) return html`<i title="${date}: not looked at"></i>`;
  const { checks, failures } = found;
  const kind = failures === 0 ? 'all' : failures === checks ? 'none' : 'some';
  return html`<i class="${kind}" title="${date}: ${checks - failures} of ${checks} checks"></i>`;
}

function availability(days: StatusDay[]): string {
  const checks = days.reduce((sum, one) => sum + one.checks, 0);
  const failures = days.reduce((sum, one) => sum + one.failures, 0);
  if (checks === 0) return 'Not looked at yet.';
  // Rounded down: 100 % is said only when every check was good.
  const share = (Math.floor(((checks - failures) / checks) * 10_000) / 100).toFixed(2);
  return `${share} % of ${checks} checks in the last ${shownDays} days.`;
}

export interface Status {
  parts: Record<Part, PartState>;
  days: StatusDay[];
  /** Milliseconds since 1970. */
  now: number;
}

export function statusPage({ parts, days, now }: Status) {
  const today = Math.floor(now / dayLength);
  const shown = Array.from({ length: shownDays }, (_, index) => today - shownDays + 1 + index);
  const isGood = Object.values(parts).every((state) => state !== 'failing');
  const checkedAt = new Date(now).toISOString().slice(0, 16).replace('T', ' ');
  const section = (part: Part) => {
    const own = days.filter((one) => one.part === part);
    return html`<section>
      <header>
        <h2>${names[part]}</h2>
        <span class="${parts[part]}">${sentences[parts[part]]}</span>
      </header>
      ${
        parts[part] === 'not-configured'
          ? ''
          : html`<div class="days" aria-hidden="true">
                ${shown.map((day) =>
                  bar(
                    day,
                    own.find((one) => one.day === day),
                  ),
                )}
              </div>
              <p>${availability(own)}</p>`
      }
    </section>`;
  };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <meta name="robots" content="noindex" />
        <title>Status of Cairn</title>
        <style>
          ${style}
        </style>
      </head>
      <body>
        <main>
          <h1>${isGood ? 'Everything works.' : 'Something does not work.'}</h1>
          ${(['assets', 'database', 'storage'] as const).map(section)}
          <section>
            <p>
              Looked at just now, ${checkedAt} UTC. Recording, editing and exporting need none of
              this once the app has been opened: they happen in your browser.
            </p>
          </section>
        </main>
      </body>
    </html>`;
}
