/** What Whisper needs of a decoder, whichever way it is run. */
import type { Tensor } from './runtime.ts';

export interface DecodeRequest {
  /** Tokens that the text begins with. */
  prefix: readonly number[];
  /** 0 takes the likeliest token; above, tokens are drawn. */
  temperature: number;
  /** Most tokens to write for each window. */
  maxTokens: readonly number[];
  /** Added to the logits of all tokens, and to those of the first one after the prefix. */
  bias: Float32Array;
  firstBias: Float32Array;
  /** Token of the prefix at which "nobody speaks" is weighed. */
  start: number;
  signal?: AbortSignal | undefined;
}

export interface Decoded {
  /** Text tokens only. */
  tokens: number[];
  /** Natural log probability of each token, and of the end. */
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

export interface WhisperDecoder {
  /** So many windows are best decoded together. */
  readonly together: number;
  /** `hidden`: what the encoder makes of each window, [1, frames, width]. */
  decode(hidden: readonly Tensor[], request: DecodeRequest): Promise<Decoded[]>;
  close(): Promise<void>;
}

/** The parts of generation_config.json and config.json that matter here. */
export interface GenerationConfig {
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
export interface ModelConfig {
  decoder_layers: number;
  decoder_attention_heads: number;
  d_model: number;
  vocab_size: number;
  num_mel_bins?: number;
}

/** The token for "nobody speaks" stands right before the one for "no timestamps". */
export const noSpeechToken = (config: GenerationConfig) => config.no_timestamps_token_id - 1;
