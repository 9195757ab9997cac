/** Brings the script into the pages that are recorded, tells it what to hide, and takes it out again. */
import { AppError } from '../../web/core/errors.ts';
import type { RedactionRules } from '../../web/core/redaction.ts';
import type { PageMessage, PageSetup } from '../messages.ts';
import type { scope as pageScope } from '../content/scope.ts';

/** Where the worker is ended meanwhile, the pages still find what they were told. */
const setupKey = 'page-setup';
const contentScript = 'watch';
const contentFile = 'content.js';
const everywhere = { origins: ['<all_urls>'] };
/** Milliseconds after which nobody waits for a page any more: it may be asleep, or its dialog open. */
const patience = 2000;

interface StoredSetup extends PageSetup {
  /** The tab to record: the only one where the person gave access to no other. */
  tabId: number;
}

const isNeeded = ({ steps, redaction }: PageSetup) => steps || redaction !== null;

export async function pageSetup(): Promise<StoredSetup | null> {
  const { [setupKey]: setup } = await chrome.storage.session.get(setupKey);
  return (setup as StoredSetup | undefined) ?? null;
}

/** Resolves when the pages that are open are watched, and what they must not show is hidden. Throws `pages-refused`. */
export async function watchPages(setup: StoredSetup): Promise<void> {
  const isEverywhere = await chrome.permissions.contains(everywhere);
  // A page that could not be covered would be recorded as it is.
  if (setup.redaction && !isEverywhere) throw new AppError('pages-refused');
  await chrome.storage.session.set({ [setupKey]: setup });
  if (!isNeeded(setup)) return;
  if (!isEverywhere) {
    followTab();
    return inject(setup.tabId, setup);
  }
  await chrome.scripting.registerContentScripts([
    {
      id: contentScript,
      js: [contentFile],
      matches: everywhere.origins,
      allFrames: true,
      matchOriginAsFallback: true,
      runAt: 'document_start',
      persistAcrossSessions: false,
    },
  ]);
  const tabs = await chrome.tabs.query({});
  await Promise.all(tabs.map(({ id }) => id !== undefined && inject(id, setup)));
}

/** Tells it to every frame that is watched; where none was, begins to. */
export async function changeRules(redaction: RedactionRules | null): Promise<void> {
  const before = await pageSetup();
  if (!before || JSON.stringify(before.redaction) === JSON.stringify(redaction)) return;
  const setup = { ...before, redaction };
  if (!isNeeded(before)) return watchPages(setup);
  await chrome.storage.session.set({ [setupKey]: setup });
  await tellPages({ to: 'page', setup });
}

export async function unwatchPages(): Promise<void> {
  chrome.tabs.onUpdated.removeListener(onUpdated);
  await chrome.storage.session.remove(setupKey);
  const registered = await chrome.scripting.getRegisteredContentScripts({ ids: [contentScript] });
  if (registered.length > 0)
    await chrome.scripting.unregisterContentScripts({ ids: [contentScript] });
  await tellPages({ to: 'page', stop: true });
}

async function tellPages(message: PageMessage): Promise<void> {
  const tabs = await chrome.tabs.query({});
  await Promise.all(
    tabs.map(
      async ({ id }) =>
        // Most have nobody to listen.
        id !== undefined && chrome.tabs.sendMessage(id, message).catch(() => undefined),
    ),
  );
}

/** Pages that no extension may look into (the browser's own, its store) are recorded as they are. */
async function inject(tabId: number, setup: PageSetup): Promise<void> {
  const target = { tabId, allFrames: true };
  const injected = chrome.scripting
    .executeScript({
      target,
      injectImmediately: true,
      // So that the script need not ask, and has hidden everything when it has run.
      func: (setup: PageSetup) => {
        (globalThis as unknown as typeof pageScope).cairnSetup = setup;
      },
      args: [setup],
    })
    .then(() =>
      chrome.scripting.executeScript({ target, injectImmediately: true, files: [contentFile] }),
    )
    .catch(() => undefined);
  await Promise.race([injected, new Promise((resolve) => setTimeout(resolve, patience))]);
}

/** Without access to all pages nothing is registered: the tab is looked into again after each navigation. */
function followTab(): void {
  if (!chrome.tabs.onUpdated.hasListener(onUpdated)) chrome.tabs.onUpdated.addListener(onUpdated);
}

const onUpdated = (tabId: number, { status }: { status?: string }) =>
  void (async () => {
    const setup = status === 'loading' ? await pageSetup() : null;
    if (setup?.tabId === tabId) await inject(tabId, setup);
  })();

// This worker may have been ended in the middle of a recording.
void (async () => {
  const setup = await pageSetup();
  if (setup && isNeeded(setup) && !(await chrome.permissions.contains(everywhere))) followTab();
})();
