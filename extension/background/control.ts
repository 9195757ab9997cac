/** The small control: a window of its own, so that no recording of a tab or of another window has it in it. */

const windowKey = 'control';
const size = { width: 300, height: 132 };

let opening: Promise<void> | null = null;

/** Opens it without taking the keyboard away from the page, or brings it to the front. */
export const openControl = (): Promise<void> =>
  (opening ??= openOne().finally(() => (opening = null)));

async function openOne(): Promise<void> {
  const { [windowKey]: known } = await chrome.storage.session.get(windowKey);
  if (typeof known === 'number') {
    const front = await chrome.windows
      .update(known, { drawAttention: true, state: 'normal' })
      .catch(() => null); // The person has closed it.
    if (front) return;
  }
  const opened = await chrome.windows.create({
    url: 'control/index.html',
    type: 'popup',
    focused: false,
    ...size,
  });
  await chrome.storage.session.set({ [windowKey]: opened?.id });
}
