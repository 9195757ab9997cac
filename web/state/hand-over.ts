/** Inside the extension: a recording can be opened in the web app as well. */
export const canHandOver = location.protocol === 'chrome-extension:';

/** The extension's background opens the web app in a tab, which then fetches the recording. */
export function openInWebApp(recordingId: string): void {
  const message = { to: 'background', call: 'handOver', input: recordingId };
  chrome.runtime
    .sendMessage(message)
    .catch((error: unknown) => console.error('the web app could not be opened', error));
}
