/** The service worker: opens panel and recorder, brings scripts into pages, shows the badge. Ended and started by the browser at will, so it keeps nothing in memory that matters. */
import { plainAddress, redactAddress } from '../../web/capture/page/address.ts';
import { noRedaction, redactText } from '../../web/core/redaction.ts';
import { rulesOf } from '../../web/core/redaction-list.ts';
import { storedRedactionList } from '../../web/storage/redaction.ts';
import { answer, ask, onState, type RecorderState } from '../messages.ts';
import { openControl } from './control.ts';
import { handOver, stopHandOver } from './hand-over.ts';
import { changeRules, pageSetup, unwatchPages, watchPages } from './pages.ts';

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

answer('background', {
  async prepare({ steps, text, tabId }) {
    await openRecorder();
    await unwatchPages();
    const redaction = rulesOf(await storedRedactionList());
    await watchPages({ nonce: crypto.randomUUID(), redaction, steps, text, tabId });
  },
  release: unwatchPages,
  rulesChanged: async () => changeRules(rulesOf(await storedRedactionList())),
  pageSetup,
  openControl,
  handOver,
  stopHandOver,
});

chrome.tabs.onActivated.addListener(({ tabId }) => void onTab(tabId));

async function onTab(tabId: number): Promise<void> {
  const setup = await pageSetup();
  if (!setup?.steps || !(await hasRecorder())) return;
  const rules = setup.redaction ?? noRedaction;
  // Title and address come only where the person gave access.
  const { title = '', url = '' } = await chrome.tabs.get(tabId);
  await ask('recorder', 'tabChanged', {
    title: redactText(title, rules),
    url: redactAddress(plainAddress(url), rules),
  }).catch(() => undefined);
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
