/** Everything one open recording needs on screen: project, player, pictures, selection. */
import { createContext } from 'svelte';
import { cutRange, restoreRange } from '../core/edits/cuts.ts';
import { locateWord, textWords } from '../core/edits/locate-word.ts';
import { addStep, splitStep } from '../core/edits/steps.ts';
import { wordText } from '../core/edits/words.ts';
import { sourceTime, subtractRanges, type SourceTime } from '../core/time.ts';
import { isInside } from '../core/transcript.ts';
import { Editor, newId } from './Editor.svelte.ts';
import { FrameImages } from './FrameImages.ts';
import { Player } from './Player.svelte.ts';
import { Selection } from './Selection.svelte.ts';

export type View = 'preview' | 'article' | 'video';

export class EditorSession {
  readonly editor: Editor;
  readonly player: Player;
  readonly frames: FrameImages;
  readonly selection: Selection;
  view = $state<View>('preview');
  /** Cut text is left out of the transcript rather than struck through. */
  hideCut = $state(false);
  readonly #stop: () => void;

  static async open(recordingId: string): Promise<EditorSession> {
    return new EditorSession(await Editor.open(recordingId));
  }

  constructor(editor: Editor) {
    this.editor = editor;
    this.player = new Player(editor.recording);
    this.frames = new FrameImages(editor.recording);
    this.selection = new Selection(editor);
    this.#stop = $effect.root(() => {
      $effect(() => this.player.setMap(editor.timeMap));
      $effect(() => this.player.setSound(editor.evidence.sound ?? null, editor.project.sound));
    });
    void this.player.load();
  }

  /** Whether all that is selected is cut already. */
  readonly isSelectionCut = $derived.by(() => {
    const { range } = this.selection;
    if (!range) return false;
    return subtractRanges(range, this.editor.cutRanges).every((r) => r.end - r.start < 0.1);
  });

  cutSelection(): boolean {
    const { range, current } = this.selection;
    if (!range || current.kind === 'step') return false;
    const reason = current.kind === 'tokens' ? 'words' : 'range';
    return this.editor.edit(cutRange(range, reason, newId()));
  }

  restoreSelection(): boolean {
    const { range } = this.selection;
    return range !== null && this.editor.edit(restoreRange(range, this.editor.findings));
  }

  playSelection(): void {
    const { range } = this.selection;
    if (!range) return;
    this.player.seekSource(range.start);
    this.player.play();
  }

  /** Cuts a step in two at a moment. Returns the new step's id, or null when no step is there. */
  splitAt(time: SourceTime): string | null {
    const { project, findings } = this.editor;
    const step = project.steps.find((s) => time > s.start + 0.05 && time < s.end - 0.05);
    if (!step) return null;
    const words = (findings?.words ?? []).filter((w) => w.end > step.start && w.start < step.end);
    const index = words.findIndex((w) => (w.start + w.end) / 2 >= time);
    const texts = words.map((w) => wordText(project, w));
    const place = index < 0 ? null : locateWord(step.text, texts, index);
    const places = textWords(step.text);
    const share = (time - step.start) / (step.end - step.start);
    const offset =
      place?.start ?? places[Math.round(share * places.length)]?.start ?? step.text.length;
    const id = newId();
    const newTitle = firstWords(step.text.slice(offset));
    const edit = splitStep(step.id, { at: time, textOffset: offset, newId: id, newTitle });
    return this.editor.edit(edit) ? id : null;
  }

  /** A step that begins at a moment: splits the step that is there, or adds one to the next. */
  addStepAt(time: SourceTime, title: string): string | null {
    const parted = this.splitAt(time);
    if (parted) return parted;
    const { project, recording, cutRanges } = this.editor;
    if (project.steps.some((s) => Math.abs(s.start - time) < 0.05)) return null;
    const next = project.steps.filter((s) => s.start > time).sort((a, b) => a.start - b.start)[0];
    const still =
      this.player.hasPicture && !isInside(cutRanges, time) ? { time, alt: title } : null;
    const id = newId();
    const step = {
      id,
      start: time,
      end: next?.start ?? recording.duration,
      title,
      text: '',
      claim: 'written' as const,
      still,
      stillChoices: still ? [time] : [],
      interaction: null,
    };
    return this.editor.edit(addStep(step)) ? id : null;
  }

  get playhead(): SourceTime {
    return sourceTime(this.player.sourceTime);
  }

  async close(): Promise<void> {
    this.#stop();
    this.frames.close();
    await Promise.all([this.player.close(), this.editor.close()]);
  }
}

/** A working title out of what is said: its first few words. */
function firstWords(text: string): string {
  const words = text.trim().split(/\s+/).slice(0, 6).join(' ');
  return words.replace(/[.,;:!?…]+$/, '');
}

export const [getSession, setSession] = createContext<EditorSession>();
