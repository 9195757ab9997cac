/** The panel's side of a recording: what the person chose, and what the recorder says. */
import { completeChoices, defaultChoices, type Choices } from '../../web/recorder/choices.ts';
import { fromEnvelope, isAbort } from '../../web/core/errors.ts';
import { defaultRedaction, noRedaction } from '../../web/core/redaction.ts';
import { messages } from '../../web/ui/messages/index.ts';
import { onHandOver, type HandOverStatus } from '../../web/transfer/hand-over/status.ts';
import { ask, idleState, onState, type RecorderState } from '../messages.ts';

const choicesKey = 'choices';
const everywhere = { origins: ['<all_urls>'] };

export class Panel {
  choices = $state<Choices>({ ...defaultChoices });
  #state = $state.raw<RecorderState>(idleState);
  #isStarting = $state(false);
  #handOver = $state.raw<HandOverStatus | null>(null);
  #error = $state.raw<unknown>(null);

  get state(): RecorderState {
    return this.#state;
  }

  /** Between the press and the recorder's first word. */
  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** How far a recording is on its way to the web app. */
  get handOver(): HandOverStatus | null {
    return this.#handOver;
  }

  get error(): unknown {
    const { error } = this.#state;
    return this.#error ?? (error && fromEnvelope(error));
  }

  /** Reads what was kept and follows the recorder. Returns what stops it. */
  open(): () => void {
    void chrome.storage.local
      .get(choicesKey)
      .then((kept) => (this.choices = completeChoices(kept[choicesKey])));
    void ask('recorder', 'state', undefined).then(
      (state) => (this.#state = state),
      () => undefined, // No recorder yet.
    );
    const unfollow = onHandOver((status) => (this.#handOver = status));
    const unlisten = onState((state) => (this.#state = state));
    return () => {
      unfollow();
      unlisten();
    };
  }

  /** From the press of the button: the browser grants pages and tabs for a gesture only. */
  async start(): Promise<void> {
    const choices = $state.snapshot(this.choices);
    this.#error = null;
    this.#isStarting = true;
    try {
      const watch = choices.steps && (await this.#mayWatch());
      const tabId = await tabBeside();
      await chrome.storage.local.set({ [choicesKey]: choices });
      await ask('background', 'prepare', {
        watch,
        tabId,
        setup: {
          nonce: crypto.randomUUID(),
          text: choices.typed,
          redaction: choices.hide ? defaultRedaction : noRedaction,
        },
      });
      const started = ask('recorder', 'start', {
        surface: choices.surface,
        tabId,
        streamId: choices.surface === 'tab' ? await tabStream(tabId) : null,
        microphone: choices.microphone || null,
        camera: choices.camera || null,
        sound: choices.sound,
        countdown: choices.countdown ? 3 : 0,
        name: messages.recorder.untitled(
          new Date().toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }),
        ),
      });
      await started;
    } catch (error) {
      if (!isAbort(error)) this.#error = error;
    } finally {
      this.#isStarting = false;
    }
  }

  pause = () => void ask('recorder', 'pause', undefined);
  resume = () => void ask('recorder', 'resume', undefined);
  stop = () => void ask('recorder', 'stop', undefined).catch(() => undefined);
  // What goes wrong is in the recorder's state.
  restart = () => void ask('recorder', 'restart', undefined).catch(() => undefined);
  discard = () => void ask('recorder', 'discard', undefined);
  rename = (key: string, title: string) => void ask('recorder', 'renameStep', { key, title });
  remove = (key: string) => void ask('recorder', 'removeStep', key);

  again = () => {
    this.#error = null;
    void ask('recorder', 'close', undefined).catch(() => (this.#state = idleState));
  };

  /** The same pages serve the app: the recording is there already. */
  openRecording(id: string): void {
    void chrome.tabs.create({ url: chrome.runtime.getURL(`index.html#/edit/${id}/new`) });
  }

  openInWebApp(id: string): void {
    void ask('background', 'handOver', id).catch((error: unknown) => (this.#error = error));
  }

  stopHandOver(id: string): void {
    void ask('background', 'stopHandOver', id).catch((error: unknown) => (this.#error = error));
  }

  openLibrary(): void {
    void chrome.tabs.create({ url: chrome.runtime.getURL('index.html') });
  }

  /** A panel cannot show the browser's question; a tab can. */
  allow = (kind: 'microphone' | 'camera') => {
    void chrome.tabs.create({
      url: chrome.runtime.getURL(`sidepanel/permission.html?kind=${kind}`),
    });
  };

  /** Everywhere, where the person agrees; else the tab lent by the click on the icon. */
  async #mayWatch(): Promise<boolean> {
    if (await chrome.permissions.contains(everywhere)) return true;
    await chrome.permissions.request(everywhere).catch(() => false);
    return true;
  }
}

/** The tab that the panel stands beside; in a window of its own the address says which (`?tab=`). */
async function tabBeside(): Promise<number> {
  const named = Number(new URLSearchParams(location.search).get('tab'));
  if (named) return named;
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab?.id ?? chrome.tabs.TAB_ID_NONE;
}

/** Null where the tab was not lent to the extension or is one of the browser's own: its picker then asks. */
const tabStream = (targetTabId: number): Promise<string | null> =>
  chrome.tabCapture.getMediaStreamId({ targetTabId }).catch(() => null);
