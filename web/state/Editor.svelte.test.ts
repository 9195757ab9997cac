import Dexie from 'dexie';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { setCamera } from '../core/edits/camera.ts';
import { cutRange } from '../core/edits/cuts.ts';
import { setTitle } from '../core/edits/edit.ts';
import type { Recording } from '../core/recording.ts';
import { sourceRange, sourceTime } from '../core/time.ts';
import { CairnDatabase } from '../storage/database.ts';
import { Editor } from './Editor.svelte.ts';

let database: CairnDatabase;
let open: Editor[] = [];
let recording: Recording;

beforeEach(async () => {
  database = new CairnDatabase(`test-${crypto.randomUUID()}`);
  recording = {
    id: crypto.randomUUID(),
    name: 'Talk',
    createdAt: 0,
    source: 'upload',
    duration: sourceTime(60),
    size: 1,
    fingerprint: '',
    files: [],
    voiceTrack: 0,
    interactions: [],
    notices: [],
  };
  await database.recordings.add(recording);
});
afterEach(async () => {
  await Promise.all(open.map((editor) => editor.close()));
  open = [];
  await database.delete();
});

async function openEditor(): Promise<Editor> {
  const editor = await Editor.open(recording.id, database);
  open.push(editor);
  return editor;
}
const stored = () => database.projects.where('recordingId').equals(recording.id).toArray();
const cut = (start: number, end: number) => cutRange(sourceRange(start, end), 'range', `${start}`);

describe('Editor', () => {
  test('an edit is on disk within a second, without being asked', async () => {
    const editor = await openEditor();
    const began = performance.now();
    editor.edit(setTitle('Second title'));
    // Typing on and on must not put the saving off for ever.
    const typing = setInterval(() => editor.edit(setTitle(`${performance.now()}`), 'title'), 40);
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1), { interval: 20 });
    clearInterval(typing);
    expect(performance.now() - began).toBeLessThan(1000);
    await editor.flush();
    expect((await stored())[0]!.title).toBe(editor.project.title);
  });

  test('cuts reach the time map, undo brings back the very same project', async () => {
    const editor = await openEditor();
    const before = editor.project;
    editor.edit(cut(10, 20));
    expect(editor.timeMap.duration).toBeCloseTo(50);
    editor.edit(setTitle('a'), 'title');
    const map = editor.timeMap;
    editor.edit(setTitle('ab'), 'title');
    editor.endGesture();
    expect(editor.timeMap).toBe(map);
    editor.undo();
    editor.undo();
    expect(editor.project).toBe(before);
    expect(editor.canUndo).toBe(false);
    editor.redo();
    expect(editor.timeMap.duration).toBeCloseTo(50);
  });

  test('a reopened project is the one that was left', async () => {
    const first = await openEditor();
    first.edit(cut(5, 6));
    await first.close();
    const second = await openEditor();
    expect(second.project.cuts).toEqual(first.project.cuts);
    expect(second.project.id).toBe(first.project.id);
  });

  test('the second editor looks on, follows, and takes over without losing an edit', async () => {
    const first = await openEditor();
    const second = await openEditor();
    expect([first.readOnly, second.readOnly]).toEqual([false, true]);
    expect(second.edit(cut(1, 2))).toBe(false);
    first.edit(setTitle('Followed'));
    await vi.waitFor(() => expect(second.project.title).toBe('Followed'));
    first.edit(setTitle('Last moment'));
    await second.takeOver();
    expect([first.readOnly, second.readOnly]).toEqual([true, false]);
    expect(second.project.title).toBe('Last moment');
    second.edit(cut(3, 4));
    await vi.waitFor(() => expect(first.project.cuts).toHaveLength(1));
    await second.close();
    await vi.waitFor(() => expect(first.readOnly).toBe(false));
  });

  test('steps found later are taken over once and stay deleted', async () => {
    const editor = await openEditor();
    editor.edit(setTitle('Begun early'));
    await editor.flush();
    const draft = {
      ...sourceRange(0, 10),
      title: 'Open the page',
      text: 'Text',
      claim: 'said' as const,
      stills: [],
      interaction: null,
    };
    const row = { recordingId: recording.id, stage: 'steps' as const, version: 1, variant: '' };
    await database.evidence.put({ ...row, data: [draft] });
    await vi.waitFor(() => expect(editor.project.steps).toHaveLength(1));
    editor.edit((p) => ({ ...p, steps: [] }));
    await editor.close();
    const again = await openEditor();
    await new Promise((r) => setTimeout(r, 300));
    flushSync();
    expect(again.project.steps).toHaveLength(0);
  });

  test('a missing recording and a newer project are told apart', async () => {
    await expect(Editor.open('nowhere', database)).rejects.toMatchObject({
      code: 'recording-missing',
    });
    const editor = await openEditor();
    await editor.close();
    await database.projects.put({ ...editor.project, schema: 99 as 2 });
    await expect(Editor.open(recording.id, database)).rejects.toMatchObject({
      code: 'project-newer',
    });
  });

  test('a project of the version before is brought up to date, its decisions untouched', async () => {
    const { name } = database;
    const project = (await openEditor()).project;
    await Promise.all(open.map((editor) => editor.close()));
    open = [];
    await database.delete();
    const old = new Dexie(name);
    old.version(2).stores({
      ...{ recordings: 'id, createdAt, fingerprint', projects: 'id, recordingId' },
      ...{ evidence: '[recordingId+stage], recordingId', settings: 'key' },
      ...{ checkpoints: '[recordingId+stage], recordingId', scripts: 'recordingId' },
      trash: 'recordingId',
    });
    await old.table('recordings').add(recording);
    const { camera: _camera, ...rest } = project;
    const sound = { denoise: false, normalise: true };
    await old.table('projects').add({ ...rest, schema: 1, title: 'From before', sound });
    old.close();

    database = new CairnDatabase(name);
    const editor = await openEditor();
    expect(editor.project).toMatchObject({ schema: 2, title: 'From before', sound });
    expect(editor.project.camera.visible).toBe(false);
    editor.edit(setCamera({ visible: true }));
    await editor.flush();
    expect((await stored())[0]).toMatchObject({ schema: 2, camera: { visible: true } });
  });
});
