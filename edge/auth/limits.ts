/**
 * How often something may be tried. Counted in the database, so that it holds over all isolates;
 * `subject` is hashed, so that no address of a person or a machine is kept.
 */
import type { Env } from '../env.ts';
import { sha256 } from './random.ts';

export interface Limit {
  /** Tries in a window. */
  most: number;
  windowMs: number;
}

export interface Taken {
  allowed: boolean;
  /** Tries so far in this window, this one among them. */
  count: number;
  /** Seconds until the window ends. */
  retryAfter: number;
}

const minute = 60_000;

export const limits = {
  /** Wrong passwords for one account from one address … */
  passwordByAccountAndAddress: { most: 10, windowMs: 15 * minute },
  /** … from one address while the account is under attack from many … */
  passwordUnderAttack: { most: 3, windowMs: 15 * minute },
  /** … and from a browser that this account was signed in with before. */
  passwordByDevice: { most: 10, windowMs: 15 * minute },
  /** Wrong passwords for one account from everywhere: what counts as an attack. Locks nobody out. */
  passwordByAccount: { most: 50, windowMs: 60 * minute },
  /** Wrong passwords from one address for any account. An office may share one. */
  passwordByAddress: { most: 100, windowMs: 15 * minute },
  /** Wrong codes: only who has the first factor comes here. */
  codeByAccount: { most: 20, windowMs: 60 * minute },
  codeByDevice: { most: 10, windowMs: 15 * minute },
  /** The mail that tells of wrong codes. */
  wrongCodesMail: { most: 1, windowMs: 24 * 60 * minute },
  /** Mails to one address: nobody's inbox is flooded. */
  mailByAccount: { most: 5, windowMs: 60 * minute },
  mailByAddress: { most: 30, windowMs: 60 * minute },
  signUpByAddress: { most: 30, windowMs: 60 * minute },
  tokenByAddress: { most: 60, windowMs: 15 * minute },
  passkeyByAddress: { most: 60, windowMs: 15 * minute },
  /** Steps of sign-ons through workspaces' own providers. An office may share one address. */
  signOnByAddress: { most: 600, windowMs: 15 * minute },
  /** Wrong operator tokens, each of which is a line in the audit log. */
  operatorByAddress: { most: 60, windowMs: 15 * minute },
  confirmByPerson: { most: 10, windowMs: 15 * minute },
} as const satisfies Record<string, Limit>;
export type LimitName = keyof typeof limits;

/** What an address counts as: an IPv6 network of 64 bits is one customer. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const zeros = address.includes('::') ? Array(Math.max(0, 8 - before.length - after.length)) : [];
  const groups = [...before, ...zeros.fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

const keyOf = (name: LimitName, subject: readonly string[]) =>
  sha256([name, ...subject].join('\n'));

const windowOf = (limit: Limit, now: number) => now - (now % limit.windowMs);

/** Counts one try, in one statement, so that many at once cannot slip through. */
export async function take(
  env: Env,
  name: LimitName,
  subject: readonly string[],
  now = Date.now(),
): Promise<Taken> {
  const limit = limits[name];
  const start = windowOf(limit, now);
  const end = start + limit.windowMs;
  const row = await env.DB.prepare(
    `insert into attempts (subject, window_start, count, expires_at) values (?, ?, 1, ?)
     on conflict (subject, window_start) do update set count = count + 1 returning count`,
  )
    .bind(await keyOf(name, subject), start, end)
    .first<{ count: number }>();
  const count = row?.count ?? 1;
  return { allowed: count <= limit.most, count, retryAfter: Math.ceil((end - now) / 1000) };
}

/** Tries counted so far, without counting one. */
export async function tried(
  env: Env,
  name: LimitName,
  subject: readonly string[],
  now = Date.now(),
): Promise<number> {
  const row = await env.DB.prepare(
    'select count from attempts where subject = ? and window_start = ?',
  )
    .bind(await keyOf(name, subject), windowOf(limits[name], now))
    .first<{ count: number }>();
  return row?.count ?? 0;
}

/** Gives a try back: it was a good one. */
export async function giveBack(
  env: Env,
  name: LimitName,
  subject: readonly string[],
  now = Date.now(),
): Promise<void> {
  await env.DB.prepare(
    'update attempts set count = max(0, count - 1) where subject = ? and window_start = ?',
  )
    .bind(await keyOf(name, subject), windowOf(limits[name], now))
    .run();
}

/** Begins to count anew. */
export async function forget(env: Env, name: LimitName, subject: readonly string[]): Promise<void> {
  await env.DB.prepare('delete from attempts where subject = ?')
    .bind(await keyOf(name, subject))
    .run();
}
