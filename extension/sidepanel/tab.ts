/** The tab that the panel stands beside. */

/** In a window of its own the address says which (`?tab=`). */
export async function tabBeside(): Promise<number> {
  const named = Number(new URLSearchParams(location.search).get('tab'));
  if (named) return named;
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? chrome.tabs.TAB_ID_NONE;
}

/** Null where the tab was not lent to the extension or is one of the browser's own: its picker then asks. */
export const tabStream = (targetTabId: number): Promise<string | null> =>
  chrome.tabCapture.getMediaStreamId({ targetTabId }).catch(() => null);
