/**
 * Whisper's decoder as models bring it ("merged", one step a run): on graphics processors, and where
 * its weights are laid out in a way that `whisper-loop.ts` does not know.
 */
import type { Session, Tensor, Tensors } from './runtime.ts';
import {
  noSpeechToken,
  type Decoded,
  type DecodeRequest,
  type GenerationConfig,
  type ModelConfig,
  type WhisperDecoder,
} from './whisper-decoder.ts';

export class StepDecoder implements WhisperDecoder {
  readonly together = 1;
  readonly #session: Session;
  readonly #config: ModelConfig;
  readonly #generation: GenerationConfig;
  readonly #stepOutputs: string[];
  /** Layers with heads that follow the speech. */
  readonly #attentionOutputs: string[];

  constructor(session: Session, config: ModelConfig, generation: GenerationConfig) {
    this.#session = session;
    this.#config = config;
    this.#generation = generation;
    this.#stepOutputs = session.outputNames.filter(
      (name) => name === 'logits' || /^present\.\d+\.decoder\./.test(name),
    );
    const layers = (generation.alignment_heads ?? []).map(([l]) => `cross_attentions.${l}`);
    this.#attentionOutputs = [...new Set(layers)].filter((name) =>
      session.outputNames.includes(name),
    );
  }

  async decode(hidden: readonly Tensor[], request: DecodeRequest): Promise<Decoded[]> {
    const all: Decoded[] = [];
    for (const [i, window] of hidden.entries())
      all.push(await this.#decodeWindow(window, request, request.maxTokens[i]!));
    return all;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  async #decodeWindow(hidden: Tensor, request: DecodeRequest, most: number): Promise<Decoded> {
    const { prefix, temperature, bias, firstBias } = request;
    const random = seeded(prefix.length + most);
    const result: Decoded = {
      tokens: [],
      logProbabilities: [],
      noSpeech: 0,
      ended: false,
      attention: [],
    };
    const wanted = [...this.#stepOutputs, ...this.#attentionOutputs];
    let out = await this.#session.run(this.#firstFeeds(prefix, hidden), [
      ...wanted,
      ...this.#session.outputNames.filter((name) => /^present\.\d+\.encoder\./.test(name)),
    ]);
    const encoderCache = pick(out, '.encoder.');
    const startRow = rowAt(out['logits']!, prefix.indexOf(request.start));
    result.noSpeech = Math.exp(startRow[noSpeechToken(this.#generation)]! - logSumExp(startRow));
    const cached = this.#session.tensor('bool', [true], [1]);
    for (;;) {
      request.signal?.throwIfAborted();
      result.attention.push(this.#heads(out));
      const row = rowAt(out['logits']!, out['logits']!.dims[1]! - 1);
      for (let i = 0; i < row.length; i++) row[i]! += bias[i]!;
      if (result.tokens.length === 0) for (let i = 0; i < row.length; i++) row[i]! += firstBias[i]!;
      const { token, logProbability } = choose(row, temperature, random);
      result.logProbabilities.push(logProbability);
      if (token === this.#generation.eos_token_id) {
        result.ended = true;
        break;
      }
      result.tokens.push(token);
      if (result.tokens.length >= most || isLoop(result.tokens)) break;
      out = await this.#session.run(
        {
          ...encoderCache,
          ...pick(out, '.decoder.'),
          input_ids: this.#session.tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]),
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

  #firstFeeds(ids: readonly number[], hidden: Tensor): Tensors {
    const { decoder_layers: layers, decoder_attention_heads: heads, d_model: width } = this.#config;
    const { tensor } = this.#session;
    const feeds: Tensors = {
      input_ids: tensor('int64', BigInt64Array.from(ids, BigInt), [1, ids.length]),
      encoder_hidden_states: hidden,
      use_cache_branch: tensor('bool', [false], [1]),
    };
    const empty = tensor('float32', new Float32Array(0), [1, heads, 0, width / heads]);
    for (let layer = 0; layer < layers; layer++)
      for (const part of ['decoder.key', 'decoder.value', 'encoder.key', 'encoder.value'])
        feeds[`past_key_values.${layer}.${part}`] = empty;
    return feeds;
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
