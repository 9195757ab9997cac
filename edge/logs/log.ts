/**
 * Structured logs: one line of JSON each. What may be in them is closed: names of routes, codes,
 * counts, random ids. Never an address of the browser's bar, a body, a header or an error's message,
 * since those hold what people typed.
 */

export type Level = 'info' | 'warn' | 'error';
export type Fields = Record<string, string | number | boolean | null | undefined>;

export function log(level: Level, event: string, fields: Fields = {}): void {
  const line = JSON.stringify({ at: new Date().toISOString(), level, event, ...fields });
  if (level === 'error') console.error(line);
  else if (level === 'warn') console.warn(line);
  // eslint-disable-next-line no-console -- the platform collects logs from the console
  else console.log(line);
}

export interface ErrorShape {
  /** The class of the error, and its code where it has one. */
  name: string;
  /** Where it was thrown, innermost first: functions, files and lines only. */
  frames: string[];
}

const mostFrames = 8;

/** What may be told of an error: its message may hold content (a JSON parser quotes the body), so it stays out. */
export function shapeOf(error: unknown): ErrorShape {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = (error as { code?: unknown }).code;
  // The stack begins with the message, which may itself have lines that look like frames.
  const stack = error.stack ?? '';
  const message = stack.indexOf(error.message);
  const frames = (message < 0 ? '' : stack.slice(message + error.message.length))
    .split('\n')
    .filter((line) => /^\s+at .+:\d+:\d+\)?$/.test(line))
    .slice(0, mostFrames)
    .map((line) => line.trim().replace(/(?:file|https?):\/\/[^)]*\/(?=[^/]+:\d+:\d+)/, ''));
  const isPlain = typeof code === 'string' && /^[a-z][a-z0-9-]{0,60}$/i.test(code);
  return { name: isPlain ? `${error.name} ${code}` : error.name, frames };
}

export function logError(event: string, error: unknown, fields: Fields = {}): void {
  const { name, frames } = shapeOf(error);
  log('error', event, { ...fields, error: name, at_frame: frames[0] });
}
