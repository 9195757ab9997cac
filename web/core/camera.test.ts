import { describe, expect, test } from 'vitest';
import {
  bubbleIn,
  cameraFile,
  cameraShown,
  cornerOf,
  corners,
  defaultCamera,
  placeAt,
  resizeFrom,
} from './camera.ts';
import { hideCameraIn, isCameraHidden, setCamera, showCameraIn } from './edits/camera.ts';
import { newProject } from './edits/create.ts';
import { upgradeProject } from './project-upgrade.ts';
import type { Recording, RecordingFile } from './recording.ts';
import { sourceRange } from './time.ts';

const frame = { width: 1920, height: 1080 };
const camera = { width: 1280, height: 720 };

describe('the bubble', () => {
  test('a circle shows the middle of the camera, and lies in its corner with a gap', () => {
    const bubble = bubbleIn({ ...defaultCamera, size: 0.25 }, frame, camera);
    expect(bubble).toMatchObject({ width: 270, height: 270, radius: 135 });
    expect(bubble.x + bubble.width).toBeCloseTo(1920 - 0.03 * 1080);
    expect(bubble.y + bubble.height).toBeCloseTo(1080 - 0.03 * 1080);
    expect(bubble.crop).toEqual({ x: 280, y: 0, width: 720, height: 720 });
  });

  test('the same at any size of the picture', () => {
    const large = bubbleIn({ ...defaultCamera, x: 0.3, y: 0.6 }, frame, camera);
    const small = bubbleIn(
      { ...defaultCamera, x: 0.3, y: 0.6 },
      { width: 480, height: 270 },
      camera,
    );
    for (const side of ['x', 'y', 'width', 'height', 'radius'] as const)
      expect(small[side] * 4).toBeCloseTo(large[side]);
    expect(small.crop).toEqual(large.crop);
  });

  test('a rounded rectangle has the proportions of the camera, a telephone held upright too', () => {
    const wide = bubbleIn({ ...defaultCamera, shape: 'rounded' }, frame, camera);
    expect(wide.width / wide.height).toBeCloseTo(16 / 9);
    expect(wide.crop).toEqual({ x: 0, y: 0, ...camera });
    const upright = bubbleIn({ ...defaultCamera, shape: 'rounded' }, frame, {
      width: 720,
      height: 1280,
    });
    expect(upright.width / upright.height).toBeCloseTo(3 / 4);
    expect(upright.crop).toEqual({ x: 0, y: 160, width: 720, height: 960 });
  });

  test.each([frame, { width: 400, height: 1200 }, { width: 64, height: 64 }])(
    'never leaves the picture of $width × $height, whatever was decided',
    (picture) => {
      for (const shape of ['circle', 'rounded'] as const)
        for (const size of [-1, 0.05, 0.5, 9])
          for (const at of [-3, 0, 0.5, 1, 7]) {
            const b = bubbleIn({ ...defaultCamera, shape, size, x: at, y: at }, picture, camera);
            expect(b.x).toBeGreaterThanOrEqual(0);
            expect(b.y).toBeGreaterThanOrEqual(0);
            expect(b.x + b.width).toBeLessThanOrEqual(picture.width + 1e-6);
            expect(b.y + b.height).toBeLessThanOrEqual(picture.height + 1e-6);
            expect(b.width).toBeGreaterThan(0);
          }
    },
  );

  test('is put where it was dropped, and in the room where it was dropped outside', () => {
    const place = placeAt({ x: 700, y: 333 }, defaultCamera, frame, camera);
    const bubble = bubbleIn({ ...defaultCamera, ...place }, frame, camera);
    expect(bubble.x).toBeCloseTo(700);
    expect(bubble.y).toBeCloseTo(333);
    expect(placeAt({ x: -500, y: 5000 }, defaultCamera, frame, camera)).toEqual({ x: 0, y: 1 });
  });

  test('is resized with one corner held', () => {
    const choice = { ...defaultCamera, x: 0.4, y: 0.4 };
    const before = bubbleIn(choice, frame, camera);
    const grown = { ...choice, ...resizeFrom({ x: 1, y: 1 }, 0.4, choice, frame, camera) };
    const after = bubbleIn(grown, frame, camera);
    expect(after.height).toBeCloseTo(0.4 * 1080);
    expect(after.x + after.width).toBeCloseTo(before.x + before.width);
    expect(after.y + after.height).toBeCloseTo(before.y + before.height);
  });

  test('corners are known by name', () => {
    expect(cornerOf(corners['top-left'])).toBe('top-left');
    expect(cornerOf({ x: 0.5, y: 0 })).toBeNull();
  });
});

describe('when the camera is shown', () => {
  const there = { start: 0.4, end: 58 };

  test('its first and last frame stand for a moment, and no longer', () => {
    expect(cameraShown(defaultCamera, there, 58.6)).toEqual([sourceRange(0, 58.6)]);
    // It was plugged in late and unplugged early.
    expect(cameraShown(defaultCamera, { start: 20, end: 30 }, 60)).toEqual([sourceRange(20, 31)]);
  });

  test('not where it is hidden, dropped or empty', () => {
    const hidden = [sourceRange(5, 9), sourceRange(50, 70)];
    expect(cameraShown({ visible: true, hidden }, there, 60)).toEqual([
      sourceRange(0, 5),
      sourceRange(9, 50),
    ]);
    expect(cameraShown({ visible: false, hidden: [] }, there, 60)).toEqual([]);
    expect(cameraShown(defaultCamera, { start: 0, end: 0 }, 60)).toEqual([]);
  });

  const file = (role: RecordingFile['role'], hasVideo = true): RecordingFile => ({
    role,
    path: `recordings/1/${role}.mp4`,
    type: 'video/mp4',
    size: 1,
    video: hasVideo
      ? { codec: 'avc1', ...camera, rotation: 0, frameRate: 30, start: 0, end: 9 }
      : null,
    audio: [],
  });
  test.each([
    ['screen and camera', [file('screen'), file('camera')], true],
    ['the camera alone', [file('camera')], false],
    ['a camera without a picture', [file('screen'), file('camera', false)], false],
    ['no camera', [file('screen')], false],
  ])('%s', (_, files, has) => {
    expect(cameraFile({ id: '1', files }) !== null).toBe(has);
  });
});

describe('edits', () => {
  const recording: Pick<Recording, 'id' | 'name' | 'source'> = {
    id: 'r',
    name: 'Talk',
    source: 'extension',
  };
  const project = newProject(recording, 'p', 0);

  test('hide and show ranges, and change nothing where nothing is to change', () => {
    const hidden = hideCameraIn(sourceRange(2, 6))(project);
    expect(isCameraHidden(hidden.camera, sourceRange(3, 5))).toBe(true);
    expect(hideCameraIn(sourceRange(3, 5))(hidden)).toBe(hidden);
    const shown = showCameraIn(sourceRange(3, 4))(hidden);
    expect(shown.camera.hidden).toEqual([sourceRange(2, 3), sourceRange(4, 6)]);
    expect(showCameraIn(sourceRange(8, 9))(shown)).toBe(shown);
    expect(setCamera({ x: 1 })(project)).toBe(project);
    expect(setCamera({ x: 0 })(project).camera.x).toBe(0);
  });

  test('a project of the first version stays as it was seen and heard', () => {
    const { camera: _, ...rest } = project;
    const old = { ...rest, schema: 1 as const, sound: { denoise: false, normalise: true } };
    const upgraded = upgradeProject(old);
    expect(upgraded.schema).toBe(2);
    expect(upgraded.camera.visible).toBe(false);
    expect(upgraded.sound).toMatchObject({ denoise: false, normalise: true });
    expect(upgraded.sound.voice).toEqual({ volume: 1, muted: false });
    expect(upgraded.sound.others.muted).toBe(true);
    expect(upgradeProject(upgraded)).toBe(upgraded);
  });

  test('tab sound of our own recordings is heard, tracks of other files are not', () => {
    expect(project.sound.others.muted).toBe(false);
    expect(newProject({ ...recording, source: 'upload' }, 'p', 0).sound.others.muted).toBe(true);
  });
});
