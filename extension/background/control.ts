/** The small control: a window of its own, so that no recording of a tab or of another window has it in it. */

const windowKey = 'control';
const size = { width: 300, height: 132 };
const margin = 24;

let opening: Promise<void> | null = null;

/** Opens it, or brings it to the front. */
export const openControl = (): Promise<void> =>
  (opening ??= openOne().finally(() => (opening = null)));

async function openOne(): Promise<void> {
  const { [windowKey]: known } = await chrome.storage.session.get(windowKey);
  if (typeof known === 'number') {
    const front = await chrome.windows
      .update(known, { focused: true, state: 'normal' })
      .catch(() => null); // The person has closed it.
    if (front) return;
  }
  const window = { url: 'control/index.html', type: 'popup', ...size } as const;
  const opened = await chrome.windows
    .create({ ...window, ...(await corner()) })
    // The corner may be off the screen; the browser then chooses the place.
    .catch(() => chrome.windows.create(window));
  await chrome.storage.session.set({ [windowKey]: opened?.id });
}

/** Inside the lower right corner of the window that is looked at. */
async function corner(): Promise<{ left?: number; top?: number }> {
  const found = await chrome.windows.getLastFocused({ windowTypes: ['normal'] }).catch(() => null);
  const { left, top, width, height } = found ?? {};
  if (left === undefined || top === undefined || !width || !height) return {};
  return {
    left: Math.max(0, left + width - size.width - margin),
    top: Math.max(0, top + height - size.height - margin),
  };
}
