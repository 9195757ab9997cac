/**
 * Whisper on ONNX Runtime: encoder, decoder and what they have to be told. The tokenizer is that of
 * transformers.js. Radford et al. 2022, arXiv 2212.04356.
 */
import { WhisperTokenizer } from '@huggingface/transformers';
import { AppError } from '../../core/errors.ts';
import { openModel, type LoadOptions } from '../../models/loader.ts';
import { logMel } from './mel.ts';
import { openSession, type Device, type Session, type Tensor } from './runtime.ts';
import type {
  Decoded,
  DecodeRequest,
  GenerationConfig,
  ModelConfig,
  WhisperDecoder,
} from './whisper-decoder.ts';
import { openDecoder } from './whisper-loop-decoder.ts';

export type { Decoded } from './whisper-decoder.ts';

/** Seconds that the encoder hears at once. */
export const windowLength = 30;

export interface DecodeOptions {
  /** BCP 47 primary subtag. */
  language: string;
  /** Text said before, for spelling and style. */
  prompt?: string;
  /** 0 takes the likeliest token; above, tokens are drawn. */
  temperature?: number;
  /** Most tokens to write for each window. */
  maxTokens: readonly number[];
  signal?: AbortSignal;
}

export class Whisper {
  readonly tokenizer: WhisperTokenizer;
  readonly multilingual: boolean;
  readonly #encoder: Session;
  readonly #decoder: WhisperDecoder;
  readonly #generation: GenerationConfig;
  readonly #config: ModelConfig;
  readonly #bias: Float32Array;
  readonly #firstBias: Float32Array;

  private constructor(parts: {
    tokenizer: WhisperTokenizer;
    encoder: Session;
    decoder: WhisperDecoder;
    generation: GenerationConfig;
    config: ModelConfig;
  }) {
    this.tokenizer = parts.tokenizer;
    this.#encoder = parts.encoder;
    this.#decoder = parts.decoder;
    this.#generation = parts.generation;
    this.#config = parts.config;
    const { eos_token_id: eos, lang_to_id: languages } = parts.generation;
    this.multilingual = parts.generation.is_multilingual ?? !!languages;
    // No time stamps and no other control tokens in the text.
    this.#bias = this.#never(parts.generation.suppress_tokens ?? []).fill(-Infinity, eos + 1);
    this.#firstBias = this.#never(parts.generation.begin_suppress_tokens ?? []);
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
    const generation = await json<GenerationConfig>('generation_config.json');
    const config = await json<ModelConfig>('config.json');
    return new Whisper({
      tokenizer: new WhisperTokenizer(
        await json('tokenizer.json'),
        await json('tokenizer_config.json'),
      ),
      generation,
      config,
      encoder: await openSession(encoderFile, options),
      decoder: await openDecoder(decoderFile, config, generation, options),
    });
  }

  /** So many windows are best decoded together. */
  get together(): number {
    return this.#decoder.together;
  }

  async close(): Promise<void> {
    await this.#encoder.close();
    await this.#decoder.close();
  }

  /** What the encoder makes of up to 30 s of 16 kHz sound: [1, 1500, d_model]. Shorter sound is padded. */
  async encode(samples: Float32Array): Promise<Tensor> {
    const bands = this.#config.num_mel_bins ?? 80;
    const frames = windowLength * 100;
    const mel = logMel(samples, bands, frames);
    const input = this.#encoder.tensor('float32', mel, [1, bands, frames]);
    const { last_hidden_state: hidden } = await this.#encoder.run({ input_features: input });
    return hidden!;
  }

  /** The likeliest language and its probability. */
  async detectLanguage(hidden: Tensor): Promise<{ language: string; probability: number }> {
    const languages = this.#generation.lang_to_id;
    if (!this.multilingual || !languages) return { language: 'en', probability: 1 };
    const bias = new Float32Array(this.#config.vocab_size).fill(-Infinity);
    for (const id of Object.values(languages)) bias[id] = 0;
    const start = this.#generation.decoder_start_token_id;
    const [decoded] = await this.#decoder.decode([hidden], {
      ...this.#request([start], [1]),
      bias,
    });
    const { tokens, logProbabilities } = decoded!;
    const name = Object.entries(languages).find(([, id]) => id === tokens[0])?.[0] ?? '<|en|>';
    return { language: name.slice(2, -2), probability: Math.exp(logProbabilities[0] ?? -Infinity) };
  }

  /** Writes down what is said in each of the encoded windows. */
  decode(hidden: readonly Tensor[], options: DecodeOptions): Promise<Decoded[]> {
    const { temperature = 0, maxTokens, signal } = options;
    return this.#decoder.decode(hidden, {
      ...this.#request(this.#prefix(options), maxTokens),
      temperature,
      signal,
    });
  }

  #request(prefix: readonly number[], maxTokens: readonly number[]): DecodeRequest {
    return {
      prefix,
      maxTokens,
      temperature: 0,
      bias: this.#bias,
      firstBias: this.#firstBias,
      start: this.#generation.decoder_start_token_id,
    };
  }

  #never(tokens: readonly number[]): Float32Array {
    const bias = new Float32Array(this.#config.vocab_size);
    for (const token of tokens) bias[token] = -Infinity;
    return bias;
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
}
