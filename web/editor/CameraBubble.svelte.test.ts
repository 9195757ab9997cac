import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import { bubbleIn, cameraFile } from '../core/camera.ts';
import { newProject } from '../core/edits/create.ts';
import { EditorSession } from '../state/EditorSession.svelte.ts';
import { makeWebm, storeRecording } from '../state/playback/test-clip.ts';
import { database } from '../storage/database.ts';
import { recordingFolder, remove } from '../storage/opfs.ts';
import Workplace from './Workplace.svelte';

const duration = 4;
let session: EditorSession;

beforeEach(async () => {
  const camera = { data: await makeWebm(duration), start: 0, end: duration };
  const has = { video: true, audio: true };
  const recording = await storeRecording(await makeWebm(duration), duration, has, camera);
  await database.recordings.add(recording);
  await database.projects.add(newProject(recording, crypto.randomUUID(), 0));
  session = await EditorSession.open(recording.id);
  await page.viewport(1280, 800);
  await render(Workplace, { session });
  await expect.element(bubble()).toBeVisible();
});
afterEach(async () => {
  const { id } = session.editor.recording;
  await session.close();
  await remove(recordingFolder(id));
  await Promise.all([
    database.recordings.delete(id),
    database.projects.where('recordingId').equals(id).delete(),
  ]);
});

const bubble = () => page.getByRole('application', { name: 'Camera picture' });
const choice = () => session.editor.project.camera;
const box = () => bubble().element().getBoundingClientRect();
const stage = () => page.getByLabelText('Player').getByRole('application').element().parentElement!;
/** From where the pointer is pressed to where it is let go. */
function drag(element: Element, by: { x: number; y: number }) {
  const { left, top, width, height } = element.getBoundingClientRect();
  const from = { x: left + width / 2, y: top + height / 2 };
  const fire = (type: string, at: { x: number; y: number }) =>
    element.dispatchEvent(
      new PointerEvent(type, {
        ...{ pointerId: 1, button: 0, buttons: 1, bubbles: true },
        clientX: at.x,
        clientY: at.y,
      }),
    );
  // A pointer that was never pressed cannot be captured.
  vi.spyOn(Element.prototype, 'setPointerCapture').mockImplementation(() => undefined);
  fire('pointerdown', from);
  for (const share of [0.3, 0.7, 1])
    fire('pointermove', { x: from.x + by.x * share, y: from.y + by.y * share });
  fire('pointerup', { x: from.x + by.x, y: from.y + by.y });
}

test('it lies where the export draws it, and is dragged and resized as one mark each', async () => {
  const { video } = cameraFile(session.editor.recording)!;
  const agrees = () => {
    const frame = stage().getBoundingClientRect();
    const wanted = bubbleIn(choice(), frame, video);
    const { left, top, width, height } = box();
    return [left - frame.left - wanted.x, top - frame.top - wanted.y, width - wanted.width]
      .concat(height - wanted.height)
      .every((difference) => Math.abs(difference) < 1);
  };
  expect(agrees()).toBe(true);
  const before = box();
  drag(bubble().element(), { x: -120, y: -60 });
  await vi.waitFor(() => expect(Math.abs(box().left - (before.left - 120))).toBeLessThan(1.5));
  expect(Math.abs(box().top - (before.top - 60))).toBeLessThan(1.5);
  expect(agrees()).toBe(true);

  const right = box().right;
  const handle = bubble().element().querySelector('[data-x="0"][data-y="0"]')!;
  drag(handle, { x: -40, y: -40 });
  await vi.waitFor(() => expect(box().width).toBeGreaterThan(before.width + 25));
  expect(Math.abs(box().right - right)).toBeLessThan(1.5);
  expect(agrees()).toBe(true);

  session.editor.undo();
  session.editor.undo();
  expect(choice()).toMatchObject({ x: 1, y: 1, size: 0.24 });
  expect(session.editor.canUndo).toBe(false);
});

test('by keyboard it is moved, resized, hidden and brought back', async () => {
  (bubble().element() as HTMLElement).focus();
  await userEvent.keyboard('{Shift>}{ArrowLeft}{/Shift}{ArrowUp}+');
  expect(choice().y).toBeLessThan(1);
  expect(choice().x).toBeLessThan(0.95);
  expect(choice().size).toBeCloseTo(0.26);
  await userEvent.keyboard('{Delete}');
  expect(choice().visible).toBe(false);
  await expect.element(bubble()).not.toBeInTheDocument();
  await page.getByRole('complementary').getByRole('switch', { name: 'Show the camera' }).click();
  await expect.element(bubble()).toBeVisible();
  session.editor.undo();
  session.editor.undo();
  await expect.element(bubble()).toBeVisible();
  expect(choice().size).toBeCloseTo(0.26);
});

test('it is left out of a selected stretch, and shown there again', async () => {
  session.selection.selectRange(1, 2);
  await page.getByRole('button', { name: 'Hide the camera here' }).click();
  expect(choice().hidden).toEqual([{ start: 1, end: 2 }]);
  session.player.seek(1.5);
  // Hidden from everybody, but its canvas stays: playing on must not stutter.
  await expect.element(bubble()).not.toBeInTheDocument();
  await page.getByRole('button', { name: 'Show the camera here' }).click();
  await expect.element(bubble()).toBeVisible();
});
