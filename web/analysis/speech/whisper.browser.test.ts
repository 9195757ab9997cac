import { expect, test } from 'vitest';
import { openModel } from '../../models/loader.ts';
import { openSession } from './runtime.ts';
import type { DecodeRequest, GenerationConfig, ModelConfig } from './whisper-decoder.ts';
import { openDecoder } from './whisper-loop-decoder.ts';
import { StepDecoder } from './whisper-steps.ts';
import { Whisper } from './whisper.ts';

test('the decoder in one graph writes what the model’s own steps write, several windows at once', async ({
  skip,
}) => {
  const response = await fetch('/test-shared/media/speech/jfk.wav');
  if (!response.ok) return skip('../shared/media is not there');
  const pcm = new Int16Array(await response.arrayBuffer(), 44, 5 * 16000);
  const voice = Float32Array.from(pcm, (v) => v / 32768);
  const whisper = await Whisper.open('whisper-base');
  const spoken = await whisper.encode(voice);
  const silent = await whisper.encode(new Float32Array(16000));
  await whisper.close();

  const files = await openModel('whisper-base');
  const json = async <T>(name: string) => JSON.parse(await files.get(name)!.text()) as T;
  const config = await json<ModelConfig>('config.json');
  const generation = await json<GenerationConfig>('generation_config.json');
  const merged = files.get('onnx/decoder_model_merged_quantized.onnx')!;
  const bias = new Float32Array(config.vocab_size).fill(-Infinity, generation.eos_token_id + 1);
  for (const token of generation.suppress_tokens ?? []) bias[token] = -Infinity;
  const request: DecodeRequest = {
    prefix: [50258, 50259, 50359, 50363],
    temperature: 0,
    maxTokens: [12, 3],
    bias,
    firstBias: new Float32Array(config.vocab_size),
    start: 50258,
  };
  const steps = new StepDecoder(await openSession(merged), config, generation);
  const [expected] = await steps.decode([spoken], request);
  await steps.close();
  const loop = await openDecoder(merged, config, generation, {});
  expect(loop.together).toBeGreaterThan(1);
  const [written, nothing] = await loop.decode([spoken, silent], request);
  // The clip breaks off in the middle of a phrase: how the text ends is chance.
  const sure = 5;
  expect(written!.tokens.slice(0, sure)).toEqual(expected!.tokens.slice(0, sure));
  expect(whisper.tokenizer.decode(written!.tokens)).toMatch(/^ And so my fellow Americans/);
  expect(written!.noSpeech).toBeCloseTo(expected!.noSpeech, 1);
  // Probabilities, and where each token listened to the sound, agree as well.
  const peak = ([row]: Float32Array[]) => row!.indexOf(Math.max(...row!));
  for (let i = 0; i < sure; i++) {
    const off = written!.logProbabilities[i]! - expected!.logProbabilities[i]!;
    expect(Math.abs(off)).toBeLessThan(0.5);
    expect(Math.abs(peak(written!.attention[i]!) - peak(expected!.attention[i]!))).toBeLessThan(25);
  }
  expect(nothing!.tokens.length).toBeLessThanOrEqual(3);

  const [drawn] = await loop.decode([spoken], { ...request, temperature: 0.4, maxTokens: [12] });
  expect(drawn!.tokens.length).toBeGreaterThan(0);
  expect(drawn!.tokens.every((token) => token <= generation.eos_token_id)).toBe(true);
  await loop.close();
}, 120_000);
