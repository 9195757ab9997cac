import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import { adoptDrafts, newProject } from '../core/edits/create.ts';
import { setSection } from '../core/edits/steps.ts';
import type { SpeechEvidence, StepDraft } from '../core/evidence.ts';
import { sourceRange, type SourceRange } from '../core/time.ts';
import { EditorSession } from '../state/EditorSession.svelte.ts';
import { makeWav, storeRecording } from '../state/playback/test-clip.ts';
import { database } from '../storage/database.ts';
import { recordingFolder, remove } from '../storage/opfs.ts';
import Workplace from './Workplace.svelte';

const duration = 20;
const text = 'Open the menu and choose settings. Then press the blue button and wait for it.'.split(
  ' ',
);
let session: EditorSession;

const found = (start: number, end: number, confidence = 0.9) => ({
  ...sourceRange(start, end),
  confidence,
});
const speech: SpeechEvidence = {
  model: 'test',
  language: 'en',
  words: text.map((word, i) => ({ ...found(i, i + 0.6), text: word })),
  fillers: [{ ...found(2.65, 2.95), text: 'um', signals: ['aligned'] }],
  silences: [found(15, 18), found(5.6, 6.0)],
  disfluencies: [{ ...found(8, 9.6), kind: 'repeat', text: 'press the' }],
  speech: [],
};
const draft = (start: number, end: number, title: string): StepDraft => ({
  ...sourceRange(start, end),
  title,
  text: 'Then press the blue button.',
  claim: 'said',
  stills: [],
  interaction: null,
});

beforeEach(async () => {
  const recording = await storeRecording(await makeWav(duration), duration, {
    video: false,
    audio: true,
  });
  await database.recordings.add(recording);
  const row = { recordingId: recording.id, version: 1, variant: '' };
  const drafts = [draft(0, 6.5, 'Open settings'), draft(6.5, duration, 'Press the button')];
  await database.evidence.bulkPut([
    { ...row, stage: 'speech', data: speech },
    { ...row, stage: 'steps', data: drafts },
  ]);
  const project = newProject(recording, crypto.randomUUID(), 0);
  await database.projects.add(adoptDrafts(drafts)(project));
  session = await EditorSession.open(recording.id);
  await page.viewport(1280, 800);
  await render(Workplace, { session });
});
afterEach(async () => {
  const { id } = session.editor.recording;
  await session.close();
  await remove(recordingFolder(id));
  await Promise.all([
    database.recordings.delete(id),
    database.evidence.where('recordingId').equals(id).delete(),
    database.projects.where('recordingId').equals(id).delete(),
  ]);
});

const word = (name: string) => page.getByText(name, { exact: true });
const transcript = () => page.getByRole('application', { name: 'Transcript' });
const keptSeconds = () => Math.round(session.editor.timeMap.duration * 100) / 100;
const within = (a: SourceRange, b: { start: number; end: number }) =>
  a.start <= b.start && a.end >= b.end;
// The filler, and the long pause but for what is left standing of it.
const atFirst = duration - 0.3 - (3 - 0.24);

test('words are selected by mouse and keyboard, cut, and brought back by undo', async () => {
  expect(keptSeconds()).toBeCloseTo(atFirst, 2);
  await word('menu').click();
  expect(session.player.sourceTime).toBeCloseTo(2, 1);
  await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}');
  const before = session.editor.project;
  await userEvent.keyboard('{Delete}');
  const [cut] = session.editor.project.cuts;
  // "menu", the filler after it, and "and".
  expect(cut && within(cut, { start: 2, end: 3.6 })).toBe(true);
  expect(cut!.end).toBeLessThan(4);
  await expect.element(word('and').first()).toHaveClass('cut');
  // The same key on what is cut brings it back.
  await userEvent.keyboard('{Delete}');
  expect(session.editor.project.cuts).toHaveLength(0);
  await userEvent.keyboard('{Control>}zz{/Control}');
  expect(session.editor.project).toBe(before);
});

test('a drag selects across steps and the bar cuts', async () => {
  await userEvent.dragAndDrop(word('choose'), word('press'));
  expect(session.selection.range?.start).toBeCloseTo(4);
  expect(session.selection.range!.end).toBeGreaterThan(7.6);
  await page.getByRole('button', { name: 'Cut', exact: true }).first().click();
  expect(session.editor.project.cuts[0]).toMatchObject({ start: 4, reason: 'words' });
});

test('chips keep and remove one by one, buttons all of a kind in one undo', async () => {
  await page.getByRole('button', { name: 'Filler “um”, removed' }).click();
  expect(keptSeconds()).toBeCloseTo(atFirst + 0.3, 2);
  await page.getByRole('button', { name: 'Remove 1 filler (−0.3 s)' }).click();
  expect(keptSeconds()).toBeCloseTo(atFirst, 2);
  await page.getByRole('button', { name: '1 pause shortened −2.8 s' }).click();
  expect(keptSeconds()).toBeCloseTo(atFirst + 2.76, 2);
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(keptSeconds()).toBeCloseTo(atFirst, 2);
  await page.getByRole('button', { name: 'Said twice? press the, kept' }).click();
  expect(session.editor.cuts.map((c) => c.reason)).toContain('disfluency');
});

test('the slider for pauses is one undo, however far it was dragged', async () => {
  const slider = page.getByRole('slider', { name: 'Shorten pauses longer than' });
  const before = session.editor.project;
  const input = slider.element() as HTMLInputElement;
  for (const value of ['0.5', '0.4', '0.3']) {
    input.value = value;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }
  input.dispatchEvent(new Event('change', { bubbles: true }));
  expect(session.editor.cuts.filter((c) => c.reason === 'silence')).toHaveLength(2);
  session.editor.undo();
  expect(session.editor.project).toBe(before);
});

test('a word is corrected in place and found again', async () => {
  await word('blue').dblClick();
  await userEvent.keyboard('green{Enter}');
  await expect.element(word('green')).toBeVisible();
  expect(session.editor.project.steps[1]!.text).toBe('Then press the green button.');
  expect(session.editor.findings!.words[9]).toMatchObject({ text: 'blue', start: 9 });
  await userEvent.keyboard('{Control>}f{/Control}');
  await userEvent.keyboard('the green');
  await expect.element(page.getByText('1 of 1')).toBeVisible();
  expect(session.selection.tokens).toHaveLength(2);
  await userEvent.keyboard('{Escape}');
  await expect.element(transcript()).toHaveFocus();
});

test('steps: typed title is one undo, split at a word, reorder by keys, delete and bring back', async () => {
  await userEvent.keyboard('2');
  // The inspector beside the page has the fields of the selected step as well.
  const title = page.getByRole('article').getByRole('textbox', { name: 'Title of the step' });
  await title.first().click();
  await userEvent.keyboard('{Control>}a{/Control}Find settings');
  await title.last().click();
  expect(session.editor.project.steps[0]).toMatchObject({
    title: 'Find settings',
    claim: 'written',
  });
  await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
  expect(session.editor.project.steps.map((s) => s.title)).toEqual([
    'Press the button',
    'Find settings',
  ]);
  session.editor.undo();
  session.editor.undo();
  expect(session.editor.project.steps.map((s) => s.title)).toEqual([
    'Open settings',
    'Press the button',
  ]);
  session.player.seekSource(session.editor.findings!.words[10]!.start);
  await page.getByRole('article').last().getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Split at the playhead' }).click();
  expect(session.editor.project.steps.map((s) => s.text)).toEqual([
    'Then press the blue button.',
    'Then press the blue',
    'button.',
  ]);
});

test('the timeline is driven by keys: set a range, cut it, play the result', async () => {
  session.player.seek(0);
  document.querySelector<HTMLElement>('.box')!.focus();
  await userEvent.keyboard('i');
  session.player.seekSource(session.editor.findings!.words[2]!.start);
  await userEvent.keyboard('o{Delete}');
  expect(session.editor.project.cuts[0]).toMatchObject({ start: 0, end: 2, reason: 'range' });
  await userEvent.keyboard(' ');
  await vi.waitFor(
    () => expect(session.player.playing && session.player.time > 0.8).toBe(true),
    8000,
  );
  await userEvent.keyboard(' ');
  expect(session.player.playing).toBe(false);
  expect(session.player.skipped[0]).toMatchObject({ from: 2.65, to: 2.95 });
});

test('the heading of a part is written, taken away and brought back, in the text and in the article', async () => {
  const second = session.editor.project.steps[1]!;
  session.editor.edit(setSection(second.id, 'Settings'));
  // In the article it stands in the details of the step as well.
  const heading = () => page.getByRole('textbox', { name: 'Heading of this part' }).first();
  await heading().fill('Preferences');
  expect(session.editor.project.steps[1]!.section).toBe('Preferences');
  await page.getByRole('radio', { name: 'Article' }).click();
  await expect.element(heading()).toHaveValue('Preferences');
  await page.getByRole('button', { name: 'Remove the heading of this part' }).first().click();
  await expect.element(heading()).not.toBeInTheDocument();
  expect(session.editor.project.steps[1]!.section).toBeNull();
  session.editor.undo();
  await expect.element(heading()).toHaveValue('Preferences');
  session.editor.undo();
  await expect.element(heading()).toHaveValue('Settings');
});
