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

/** The network, with faults: each entry answers one request for a part, later ones pass through. */
async function withFaults(faults: ((real: Response) => Response)[], work: () => Promise<void>) {
  const real = globalThis.fetch;
  let requests = 0;
  globalThis.fetch = async (...request: Parameters<typeof fetch>) => {
    const response = await real(...request);
    const address = request[0] instanceof Request ? request[0].url : String(request[0]);
    if (!address.includes('silero')) return response;
    requests += 1;
    return (faults.shift() ?? ((r: Response) => r))(response);
  };
  try {
    await dropModel('silero-vad');
    await work();
  } finally {
    globalThis.fetch = real;
  }
  return requests;
}
const damaged = (real: Response) => new Response(new Uint8Array(2_327_524).fill(7), real);
const missing = () => new Response('gone', { status: 404 });

test('a damaged part is fetched once more', async () => {
  const requests = await withFaults([damaged], async () => {
    const files = await openModel('silero-vad');
    expect([...files.values()][0]!.size).toBeGreaterThan(2_000_000);
  });
  expect(requests).toBe(2);
});

test.each([
  ['model-damaged', damaged],
  ['model-missing', missing],
])('twice bad is %s, and nothing is kept', async (code, fault) => {
  const requests = await withFaults([fault, fault], async () => {
    await expect(openModel('silero-vad')).rejects.toMatchObject({ code });
    expect(await isModelOnDevice('silero-vad')).toBe(false);
  });
  expect(requests).toBe(2);
});
