/** Which screen is shown. The address is the state: a reload, a bookmark and the back button work. */

export type Route =
  | { screen: 'library' }
  | { screen: 'settings' }
  | { screen: 'edit'; recordingId: string }
  | { screen: 'headless' }
  | { screen: 'missing' };

export function parseRoute(path: string): Route {
  const [first, second, ...rest] = path.split('/').filter(Boolean);
  if (rest.length > 0) return { screen: 'missing' };
  if (first === undefined) return { screen: 'library' };
  if (first === 'edit' && second)
    return { screen: 'edit', recordingId: decodeURIComponent(second) };
  if (second === undefined && first === 'settings') return { screen: 'settings' };
  if (second === undefined && first === 'headless') return { screen: 'headless' };
  return { screen: 'missing' };
}

export const editPath = (recordingId: string) => `/edit/${encodeURIComponent(recordingId)}`;

export class Router {
  #route = $state.raw<Route>(parseRoute(location.pathname));

  get route(): Route {
    return this.#route;
  }

  go(path: string): void {
    if (path !== location.pathname) history.pushState(null, '', path);
    this.#route = parseRoute(path);
  }

  /** Follows the back button and links inside the app. Returns what stops it. */
  listen(): () => void {
    const onPop = () => (this.#route = parseRoute(location.pathname));
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
