/** How far a recording is on its way: said by the extension's background to its own pages. */

export interface HandOverStatus {
  recordingId: string;
  /** `broken`: the app's page went away on the way; it goes on there where it was. */
  phase: 'running' | 'done' | 'stopped' | 'broken';
  /** 0 to 1. */
  fraction: number;
}

const receiver = 'hand-over';

export function tellHandOver(status: HandOverStatus): void {
  chrome.runtime.sendMessage({ to: receiver, status }).catch(() => {
    // No page of ours is open.
  });
}

export function onHandOver(listener: (status: HandOverStatus) => void): () => void {
  const receive = (message: { to?: string; status?: HandOverStatus }) => {
    if (message.to === receiver && message.status) listener(message.status);
    return false;
  };
  chrome.runtime.onMessage.addListener(receive);
  return () => chrome.runtime.onMessage.removeListener(receive);
}
