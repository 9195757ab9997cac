/** Runs the decoder built in `whisper-loop.ts`: several windows, all their tokens, one run. */
import { joined } from '../../core/joined.ts';
import type { LoadOptions } from '../../models/loader.ts';
import { openSession, type Device, type Session, type Tensor } from './runtime.ts';
import {
  noSpeechToken,
  type Decoded,
  type DecodeRequest,
  type GenerationConfig,
  type ModelConfig,
  type WhisperDecoder,
} from './whisper-decoder.ts';
import { ends, loopDecoder } from './whisper-loop.ts';
import { isLoop, StepDecoder } from './whisper-steps.ts';

/** The decoder in the way that is faster here. `file`: a merged decoder. */
export async function openDecoder(
  file: File,
  config: ModelConfig,
  generation: GenerationConfig,
  options: LoadOptions & { device?: Device },
): Promise<WhisperDecoder> {
  if ((options.device ?? 'wasm') === 'wasm') {
    const graph = loopDecoder(new Uint8Array(await file.arrayBuffer()), {
      layers: config.decoder_layers,
      heads: config.decoder_attention_heads,
      width: config.d_model,
      alignmentHeads: generation.alignment_heads ?? [],
      eos: generation.eos_token_id,
      noSpeech: noSpeechToken(generation),
    });
    if (graph) return new LoopDecoder(await openSession(graph, options), config, generation);
  }
  return new StepDecoder(await openSession(file, options), config, generation);
}

/** Four rows cost int8 kernels little more than one. */
const mostTogether = 4;
/** What the keys and values of all windows may take: 37 MB each with base, 111 MB with small. */
const soundBytes = 240e6;
/** Frames of an encoded window. */
const soundFrames = 1500;

class LoopDecoder implements WhisperDecoder {
  readonly together: number;
  readonly #session: Session;
  readonly #config: ModelConfig;
  readonly #generation: GenerationConfig;

  constructor(session: Session, config: ModelConfig, generation: GenerationConfig) {
    this.#session = session;
    this.#config = config;
    this.#generation = generation;
    const { decoder_layers: layers, d_model: width } = config;
    const windowBytes = 2 * layers * soundFrames * width * Float32Array.BYTES_PER_ELEMENT;
    this.together = Math.max(1, Math.min(mostTogether, Math.floor(soundBytes / windowBytes)));
  }

  async decode(hidden: readonly Tensor[], request: DecodeRequest): Promise<Decoded[]> {
    request.signal?.throwIfAborted();
    const { prefix, maxTokens } = request;
    const count = hidden.length;
    const { d_model: width, decoder_attention_heads: heads } = this.#config;
    const { tensor } = this.#session;
    const none = new Float32Array(0);
    const scalar = (value: number) => tensor('float32', Float32Array.of(value), []);
    const integers = (values: readonly number[], dims: readonly number[]) =>
      tensor('int64', BigInt64Array.from(values, BigInt), dims);
    const steps = prefix.length - 1 + Math.max(...maxTokens);
    const out = await this.#session.run({
      [ends.hidden]: tensor('float32', together(hidden), [count, hidden[0]!.dims[1]!, width]),
      [ends.prefix]: integers(prefix, [prefix.length]),
      [ends.first]: integers(
        Array.from(hidden, () => prefix[0]!),
        [count, 1],
      ),
      [ends.unfinished]: tensor(
        'bool',
        Array.from(hidden, () => false),
        [count, 1],
      ),
      [ends.noKeys]: tensor('float32', none, [count, heads, width / heads, 0]),
      [ends.noValues]: tensor('float32', none, [count, heads, 0, width / heads]),
      [ends.steps]: integers([steps], []),
      [ends.bias]: tensor('float32', request.bias, [request.bias.length]),
      [ends.firstBias]: tensor('float32', request.firstBias, [request.firstBias.length]),
      [ends.temperature]: scalar(request.temperature),
    });
    const tokens = out[ends.tokens]!.data as BigInt64Array;
    const logs = out[ends.logProbabilities]!.data as Float32Array;
    const silence = out[ends.noSpeech]!.data as Float32Array;
    const start = Math.max(0, prefix.indexOf(request.start));
    return hidden.map((_, window) => {
      const decoded: Decoded = {
        tokens: [],
        logProbabilities: [],
        noSpeech: Math.exp(silence[start * count + window]!),
        ended: false,
        attention: [],
      };
      const most = maxTokens[window]!;
      for (let step = prefix.length - 1; step * count < tokens.length; step++) {
        const token = Number(tokens[step * count + window]!);
        decoded.logProbabilities.push(logs[step * count + window]!);
        decoded.attention.push(attentionAt(out[ends.attention], step, window));
        decoded.ended = token === this.#generation.eos_token_id;
        if (decoded.ended) break;
        decoded.tokens.push(token);
        if (decoded.tokens.length >= most || isLoop(decoded.tokens)) break;
      }
      return decoded;
    });
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}

function together(hidden: readonly Tensor[]): Float32Array {
  const parts = hidden.map((tensor) => tensor.data as Float32Array);
  return parts.length === 1 ? parts[0]! : joined(parts);
}

/** One row of frames per alignment head. */
function attentionAt(attention: Tensor | undefined, step: number, window: number): Float32Array[] {
  if (!attention) return [];
  const [, count, heads, , frames] = attention.dims as [number, number, number, number, number];
  const data = attention.data as Float32Array;
  const first = (step * count + window) * heads * frames;
  return Array.from({ length: heads }, (_, h) =>
    data.subarray(first + h * frames, first + (h + 1) * frames),
  );
}
