/** Runs in the page: our transcription and the bare pipeline on the same sound. */
import { env, pipeline, type AutomaticSpeechRecognitionPipeline } from '@huggingface/transformers';
import { openAligner } from '../../analysis/speech/align.ts';
import { findSilences } from '../../analysis/speech/silences.ts';
import { transcribe } from '../../analysis/speech/transcribe.ts';
import { voiceRate } from '../../analysis/speech/types.ts';
import { detectVoice } from '../../analysis/speech/voice-activity.ts';
import { openVoice, voiceFromSamples } from '../../analysis/speech/voice-file.ts';
import { Whisper } from '../../analysis/speech/whisper.ts';
import { modelFileUrl, openModel } from '../../models/loader.ts';

export interface TimedWord {
  text: string;
  start: number;
  end: number;
}
export interface Heard {
  words: TimedWord[];
  /** Pauses found; empty for the bare pipeline. */
  silences: { start: number; end: number }[];
  seconds: number;
}
/** Stretches of `../shared/media`, one after the other with silence between, noise over all. */
export interface Scene {
  files: string[];
  /** Seconds of silence after each. */
  gap: number;
  noise: { file: string; decibels: number } | null;
}

const job = { signal: new AbortController().signal, progress: () => undefined };

async function load(path: string): Promise<Float32Array> {
  const response = await fetch(`/test-shared/media/${path}`);
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  const name = path.replace(/\W/g, '-');
  const voice = await openVoice(
    new File([await response.blob()], name),
    0,
    `temp/bench-${name}`,
    job,
  );
  return voice.read(0, voice.duration);
}

const power = (x: Float32Array) => x.reduce((sum, v) => sum + v * v, 0) / x.length;

/** The sound of a scene and where each file begins in it, seconds. */
export async function build({ files, gap, noise }: Scene) {
  const parts = await Promise.all(files.map((f) => load(`speech/${f}`)));
  const silence = Math.round(gap * voiceRate);
  const samples = new Float32Array(parts.reduce((sum, p) => sum + p.length + silence, 0));
  const starts: number[] = [];
  let at = 0;
  for (const part of parts) {
    starts.push(at / voiceRate);
    samples.set(part, at);
    at += part.length + silence;
  }
  if (noise) {
    const sound = await load(`noise/${noise.file}`);
    const speech = parts.reduce((sum, p) => sum + power(p), 0) / parts.length;
    const gain = Math.sqrt(speech / power(sound) / 10 ** (noise.decibels / 10));
    for (let i = 0; i < samples.length; i++) samples[i]! += gain * sound[i % sound.length]!;
  }
  return { samples, starts, lengths: parts.map((p) => p.length / voiceRate) };
}

/** Where the files of a scene lie in it. */
export async function layout(scene: Scene) {
  const { starts, lengths } = await build({ ...scene, noise: null });
  return { starts, lengths };
}

let open: { name: string; whisper: Whisper } | null = null;
export async function ours(scene: Scene, model: string): Promise<Heard> {
  const { samples } = await build(scene);
  if (open?.name !== model) {
    await open?.whisper.close();
    open = { name: model, whisper: await Whisper.open(model) };
  }
  const began = performance.now();
  const voice = voiceFromSamples(samples);
  const activity = await detectVoice(voice, job);
  const input = { voice, activity, whisper: open.whisper, language: 'en', aligner: openAligner };
  const { words } = await transcribe(input, job);
  const seconds = (performance.now() - began) / 1000;
  return { words, silences: findSilences(activity, words, voice.duration), seconds };
}

let bare: { name: string; run: AutomaticSpeechRecognitionPipeline } | null = null;
/** transformers.js as its manual has it: 30 s windows, strides of 5 s, words timed by cross attention. */
export async function barePipeline(scene: Scene, model: string): Promise<Heard> {
  const { samples } = await build(scene);
  if (bare?.name !== model) {
    await bare?.run.dispose();
    bare = { name: model, run: await openPipeline(model) };
  }
  const began = performance.now();
  const out = (await bare.run(samples, {
    chunk_length_s: 30,
    stride_length_s: 5,
    return_timestamps: 'word',
  })) as { chunks: { text: string; timestamp: [number, number | null] }[] };
  const words = out.chunks.map(({ text, timestamp: [start, end] }) => ({
    text: text.trim(),
    start,
    end: end ?? start,
  }));
  return { words, silences: [], seconds: (performance.now() - began) / 1000 };
}

async function openPipeline(model: string) {
  const files = await openModel(model);
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = '/bench-models/';
  env.useBrowserCache = false;
  env.useWasmCache = false;
  env.useCustomCache = true;
  env.customCache = {
    match: (address: string) => {
      const file = [...files].find(([path]) => address.endsWith(`/${model}/${path}`))?.[1];
      return Promise.resolve(file ? new Response(file) : undefined);
    },
    put: () => Promise.resolve(),
  } as unknown as typeof env.customCache;
  env.backends.onnx.wasm!.wasmPaths = {
    mjs: await modelFileUrl('onnx-runtime', 'ort-wasm-simd-threaded.mjs'),
    wasm: await modelFileUrl('onnx-runtime', 'ort-wasm-simd-threaded.wasm'),
  };
  return pipeline('automatic-speech-recognition', model, { dtype: 'q8', device: 'wasm' });
}

/** Forced alignment of the true text on the clean sound, in time of the scene. */
export async function reference(scene: Scene, texts: string[]): Promise<TimedWord[]> {
  const aligner = await openAligner('en');
  const words: TimedWord[] = [];
  const { starts } = await build({ ...scene, noise: null });
  for (const [i, file] of scene.files.entries()) {
    const arcs = aligner?.align(await load(`speech/${file}`), texts[i]!.split(' '), {
      offset: starts[i]!,
    });
    for (const arc of arcs ?? []) if (arc.kind === 'word') words.push(arc);
  }
  aligner?.close();
  return words;
}
