/** The panel's side of a recording: what the person chose, and what the recorder says. */
import { completeChoices, defaultChoices, type Choices } from '../../web/recorder/choices.ts';
import { fromEnvelope, isAbort } from '../../web/core/errors.ts';
import { messages } from '../../web/ui/messages/index.ts';
import { onHandOver, type HandOverStatus } from '../../web/transfer/hand-over/status.ts';
import { Redaction } from '../../web/redaction/Redaction.svelte.ts';
import { editorAddress } from '../editor-address.ts';
import { ask, idleState, onState, panelPort, type RecorderState } from '../messages.ts';
import { askForPages } from './access.ts';
import { Picking } from './Picking.svelte.ts';
import { tabBeside, tabStream } from './tab.ts';

const choicesKey = 'choices';

export class Panel {
  readonly redaction = new Redaction();
  readonly picking = new Picking((element) => this.redaction.putElement(element));
  choices = $state<Choices>({ ...defaultChoices });
  #state = $state.raw<RecorderState>(idleState);
  #isStarting = $state(false);
  #handOver = $state.raw<HandOverStatus | null>(null);
  #error = $state.raw<unknown>(null);
  #keys = $state.raw<Record<string, string>>({});
  #port: chrome.runtime.Port | null = null;

  /** The person's shortcuts, by the name of the command; empty where there is none. */
  get keys(): Readonly<Record<string, string>> {
    return this.#keys;
  }

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
      (state) => this.#follow(state),
      () => undefined, // No recorder yet.
    );
    void chrome.commands
      .getAll()
      .then(
        (all) =>
          (this.#keys = Object.fromEntries(
            all.map(({ name, shortcut }) => [name ?? '', shortcut ?? '']),
          )),
      );
    const undo = [
      this.redaction.open(),
      onHandOver((status) => (this.#handOver = status)),
      onState((state) => this.#follow(state)),
      () => this.picking.stop(),
    ];
    return () => undo.forEach((each) => each());
  }

  #follow(state: RecorderState): void {
    this.#state = state;
    if (state.phase === 'idle' || this.#port) return;
    // So that the recorder knows when nobody can press its buttons any more.
    this.#port = chrome.runtime.connect({ name: panelPort });
    this.#port.onDisconnect.addListener(() => (this.#port = null));
  }

  /** From the press of the button: the browser grants pages and tabs for a gesture only. */
  async start(): Promise<void> {
    const choices = $state.snapshot(this.choices);
    this.#error = null;
    this.#isStarting = true;
    try {
      // Where it is refused, steps come from the tab that the click on the icon lent; hiding needs all pages.
      if (choices.steps || this.redaction.list.on) await askForPages();
      const tabId = await tabBeside();
      await chrome.storage.local.set({ [choicesKey]: choices });
      await ask('background', 'prepare', { steps: choices.steps, text: choices.typed, tabId });
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
  mute = (muted: boolean) => void ask('recorder', 'mute', muted);
  small = () => void ask('background', 'openControl', undefined).catch(() => undefined);
  discard = () => void ask('recorder', 'discard', undefined);
  rename = (key: string, title: string) => void ask('recorder', 'renameStep', { key, title });
  remove = (key: string) => void ask('recorder', 'removeStep', key);

  again = () => {
    this.#error = null;
    void ask('recorder', 'close', undefined).catch(() => (this.#state = idleState));
  };

  openRecording(id: string): void {
    void chrome.tabs.create({ url: editorAddress(id) });
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
}
