import { EncodedPacketSink } from 'mediabunny';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError, errorCodes } from '../core/errors.ts';
import type { ImportNotice } from '../core/recording.ts';
import { database } from '../storage/database.ts';
import {
  exists,
  list,
  readFile,
  recordingFolder,
  removeWhenFree,
  writeFile,
} from '../storage/opfs.ts';
import { importLock, posterPath, purgeRecording, tidyStorage } from '../storage/recordings.ts';
import { importFile } from './import-file.ts';
import { openInput } from './open.ts';
import { probe } from './probe.ts';

const addresses = import.meta.glob<string>('./fixtures/*', {
  query: '?url',
  import: 'default',
  eager: true,
});
const names = Object.keys(addresses).map((path) => path.slice('./fixtures/'.length));

async function fixture(name: string, share = 1): Promise<File> {
  const data = await (await fetch(addresses[`./fixtures/${name}`]!)).arrayBuffer();
  return new File([data.slice(0, Math.floor(data.byteLength * share))], name);
}

async function clear() {
  for (const id of await database.recordings.toCollection().primaryKeys()) await purgeRecording(id);
  await removeWhenFree('recordings');
}
beforeAll(clear);
afterAll(clear);

interface Expected {
  type: string;
  /** Seconds. */
  duration: number;
  notices?: ImportNotice[];
  width?: number;
  height?: number;
  voiceTrack?: number;
}

const native: Record<string, Expected> = {
  'plain.mp4': { type: 'video/mp4', duration: 1.2, width: 160, height: 90 },
  'rotated.mp4': { type: 'video/mp4', duration: 1.2, width: 90, height: 160 },
  'late-audio.mp4': { type: 'video/mp4', duration: 1.2 },
  'vfr.mp4': { type: 'video/mp4', duration: 1.2 },
  'two-audio.mp4': {
    type: 'video/mp4',
    duration: 1.2,
    voiceTrack: 1,
    notices: ['several-audio-tracks'],
  },
  'silent-video.mp4': { type: 'video/mp4', duration: 1.2, notices: ['no-audio'] },
  'vp9.mkv': { type: 'video/x-matroska', duration: 1.2, width: 160 },
  'no-duration.webm': { type: 'video/webm', duration: 1.2, notices: ['duration-repaired'] },
  'fragmented.mp4': { type: 'video/mp4', duration: 1.4, notices: ['duration-repaired'] },
  'sound.wav': { type: 'audio/wav', duration: 0.5, notices: ['no-video'] },
  'sound.mp3': { type: 'audio/mpeg', duration: 0.58, notices: ['no-video'] },
  'sound.m4a': { type: 'audio/mp4', duration: 0.5, notices: ['no-video'] },
  'sound.ogg': { type: 'audio/ogg', duration: 0.5, notices: ['no-video'] },
  'sound.flac': { type: 'audio/flac', duration: 0.5, notices: ['no-video'] },
};
const converted: Record<string, Expected> = {
  'mpeg4.avi': { type: 'video/mp4', duration: 1.3, width: 160, height: 90, notices: ['converted'] },
  'wmv.wmv': { type: 'video/mp4', duration: 1.2, width: 160, notices: ['converted'] },
  'sorenson.flv': { type: 'video/mp4', duration: 1.3, notices: ['converted'] },
  'h264.flv': { type: 'video/mp4', duration: 1.25 },
  'mpeg2.m2ts': { type: 'video/mp4', duration: 1.2, notices: ['converted'] },
  'prores.mov': { type: 'video/x-matroska', duration: 0.3, notices: ['converted'] },
  'ac3.mkv': { type: 'video/mp4', duration: 1.2, notices: ['converted'] },
  'alac.m4a': { type: 'audio/mp4', duration: 0.5, notices: ['converted', 'no-video'] },
};

async function check(name: string, expected: Expected) {
  const { recording, existing } = await importFile(await fixture(name));
  expect(existing).toBe(false);
  const file = recording.files[0]!;
  expect(file.type).toBe(expected.type);
  expect(Math.abs(recording.duration - expected.duration)).toBeLessThan(0.12);
  expect(new Set(recording.notices)).toEqual(new Set(expected.notices ?? []));
  expect(recording.voiceTrack).toBe(expected.voiceTrack ?? 0);
  if (expected.width) expect(file.video?.width).toBe(expected.width);
  if (expected.height) expect(file.video?.height).toBe(expected.height);
  // What lies on disk is what the row says, and decodes.
  const stored = await readFile(file.path);
  expect(stored.size).toBe(recording.size);
  const seen = await probe(stored);
  expect(seen?.video?.decodes ?? true).toBe(true);
  expect(seen?.audio.some((t) => t.decodes) ?? false).toBe(file.audio.length > 0);
  expect(await exists(posterPath(recording.id))).toBe(file.video !== null);
  return recording;
}

describe('what the browser decodes', () => {
  test.each(Object.entries(native))('%s', async (name, expected) => {
    const recording = await check(name, expected);
    if (name === 'late-audio.mp4') {
      expect(recording.files[0]!.audio[0]!.start).toBeCloseTo(0.636, 2);
      expect(recording.files[0]!.video!.start).toBe(0);
    }
    if (name === 'no-duration.webm') {
      // Every byte of picture and sound is still there; length and index came on top.
      const [before, after] = [await fixture(name), await readFile(recording.files[0]!.path)];
      expect(await packetHashes(after)).toEqual(await packetHashes(before));
      const text = new TextDecoder('latin1').decode(await after.arrayBuffer());
      expect(text).toContain('\x1c\x53\xbb\x6b');
      expect((await probe(after))?.durationMissing).toBe(false);
    }
    if (name === 'plain.mp4') expect(recording.size).toBe((await fixture(name)).size);
  });

  test.each(['yuv444.mp4', 'high10.mp4', 'hevc.mp4'])(
    '%s is playable afterwards, here or converted',
    async (name) => {
      await check(name, {
        type: 'video/mp4',
        duration: 1.2,
        width: 160,
        ...(name === 'hevc.mp4' && !(await hevcDecodes()) ? { notices: ['converted'] } : {}),
      });
    },
  );
});

/** Track, time and content of every packet. */
async function packetHashes(file: Blob): Promise<string[]> {
  const input = openInput(file);
  const hashes: string[] = [];
  for (const track of await input.getTracks()) {
    for await (const { data, timestamp } of new EncodedPacketSink(track).packets()) {
      const sum = data.reduce((hash, byte) => (Math.imul(hash, 31) + byte) | 0, data.length);
      hashes.push(`${track.type} ${timestamp.toFixed(3)} ${sum}`);
    }
  }
  input.dispose();
  return hashes;
}

const hevcDecodes = async () =>
  (await VideoDecoder.isConfigSupported({ codec: 'hev1.1.6.L93.B0' })).supported === true;

describe('what ffmpeg converts', () => {
  test.each(Object.entries(converted))('%s', async (name, expected) => {
    await check(name, expected);
  });
});

describe('files that break off', () => {
  test.each([
    ['plain.mp4', 0.7, 0.9],
    ['fragmented.mp4', 0.7, 1.2],
    ['vp9.mkv', 0.7, 1],
    ['no-duration.webm', 0.7, 0.9],
    ['sound.wav', 0.5, 0.25],
    ['sound.mp3', 0.7, 0.4],
    ['ac3.mkv', 0.6, 0.9],
  ])('%s: what is there is imported', async (name, share, duration) => {
    const { recording } = await importFile(await fixture(name, share));
    expect(recording.notices).toContain('truncated');
    expect(Math.abs(recording.duration - duration)).toBeLessThan(0.15);
  });

  test('an MP4 without its index says so', async () => {
    await expect(importFile(await fixture('silent-video.mp4', 0.8))).rejects.toMatchObject({
      code: 'file-unfinished',
      details: { name: 'silent-video.mp4' },
    });
  });
});

describe('what is no recording', () => {
  const random = Uint8Array.from({ length: 50_000 }, (_, i) => (i * 2654435761) >>> 13);
  test.each([
    ['empty.mp4', new Uint8Array(), 'file-empty'],
    ['garbage.mp4', random, 'file-unreadable'],
    ['notes.mp4', new TextEncoder().encode('only text, and not much of it'), 'file-unreadable'],
  ])('%s', async (name, data, code) => {
    const before = await database.recordings.count();
    await expect(importFile(new File([data], name))).rejects.toMatchObject({ code });
    expect(await database.recordings.count()).toBe(before);
  });

  test('a still picture', async () => {
    const canvas = new OffscreenCanvas(64, 64);
    canvas.getContext('2d')!.fillRect(0, 0, 64, 64);
    const file = new File([await canvas.convertToBlob()], 'picture.png');
    await expect(importFile(file)).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});

test('a file imported twice is recognised, even out of the trash', async () => {
  const first = await importFile(await fixture('plain.mp4'));
  await database.trash.put({ recordingId: first.recording.id, deletedAt: Date.now() });
  const second = await importFile(await fixture('plain.mp4'));
  expect(second.existing).toBe(true);
  expect(second.recording.id).toBe(first.recording.id);
  expect(await database.trash.count()).toBe(0);
});

test('an import that is stopped leaves nothing behind', async () => {
  await clear();
  const controller = new AbortController();
  const running = importFile(await fixture('mpeg4.avi'), {
    signal: controller.signal,
    progress: ({ doing }) => doing === 'convert' && controller.abort(),
  });
  await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  expect(await database.recordings.count()).toBe(0);
  expect(await list('recordings')).toEqual([]);
});

test('what a killed tab left is removed at start, what another tab writes is not', async () => {
  await clear();
  await writeFile(`${recordingFolder('orphan')}/media.mp4`, 'half');
  await writeFile(`${recordingFolder('busy')}/media.mp4`, 'being written');
  const { recording } = await importFile(await fixture('plain.mp4'));
  await navigator.locks.request(importLock('busy'), () => tidyStorage());
  expect((await list('recordings')).sort()).toEqual(['busy', recording.id].sort());
  await tidyStorage();
  expect(await list('recordings')).toEqual([recording.id]);
});

test('damaged files never take the tab or the library with them', async () => {
  await clear();
  const { recording } = await importFile(await fixture('plain.mp4'));
  let seed = 20261123;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const victims = ['vfr.mp4', 'fragmented.mp4', 'vp9.mkv', 'no-duration.webm', 'sound.ogg'];
  for (const name of [...victims, 'vfr.mp4', 'vp9.mkv', 'sound.mp3', 'sound.flac', 'wmv.wmv']) {
    const data = new Uint8Array(await (await fixture(name)).arrayBuffer());
    for (let i = 0; i < 12; i++) data[Math.floor(random() * data.length)] = random() * 256;
    const cut = data.subarray(0, Math.ceil(data.length * (0.3 + 0.7 * random())));
    const outcome = await importFile(new File([cut], name)).then(
      (result) => result.recording.duration,
      (error: unknown) => error,
    );
    if (outcome instanceof AppError) {
      expect(errorCodes).toContain(outcome.code);
      expect(outcome.code, `${name}: ${outcome.message}`).not.toBe('unexpected');
    } else expect(outcome, `${name}: ${String(outcome)}`).toBeGreaterThan(0);
  }
  expect(await database.recordings.get(recording.id)).toEqual(recording);
  expect((await readFile(recording.files[0]!.path)).size).toBe(recording.size);
  const ids = await database.recordings.toCollection().primaryKeys();
  expect((await list('recordings')).sort()).toEqual(ids.sort());
});

test('every fixture is used', () => {
  const used = [...Object.keys(native), ...Object.keys(converted)];
  const others = ['yuv444.mp4', 'high10.mp4', 'hevc.mp4', 'make.sh'];
  expect([...used, ...others].sort()).toEqual(names.sort());
});
