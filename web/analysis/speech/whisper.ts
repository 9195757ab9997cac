/**
 * Whisper, run token by token on ONNX Runtime: the decoder's cache stays small (cross attention is
 * computed only when asked for), every step can be cancelled, and log probabilities come out.
 * The tokenizer is that of transformers.js. Radford et al. 2022, arXiv 2212.04356.
 */
import { WhisperTokenizer } from '@huggingface/transformers';
import { AppError } from '../../core/errors.ts';
import { openModel, type LoadOptions } from '../../models/loader.ts';
import { logMel } from './mel.ts';
import { openSession, type Device, type Session, type Tensor, type Tensors } from './runtime.ts';

/** Seconds that the encoder hears at once. */
export const windowLength = 30;

interface GenerationConfig {
  alignment_heads?: [number, number][];
  suppress_tokens?: number[];
  begin_suppress_tokens?: number[];
  decoder_start_token_id: number;
  eos_token_id: number;
  is_multilingual?: boolean;
  no_timestamps_token_id: number;
  prev_sot_token_id?: number;
  lang_to_id?: Record<string, number>;
  task_to_id?: Record<string, number>;
}
interface ModelConfig {
  decoder_layers: number;
  decoder_attention_heads: number;
  d_model: number;
  num_mel_bins?: number;
}

export interface DecodeOptions {
  /** BCP 47 primary subtag. */
  language: string;
  /** Text said before, for spelling and style. */
  prompt?: string;
  /** 0 takes the likeliest token; above, tokens are drawn. */
  temperature?: number;
  /** Most tokens to write. */
  maxTokens: number;
  signal?: AbortSignal;
}

export interface Decoded {
  /** Text tokens only. */
  tokens: number[];
  /** Natural log probability of each token. */
  logProbabilities: number[];
  /** Probability that nobody speaks; 0 where the model does not say. */
  noSpeech: number;
  /** Whether it came to an end by itself. */
  ended: boolean;
  /**
   * How much each step listened to each 20 ms of the window: one row of frames per alignment head
   * for every token and for the end. Empty where the model does not give its attention.
   */
  attention: Float32Array[][];
}

export class Whisper {
  readonly tokenizer: WhisperTokenizer;
  readonly multilingual: boolean;
  readonly eos: number;
  readonly #encoder: Session;
  readonly #decoder: Session;
  readonly #generation: GenerationConfig;
  readonly #config: ModelConfig;
  readonly #stepOutputs: string[];
  /** Layers with heads that follow the speech. */
  readonly #attentionOutputs: string[];

  private constructor(parts: {
    tokenizer: WhisperTokenizer;
    encoder: Session;
    decoder: Session;
    generation: GenerationConfig;
    config: ModelConfig;
  }) {
    this.tokenizer = parts.tokenizer;
    this.#encoder = parts.encoder;
    this.#decoder = parts.decoder;
    this.#generation = parts.generation;
    this.#config = parts.config;
    this.eos = parts.generation.eos_token_id;
    this.multilingual = parts.generation.is_multilingual ?? !!parts.generation.lang_to_id;
    this.#stepOutputs = parts.decoder.outputNames.filter(
      (name) => name === 'logits' || /^present\.\d+\.decoder\./.test(name),
    );
    const layers = (parts.generation.alignment_heads ?? []).map(([l]) => `cross_attentions.${l}`);
    this.#attentionOutputs = [...new Set(layers)].filter((name) =>
      parts.decoder.outputNames.includes(name),
    );
  }

  /** Opens a model of kind `speech` from the list of models. Throws `model-incompatible`. */
  static async open(
    name: string,
    options: LoadOptions & { device?: Device } = {},
  ): Promise<Whisper> {
    const files = await openModel(name, options);
    const file = (ending: string): File => {
      const path = [...files.keys()].find((p) => p === ending || p.endsWith(`/${ending}`));
      if (!path)
        throw new AppError('model-incompatible', `${name}: no ${ending}`, { details: { name } });
      return files.get(path)!;
    };
    const json = async <T>(path: string) => JSON.parse(await file(path).text()) as T;
    const encoderFile = file(
      [...files.keys()].find((p) => /encoder_model.*\.onnx$/.test(p)) ?? 'encoder_model.onnx',
    );
    const decoderFile = file(
      [...files.keys()].find((p) => /decoder_model_merged.*\.onnx$/.test(p)) ??
        'decoder_model_merged.onnx',
    );
    return new Whisper({
      tokenizer: new WhisperTokenizer(
        await json('tokenizer.json'),
        await json('tokenizer_config.json'),
      ),
      generation: await json('generation_config.json'),
      config: await json<ModelConfig>('config.json'),
      encoder: await openSession(encoderFile, options),
      decoder: await openSession(decoderFile, options),
    });
  }

  async close(): Promise<void> {
    await this.#encoder.close();
    await this.#decoder.close();
  }

  /** What the encoder makes of up to 30 s of 16 kHz sound: [1, 1500, d_model]. Shorter sound is padded. */
  async encode(samples: Float32Array): Promise<Tensor> {
    const bands = this.#config.num_mel_bins ?? 80;
    const frames = windowLength * 100;
    const input = this.#encoder.tensor('float32', logMel(samples, bands, frames), [
      1,
      bands,
      frames,
    ]);
    const { last_hidden_state: hidden } = await this.#encoder.run({ input_features: input });
    return hidden!;
  }

  /** The likeliest language and its probability. */
  async detectLanguage(hidden: Tensor): Promise<{ language: string; probability: number }> {
    const languages = this.#generation.lang_to_id;
    if (!this.multilingual || !languages) return { language: 'en', probability: 1 };
    const { logits } = await this.#decoder.run(
      this.#firstFeeds([this.#generation.decoder_start_token_id], hidden),
      ['logits'],
    );
    const row = logits!.data as Float32Array;
    const entries = Object.entries(languages);
    const top = Math.max(...entries.map(([, id]) => row[id]!));
    let sum = 0;
    for (const [, id] of entries) sum += Math.exp(row[id]! - top);
    const [token] = entries.reduce((a, b) => (row[b[1]]! > row[a[1]]! ? b : a));
    return { language: token.slice(2, -2), probability: 1 / sum };
  }

  /** Writes down what is said in an encoded window. */
  async decode(hidden: Tensor, options: DecodeOptions): Promise<Decoded> {
    const { temperature = 0 } = options;
    const prefix = this.#prefix(options);
    const random = seeded(prefix.length + options.maxTokens);
    const result: Decoded = {
      tokens: [],
      logProbabilities: [],
      noSpeech: 0,
      ended: false,
      attention: [],
    };
    const wanted = [...this.#stepOutputs, ...this.#attentionOutputs];
    let out = await this.#decoder.run(this.#firstFeeds(prefix, hidden), [
      ...wanted,
      ...this.#decoder.outputNames.filter((name) => /^present\.\d+\.encoder\./.test(name)),
    ]);
    const encoderCache = pick(out, '.encoder.');
    result.noSpeech = this.#noSpeech(out['logits']!, prefix);
    const cached = this.#decoder.tensor('bool', [true], [1]);
    for (;;) {
      options.signal?.throwIfAborted();
      result.attention.push(this.#heads(out));
      const row = lastRow(out['logits']!);
      this.#suppress(row, result.tokens.length === 0);
      const { token, logProbability } = choose(row, temperature, random);
      if (token === this.eos) {
        result.logProbabilities.push(logProbability);
        result.ended = true;
        break;
      }
      result.tokens.push(token);
      result.logProbabilities.push(logProbability);
      if (result.tokens.length >= options.maxTokens || isLoop(result.tokens)) break;
      out = await this.#decoder.run(
        {
          ...encoderCache,
          ...pick(out, '.decoder.'),
          input_ids: this.#decoder.tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]),
          encoder_hidden_states: hidden,
          use_cache_branch: cached,
        },
        wanted,
      );
    }
    return result;
  }

  /** What the alignment heads of the last position listen to. */
  #heads(out: Tensors): Float32Array[] {
    if (this.#attentionOutputs.length === 0) return [];
    return (this.#generation.alignment_heads ?? []).flatMap(([layer, head]) => {
      const tensor = out[`cross_attentions.${layer}`];
      if (!tensor) return [];
      const [, , length, width] = tensor.dims as [number, number, number, number];
      const from = (head * length + length - 1) * width;
      return [(tensor.data as Float32Array).slice(from, from + width)];
    });
  }

  #prefix({ language, prompt }: { language: string; prompt?: string }): number[] {
    const g = this.#generation;
    const before: number[] = [];
    if (prompt && g.prev_sot_token_id !== undefined) {
      const ids = this.tokenizer.encode(` ${prompt.trim()}`, { add_special_tokens: false });
      before.push(g.prev_sot_token_id, ...ids.slice(-100));
    }
    before.push(g.decoder_start_token_id);
    if (this.multilingual && g.lang_to_id) {
      const id = g.lang_to_id[`<|${language}|>`];
      if (id === undefined) throw new AppError('model-incompatible', `language ${language}`);
      before.push(id, g.task_to_id?.['transcribe'] ?? g.no_timestamps_token_id - 4);
    }
    return [...before, g.no_timestamps_token_id];
  }

  #firstFeeds(ids: readonly number[], hidden: Tensor): Tensors {
    const { decoder_layers: layers, decoder_attention_heads: heads, d_model: width } = this.#config;
    const feeds: Tensors = {
      input_ids: this.#decoder.tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      encoder_hidden_states: hidden,
      use_cache_branch: this.#decoder.tensor('bool', [false], [1]),
    };
    const empty = this.#decoder.tensor('float32', new Float32Array(0), [
      1,
      heads,
      0,
      width / heads,
    ]);
    for (let layer = 0; layer < layers; layer++)
      for (const part of ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'])
        feeds[`past_key_values.${layer}.${part}`] = empty;
    return feeds;
  }

  /** The token for "nobody speaks" stands right before the one for "no timestamps". */
  #noSpeech(logits: Tensor, prefix: readonly number[]): number {
    const g = this.#generation;
    const row = rowAt(logits, prefix.indexOf(g.decoder_start_token_id));
    return Math.exp(row[g.no_timestamps_token_id - 1]! - logSumExp(row));
  }

  #suppress(row: Float32Array, first: boolean): void {
    const g = this.#generation;
    for (const id of g.suppress_tokens ?? []) row[id] = -Infinity;
    if (first) for (const id of g.begin_suppress_tokens ?? []) row[id] = -Infinity;
    // No time stamps and no other control tokens in the text.
    row.fill(-Infinity, this.eos + 1);
  }
}

const pick = (out: Tensors, part: string): Tensors =>
  Object.fromEntries(
    Object.entries(out)
      .filter(([name]) => name.startsWith('present.') && name.includes(part))
      .map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
  );

const rowAt = (logits: Tensor, position: number): Float32Array => {
  const width = logits.dims[2]!;
  return (logits.data as Float32Array).slice(position * width, (position + 1) * width);
};
const lastRow = (logits: Tensor) => rowAt(logits, logits.dims[1]! - 1);

function logSumExp(row: Float32Array): number {
  let top = -Infinity;
  for (const value of row) if (value > top) top = value;
  let sum = 0;
  for (const value of row) sum += Math.exp(value - top);
  return top + Math.log(sum);
}

function choose(row: Float32Array, temperature: number, random: () => number) {
  let best = 0;
  for (let i = 1; i < row.length; i++) if (row[i]! > row[best]!) best = i;
  const all = logSumExp(row);
  if (temperature > 0) {
    const scaled = row.map((v) => v / temperature);
    const total = logSumExp(scaled);
    let left = random();
    for (let i = 0; i < scaled.length; i++) {
      left -= Math.exp(scaled[i]! - total);
      if (left <= 0) {
        best = i;
        break;
      }
    }
  }
  return { token: best, logProbability: row[best]! - all };
}

/** The same few tokens over and over: no speech sounds like that, decoding stops early. */
export function isLoop(tokens: readonly number[]): boolean {
  for (let size = 1; size <= 16; size++) {
    const times = size === 1 ? 8 : size < 4 ? 5 : 4;
    if (tokens.length < size * times) continue;
    let same = true;
    for (let i = tokens.length - 1; same && i >= tokens.length - size * (times - 1); i--)
      same = tokens[i] === tokens[i - size];
    if (same) return true;
  }
  return false;
}

/** Mulberry32: the same sound gives the same text again. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
