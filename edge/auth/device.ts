/**
 * Remembers in a cookie which accounts were fully signed in to in this browser, so that an attack on
 * an account from elsewhere cannot slow its owner down, and a sign-in from a new browser is told.
 */
import type { Context } from 'hono';
import { cookieName, readCookie, writeCookie } from './cookies.ts';
import { randomId, sha256 } from './random.ts';

const name = cookieName('device');
const yearInSeconds = 31_536_000;
const mostAccounts = 8;

export interface Device {
  id: string;
  /** Begin of the hash of each person's id. */
  accounts: readonly string[];
}

const markOf = async (device: string, personId: string) =>
  (await sha256(`${device} ${personId}`)).slice(0, 16);

export async function readDevice(context: Context, secret: string): Promise<Device | null> {
  const [id, ...accounts] = (await readCookie(context, name, secret))?.split('-') ?? [];
  return id ? { id, accounts } : null;
}

export const knows = async (device: Device | null, personId: string | null) =>
  device !== null && device.accounts.includes(await markOf(device.id, personId ?? 'nobody'));

export async function remember(context: Context, secret: string, personId: string) {
  const device = (await readDevice(context, secret)) ?? { id: randomId(), accounts: [] };
  const mark = await markOf(device.id, personId);
  const accounts = [mark, ...device.accounts.filter((other) => other !== mark)];
  const value = [device.id, ...accounts.slice(0, mostAccounts)].join('-');
  await writeCookie(context, name, value, secret, yearInSeconds);
}
