/**
 * What the extension's parts say to each other. Four of them: the side panel (what a person sees), the
 * background (tabs, badge, shortcuts; the browser may end it at any time), the recorder (an offscreen
 * document that holds the streams and outlives the panel) and the scripts in the pages recorded.
 */
import { fromEnvelope, toEnvelope, type ErrorEnvelope } from '../web/core/errors.ts';
import type { Sources } from '../web/capture/open-streams.ts';
import type { PageEvent } from '../web/capture/page/page-event.ts';
import type { RedactionRules } from '../web/core/redaction.ts';
import type { ListedElement } from '../web/core/redaction-list.ts';

export type Phase =
  'idle' | 'countdown' | 'recording' | 'paused' | 'finishing' | 'finished' | 'failed';

export interface RecordingOptions extends Sources {
  /** Of the tab to record; also the one whose clicks count, where the whole window is recorded. */
  tabId: number;
  /** Seconds; 0 for none. */
  countdown: number;
  name: string;
}

export interface LiveStep {
  key: string;
  title: string;
  /** Source seconds. */
  time: number;
  /** A small picture of the moment, as a data address; null until it is made. */
  picture: string | null;
}

export interface RecorderState {
  phase: Phase;
  /** Recorded so far; pauses left out. */
  seconds: number;
  /** Seconds left of the countdown. */
  countdown: number;
  /** Minutes that the storage lasts; null while there is plenty. */
  minutesLeft: number | null;
  steps: LiveStep[];
  /** Codes of what happened on the way, as in a recording. */
  notices: string[];
  /** Whether the microphone is silent; null without one. */
  muted: boolean | null;
  /** What is in the picture; null before that is known. */
  surface: 'tab' | 'window' | 'screen' | null;
  /** Of the finished recording. */
  recordingId: string | null;
  error: ErrorEnvelope | null;
}

/** What the pages' scripts are told when they begin, and again when it changes. */
export interface PageSetup {
  /** Which of the frames of a tab speak to each other. */
  nonce: string;
  /** Null hides nothing. */
  redaction: RedactionRules | null;
  /** Whether what is done is noted. */
  steps: boolean;
  /** Whether what is typed may be kept. */
  text: boolean;
}

/** To the scripts in pages. */
export type PageMessage = { to: 'page' } & ({ stop: true } | { setup: PageSetup });

/** Name of the port by which a page's frame tells the panel what was picked in it, or null when it was broken off. */
export const pickPort = 'pick';
export type PickedElement = ListedElement | null;

/** Name of the port by which the recorder knows that a panel is open. */
export const panelPort = 'panel';

/** Calls by receiver. Each takes one value and gives one. */
export interface Calls {
  recorder: {
    state(): RecorderState;
    start(options: RecordingOptions): void;
    pause(): void;
    resume(): void;
    stop(): void;
    restart(): void;
    mute(muted: boolean): void;
    discard(): void;
    /** Ends the finished or failed state. */
    close(): void;
    renameStep(change: { key: string; title: string }): void;
    removeStep(key: string): void;
    pageEvent(event: PageEvent): void;
    tabChanged(tab: { title: string; url: string }): void;
  };
  background: {
    /** Opens the recorder; notes and hides in the pages what was chosen, where the person allowed it. */
    prepare(pages: { steps: boolean; text: boolean; tabId: number }): void;
    /** The list of what to hide has changed: tells it to the pages of a running recording. */
    rulesChanged(): void;
    /** Opens the small control, or brings it to the front. */
    openControl(): void;
    /** Stops watching. */
    release(): void;
    pageSetup(): PageSetup | null;
    /** Opens the web app and gives it this recording. */
    handOver(recordingId: string): void;
    stopHandOver(recordingId: string): void;
  };
}

type Receiver = keyof Calls;
type Input<F> = F extends (input: infer I) => unknown ? I : void;
type Output<F> = F extends (...input: never[]) => infer O ? O : never;

interface Message {
  to: Receiver;
  call: string;
  input: unknown;
}

/** Asks another part. Rejects with its AppError, and when nobody is there. */
export async function ask<R extends Receiver, C extends keyof Calls[R] & string>(
  to: R,
  call: C,
  input: Input<Calls[R][C]>,
): Promise<Output<Calls[R][C]>> {
  const message: Message = { to, call, input };
  const answer = (await chrome.runtime.sendMessage(message)) as
    { result: Output<Calls[R][C]> } | { error: ErrorEnvelope } | undefined;
  if (!answer) throw new Error(`no ${to} answered ${call}`);
  if ('error' in answer) throw fromEnvelope(answer.error);
  return answer.result;
}

/** Answers for one receiver. `sender` says which tab and frame asks. */
export type Served<R extends Receiver> = {
  [C in keyof Calls[R]]: (
    input: Input<Calls[R][C]>,
    sender: chrome.runtime.MessageSender,
  ) => Output<Calls[R][C]> | Promise<Output<Calls[R][C]>>;
};

export function answer<R extends Receiver>(receiver: R, methods: Served<R>): void {
  chrome.runtime.onMessage.addListener((message: Message, sender, reply) => {
    if (message.to !== receiver || sender.id !== chrome.runtime.id) return false;
    const method = methods[message.call as keyof Calls[R]] as
      ((input: unknown, sender: chrome.runtime.MessageSender) => unknown) | undefined;
    void (async () => {
      try {
        if (!method) throw new Error(`no call ${message.call}`);
        reply({ result: await method(message.input, sender) });
      } catch (error) {
        reply({ error: toEnvelope(error) });
      }
    })();
    return true;
  });
}

/** The recorder tells its state to whoever listens: the panel and the background. */
export function publishState(state: RecorderState): void {
  chrome.runtime.sendMessage({ to: 'listeners', state }).catch(() => {
    // Nobody listens: the panel is closed and the background asleep.
  });
}

export function onState(listener: (state: RecorderState) => void): () => void {
  const receive = (message: { to: string; state?: RecorderState }) => {
    if (message.to === 'listeners' && message.state) listener(message.state);
    return false;
  };
  chrome.runtime.onMessage.addListener(receive);
  return () => chrome.runtime.onMessage.removeListener(receive);
}

export const idleState: RecorderState = {
  phase: 'idle',
  seconds: 0,
  countdown: 0,
  minutesLeft: null,
  steps: [],
  notices: [],
  muted: null,
  surface: null,
  recordingId: null,
  error: null,
};
