/** Access to the pages that are recorded, which the browser asks the person for. */

const everywhere = { origins: ['<all_urls>'] };

/** From a press. Whether every page may be looked into. */
export async function askForPages(): Promise<boolean> {
  if (await chrome.permissions.contains(everywhere)) return true;
  return chrome.permissions.request(everywhere).catch(() => false);
}
