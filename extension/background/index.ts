/** The service worker: opens panel and recorder, brings scripts into pages, shows the badge. Ended and started by the browser at will, so it keeps nothing in memory that matters. */
import { answer, ask, onState, type PageSetup, type RecorderState } from '../messages.ts';
import { handOver, stopHandOver } from './hand-over.ts';

const contentScript = 'watch';
const contentFile = 'content.js';

chrome.action.onClicked.addListener((tab) => {
  // In the same turn as the click: the browser opens the panel for a gesture only. The click also
  // lends the tab to the extension (activeTab), which opening the panel by itself would not.
  void chrome.sidePanel.open({ windowId: tab.windowId });
});

chrome.commands.onCommand.addListener((command, tab) => {
  void onShortcut(command, tab);
});

async function onShortcut(command: string, tab?: chrome.tabs.Tab): Promise<void> {
  const state = await currentState();
  const isRunning = state?.phase === 'recording' || state?.phase === 'paused';
  if (command === 'pause' && state && isRunning) {
    await ask('recorder', state.phase === 'paused' ? 'resume' : 'pause', undefined);
  } else if (command === 'record') {
    if (isRunning) await ask('recorder', 'stop', undefined);
    else if (tab?.windowId !== undefined) await chrome.sidePanel.open({ windowId: tab.windowId });
  }
}

const currentState = async (): Promise<RecorderState | null> =>
  (await hasRecorder()) ? ask('recorder', 'state', undefined).catch(() => null) : null;

async function hasRecorder(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({
    contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT],
  });
  return contexts.length > 0;
}

let opening: Promise<void> | null = null;

/** One recorder, however often it is asked for. */
async function openRecorder(): Promise<void> {
  if (await hasRecorder()) return;
  opening ??= chrome.offscreen
    .createDocument({
      url: 'offscreen/index.html',
      reasons: [chrome.offscreen.Reason.DISPLAY_MEDIA, chrome.offscreen.Reason.USER_MEDIA],
      justification:
        'Records the screen, the microphone and the camera while you work in other tabs.',
    })
    .finally(() => (opening = null));
  await opening;
}

/** Where the worker is ended meanwhile, the pages still find what they were told. */
const setupKey = 'page-setup';

answer('background', {
  async prepare({ watch, setup, tabId }) {
    await openRecorder();
    await release();
    if (!watch) return;
    await chrome.storage.session.set({ [setupKey]: setup });
    const everywhere = await chrome.permissions.contains({ origins: ['<all_urls>'] });
    if (everywhere) {
      await chrome.scripting.registerContentScripts([
        {
          id: contentScript,
          js: [contentFile],
          matches: ['<all_urls>'],
          allFrames: true,
          matchOriginAsFallback: true,
          runAt: 'document_start',
          persistAcrossSessions: false,
        },
      ]);
    }
    const tabs = everywhere ? await chrome.tabs.query({}) : [];
    const ids = everywhere ? tabs.map(({ id }) => id) : [tabId];
    await Promise.all(ids.map((id) => (id === undefined ? null : inject(id))));
  },
  release,
  handOver,
  stopHandOver,
  async pageSetup() {
    const { [setupKey]: setup } = await chrome.storage.session.get(setupKey);
    return (setup as PageSetup | undefined) ?? null;
  },
});

/** Pages that no extension may look into (the browser's own, its store) are recorded without steps. */
async function inject(tabId: number): Promise<void> {
  await chrome.scripting
    .executeScript({ target: { tabId, allFrames: true }, files: [contentFile] })
    .catch(() => undefined);
}

async function release(): Promise<void> {
  await chrome.storage.session.remove(setupKey);
  const registered = await chrome.scripting.getRegisteredContentScripts({ ids: [contentScript] });
  if (registered.length > 0)
    await chrome.scripting.unregisterContentScripts({ ids: [contentScript] });
  // Scripts already in pages stop by themselves when they are told.
  const tabs = await chrome.tabs.query({});
  await Promise.all(
    tabs.map(({ id }) =>
      id === undefined
        ? null
        : chrome.tabs.sendMessage(id, { to: 'page', stop: true }).catch(() => undefined),
    ),
  );
}

chrome.tabs.onActivated.addListener(({ tabId }) => void onTab(tabId));

async function onTab(tabId: number): Promise<void> {
  const { [setupKey]: setup } = await chrome.storage.session.get(setupKey);
  if (!setup || !(await hasRecorder())) return;
  // Title and address come only where the person gave access.
  const { title = '', url = '' } = await chrome.tabs.get(tabId);
  await ask('recorder', 'tabChanged', { title, url }).catch(() => undefined);
}

onState((state) => void showBadge(state));

async function showBadge({ phase, countdown }: RecorderState): Promise<void> {
  const text =
    phase === 'countdown'
      ? String(countdown)
      : phase === 'recording'
        ? 'REC'
        : phase === 'paused'
          ? '❚❚'
          : phase === 'failed'
            ? '!'
            : '';
  await chrome.action.setBadgeText({ text });
  await chrome.action.setBadgeBackgroundColor({
    color: phase === 'paused' ? '#8a6d1d' : '#c0322b',
  });
  await chrome.action.setBadgeTextColor({ color: '#ffffff' });
}
