/** Whether the graphics processor transcribes faster here: tried once per model, remembered. */
import { isAbort } from '../../core/errors.ts';
import { database } from '../../storage/database.ts';
import { modelManifest } from '../../models/loader.ts';
import type { Device } from './runtime.ts';
import { voiceRate } from './types.ts';
import type { Whisper } from './whisper.ts';

/** The processor must be beaten clearly: it needs no second runtime and no video memory. */
const wonBy = 1.3;
const trialTokens = 12;

/** Gives `wasm` wherever there is no real graphics processor, no runtime for it, or it fails. */
export async function chooseDevice(
  model: string,
  open: (device: Device) => Promise<Whisper>,
  signal: AbortSignal,
): Promise<Device> {
  const adapter = await graphicsAdapter();
  if (!adapter) return 'wasm';
  const { models } = await modelManifest();
  if (!models.some((m) => m.name === 'onnx-runtime-webgpu')) return 'wasm';
  const key = `device-trial/${model}/${adapter}`;
  const known = (await database.settings.get(key))?.value as Device | undefined;
  if (known === 'wasm' || known === 'webgpu') return known;
  let winner: Device = 'wasm';
  try {
    const wasm = await trial(await open('wasm'), signal);
    const webgpu = await trial(await open('webgpu'), signal);
    if (webgpu.text === wasm.text && webgpu.seconds * wonBy < wasm.seconds) winner = 'webgpu';
  } catch (error) {
    if (isAbort(error)) throw error;
    console.warn(`no transcription on the graphics processor: ${String(error)}`);
  }
  await database.settings.put({ key, value: winner });
  return winner;
}

/** Its name, so that another device is tried anew; null without one or with one in software. */
async function graphicsAdapter(): Promise<string | null> {
  const { gpu } = navigator as Navigator & {
    gpu?: { requestAdapter(): Promise<{ info?: Record<string, unknown> } | null> };
  };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  const info = adapter?.info;
  if (!adapter || info?.['isFallbackAdapter']) return null;
  return [info?.['vendor'], info?.['architecture'], info?.['device']].join('/');
}

/** One window of a humming tone: the text does not matter, only that both devices agree on it. */
async function trial(whisper: Whisper, signal: AbortSignal) {
  const tone = Float32Array.from(
    { length: voiceRate * 8 },
    (_, i) => 0.2 * Math.sin(i * 0.05) * Math.sin(i * 0.0007),
  );
  try {
    // The first run compiles shaders and grows memory; it is not measured.
    await whisper.decode([await whisper.encode(tone)], { language: 'en', maxTokens: [2], signal });
    const began = performance.now();
    const hidden = await whisper.encode(tone);
    const [decoded] = await whisper.decode([hidden], {
      language: 'en',
      maxTokens: [trialTokens],
      signal,
    });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, text: whisper.tokenizer.decode(decoded!.tokens) };
  } finally {
    await whisper.close();
  }
}
