/** The extension's own pages serve the app: a recording is there already. */
export const editorAddress = (recordingId: string): string =>
  chrome.runtime.getURL(`index.html#/edit/${recordingId}/new`);
