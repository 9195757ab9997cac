/** The keys of the editor as a whole. Parts that have keys of their own stop them before they get here. */
import { setSound } from '../core/edits/edit.ts';
import type { EditorSession } from '../state/EditorSession.svelte.ts';
import { messages } from '../ui/messages/index.ts';

export interface KeyTargets {
  openFind(): void;
  openShortcuts(): void;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement &&
      !['checkbox', 'radio', 'range', 'button'].includes(target.type)));

const isWidget = (target: EventTarget | null) =>
  target instanceof Element &&
  target.closest('[role="menu"], [role="radiogroup"], dialog, input') !== null;
const isButton = (target: EventTarget | null) =>
  target instanceof Element && target.closest('button, a, [role="button"], summary') !== null;

/** Does what a key stands for; returns whether it stood for something. */
export function handleKey(
  event: KeyboardEvent,
  session: EditorSession,
  targets: KeyTargets,
): boolean {
  if (event.defaultPrevented) return false;
  const { editor } = session;
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase();
    if (key === 'f' && session.view === 'preview') targets.openFind();
    // In a text field these keys are the field's own: the gesture is undone as one once it is left.
    else if (isTyping(event.target)) return false;
    else if ((key === 'z' && event.shiftKey) || key === 'y') editor.redo();
    else if (key === 'z') editor.undo();
    else return false;
    return true;
  }
  if (event.altKey || isTyping(event.target)) return false;
  if (isWidget(event.target)) return false;
  if (isButton(event.target) && (event.key === ' ' || event.key === 'Enter')) return false;
  const action = plainKeys(session, targets)[
    event.key.length === 1 ? event.key.toLowerCase() : event.key
  ];
  if (!action) return false;
  action(event.shiftKey);
  return true;
}

function plainKeys(
  session: EditorSession,
  targets: KeyTargets,
): Record<string, (shift: boolean) => void> {
  const { player, editor, selection } = session;
  const playhead = () => session.playhead;
  const cutOrRestore = () =>
    session.isSelectionCut ? session.restoreSelection() : session.cutSelection();
  return {
    ' ': () => player.toggle(),
    j: () => player.shuttle('j'),
    k: () => player.shuttle('k'),
    l: () => player.shuttle('l'),
    ArrowLeft: (shift) => (shift ? player.seek(player.time - 1) : void player.stepFrame(-1)),
    ArrowRight: (shift) => (shift ? player.seek(player.time + 1) : void player.stepFrame(1)),
    Home: () => player.seek(0),
    End: () => player.seek(player.duration),
    m: () => player.setMuted(!player.muted),
    d: () => editor.edit(setSound({ denoise: !editor.project.sound.denoise })),
    n: () => editor.edit(setSound({ normalise: !editor.project.sound.normalise })),
    i: () =>
      selection.selectRange(
        playhead(),
        later(selection.range?.end, playhead(), editor.recording.duration),
      ),
    o: () => selection.selectRange(earlier(selection.range?.start, playhead()), playhead()),
    s: () => {
      const id = session.addStepAt(playhead(), messages.steps.newTitle);
      if (id) selection.selectStep(id);
    },
    Delete: cutOrRestore,
    Backspace: cutOrRestore,
    Escape: () => selection.clear(),
    '1': () => (session.view = 'preview'),
    '2': () => (session.view = 'article'),
    '3': () => (session.view = 'video'),
    '?': () => targets.openShortcuts(),
  };
}

const later = (time: number | undefined, than: number, otherwise: number) =>
  time !== undefined && time > than ? time : otherwise;
const earlier = (time: number | undefined, than: number) =>
  time !== undefined && time < than ? time : 0;
