/** Which screen is shown. The address is the state: a reload, a bookmark and the back button work. */

export type Route =
  | { screen: 'library' }
  | { screen: 'settings' }
  | { screen: 'record' }
  /** Takes over a recording from the extension; what is behind the hash says from where. */
  | { screen: 'receive' }
  /** `isNew`: it was recorded just now, so its analysis begins by itself. */
  | { screen: 'edit'; recordingId: string; isNew?: boolean }
  | { screen: 'headless' }
  /** Signing in, the account and workspaces; web/account reads the rest of the path. */
  | { screen: 'account'; path: string }
  | { screen: 'missing' };

const accountScreens = ['account', 'workspaces', 'join', 'sign-in'];

export function parseRoute(path: string): Route {
  const [first, second, ...rest] = path.split('/').filter(Boolean);
  if (first === 'edit' && second && rest[0] === 'new' && rest.length === 1)
    return { screen: 'edit', recordingId: decodeURIComponent(second), isNew: true };
  if (first && accountScreens.includes(first)) return { screen: 'account', path };
  if (rest.length > 0) return { screen: 'missing' };
  if (first === undefined) return { screen: 'library' };
  if (first === 'edit' && second)
    return { screen: 'edit', recordingId: decodeURIComponent(second) };
  if (second === undefined && first === 'settings') return { screen: 'settings' };
  if (second === undefined && first === 'record') return { screen: 'record' };
  if (second === undefined && first === 'receive') return { screen: 'receive' };
  if (second === undefined && first === 'headless') return { screen: 'headless' };
  return { screen: 'missing' };
}

export const editPath = (recordingId: string) => `/edit/${encodeURIComponent(recordingId)}`;
export const newRecordingPath = (recordingId: string) => `${editPath(recordingId)}/new`;

/** Pages of an extension have no server that answers for every path: there the path stands behind the hash. */
const usesHash = location.protocol === 'chrome-extension:';

/** Pages of an extension have no edge at their own origin: accounts are in the web app. */
export const accountsReachable = !usesHash;

const currentPath = () => (usesHash ? location.hash.slice(1) || '/' : location.pathname);

/** The address that shows a path of the app, for links that leave this page. */
export const addressOf = (path: string) => (usesHash ? `/index.html#${path}` : path);

/** Leaves everything and begins anew at the library. */
export function startOver(): void {
  location.assign(addressOf('/'));
  // Another hash alone loads nothing.
  if (usesHash) location.reload();
}

export class Router {
  #route = $state.raw<Route>(parseRoute(currentPath()));

  get route(): Route {
    return this.#route;
  }

  go(path: string, { replace = false } = {}): void {
    if (replace) history.replaceState(null, '', addressOf(path));
    else if (path !== currentPath()) history.pushState(null, '', addressOf(path));
    this.#route = parseRoute(path);
  }

  /** Follows the back button and links inside the app. Returns what stops it. */
  listen(): () => void {
    const onPop = () => (this.#route = parseRoute(currentPath()));
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || link.target || link.hasAttribute('download')) return;
      const address = new URL(link.href, location.href);
      if (address.origin !== location.origin || address.protocol === 'blob:') return;
      if (parseRoute(address.pathname).screen === 'missing') return;
      event.preventDefault();
      this.go(address.pathname);
    };
    addEventListener('popstate', onPop);
    addEventListener('click', onClick);
    return () => {
      removeEventListener('popstate', onPop);
      removeEventListener('click', onClick);
    };
  }
}

export const router = new Router();
