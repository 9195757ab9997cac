/** What must outlast a way out of the page and back: where to go, an invitation, a company sign-in. */
import { parseAccountRoute } from './route.ts';

const keys = {
  returnTo: 'cairn-return-to',
  invitation: 'cairn-invitation',
  ticket: 'cairn-sign-on-ticket',
};

/** Only pages of the account: anything else would be an address that somebody made up. */
function isOurs(path: string): boolean {
  const { kind } = parseAccountRoute(path);
  return /^\/(?![/\\])/.test(path) && kind !== 'missing' && kind !== 'door';
}

export function rememberReturn(path: string): void {
  if (isOurs(path)) sessionStorage.setItem(keys.returnTo, path);
}

/** The account when nothing was remembered. */
export function peekReturn(): string {
  const path = sessionStorage.getItem(keys.returnTo);
  return path && isOurs(path) ? path : '/account';
}

/** As `peekReturn`, once. */
export function takeReturn(): string {
  const path = peekReturn();
  sessionStorage.removeItem(keys.returnTo);
  return path;
}

/** In all tabs: the mail that confirms an address opens in a new one. */
export const rememberInvitation = (token: string) => localStorage.setItem(keys.invitation, token);
export const keptInvitation = () => localStorage.getItem(keys.invitation);
export const forgetInvitation = () => localStorage.removeItem(keys.invitation);

export const rememberTicket = (ticket: string) => sessionStorage.setItem(keys.ticket, ticket);
export function takeTicket(): string | null {
  const ticket = sessionStorage.getItem(keys.ticket);
  sessionStorage.removeItem(keys.ticket);
  return ticket;
}

/** The token behind `#`, which is then taken out of the address and the history. */
export function takeToken(): string | null {
  const token = /^#(?:token=)?([0-9a-f]{64})$/.exec(location.hash)?.[1] ?? null;
  if (location.hash) history.replaceState(history.state, '', location.pathname + location.search);
  return token;
}
