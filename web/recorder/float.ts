/** A window that stays above all others (Document Picture-in-Picture, Chromium 116 and later). */
import { mount, unmount, type Component } from 'svelte';

interface PictureInPicture {
  window: Window | null;
  requestWindow(options: { width: number; height: number }): Promise<Window>;
}
const api = (): PictureInPicture | undefined =>
  (globalThis as { documentPictureInPicture?: PictureInPicture }).documentPictureInPicture;

export const canFloat = (): boolean => api() !== undefined;

/**
 * Shows a component in it. From a press; the browser closes the window with the page it came from.
 *
 * @param onclose called once, also when the person or the browser closes it.
 * @returns what closes it.
 */
export async function float<Props extends Record<string, unknown>>(
  component: Component<Props>,
  { props, onclose, ...size }: { props: Props; width: number; height: number; onclose: () => void },
): Promise<() => void> {
  const view = (await api()!.requestWindow(size)) as Window & typeof globalThis;
  copyStyles(view);
  const shown = mount(component, { target: view.document.body, props });
  view.addEventListener('pagehide', () => {
    void unmount(shown);
    onclose();
  });
  return () => view.close();
}

/** What the browser does when the person leaves a page that uses the microphone or camera (Chromium 120 and later). */
export function setFloatAction(action: (() => void) | null): void {
  try {
    navigator.mediaSession.setActionHandler('enterpictureinpicture' as MediaSessionAction, action);
  } catch (error) {
    // Browsers throw for actions that they do not know: it stays a button.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Sheets of one document cannot be used in another, so their text is taken. */
function copyStyles(view: Window & typeof globalThis): void {
  const { theme } = document.documentElement.dataset;
  if (theme) view.document.documentElement.dataset['theme'] = theme;
  view.document.documentElement.lang = document.documentElement.lang;
  view.document.title = document.title;
  view.document.adoptedStyleSheets = [...document.styleSheets].map((sheet) => {
    const copy = new view.CSSStyleSheet();
    copy.replaceSync([...sheet.cssRules].map((rule) => rule.cssText).join('\n'));
    return copy;
  });
}
