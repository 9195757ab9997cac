import { expect, test } from 'vitest';
import { isModelOnDevice, modelManifest, openModel, dropModel } from './loader.ts';

test('a model is put together from its parts, verified and kept', async () => {
  expect(crossOriginIsolated).toBe(true);
  const manifest = await modelManifest();
  const ffmpeg = manifest.models.find((m) => m.name === 'ffmpeg')!;
  expect(ffmpeg.files.some((f) => f.parts.length > 1)).toBe(true);
  await dropModel('ffmpeg');
  expect(await isModelOnDevice('ffmpeg')).toBe(false);
  const seen: number[] = [];
  const files = await openModel('ffmpeg', { progress: (p) => seen.push(p.fraction) });
  expect(files.get('ffmpeg-core.wasm')!.size).toBeGreaterThan(25 * 1024 * 1024);
  expect(seen.at(-1)).toBe(1);
  expect(await isModelOnDevice('ffmpeg')).toBe(true);
});
