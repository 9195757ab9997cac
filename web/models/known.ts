/** Speech models that an operator can add by name, with their public homes. Larger ones are for strong machines. */
import type { ModelSource } from './list.ts';

export interface KnownModel {
  name: string;
  /** Repository on the public model hub whose decoder gives cross attentions. */
  repository: string;
  languages: string[];
  speed: ModelSource['speed'];
  about: string;
}

const whisper = (
  size: string,
  parameters: string,
  speed: ModelSource['speed'],
  english = false,
): KnownModel => ({
  name: `whisper-${size}`,
  repository: `onnx-community/whisper-${size}_timestamped`,
  languages: english ? ['en'] : ['*'],
  speed,
  about: `OpenAI Whisper ${size}, ${parameters} parameters, int8, ${english ? 'English only' : '99 languages'}`,
});

export const knownModels: KnownModel[] = [
  whisper('tiny.en', '39 M', 'fast', true),
  whisper('tiny', '39 M', 'fast'),
  whisper('base.en', '74 M', 'balanced', true),
  whisper('small.en', '244 M', 'accurate', true),
  whisper('small', '244 M', 'accurate'),
  whisper('medium', '769 M', 'accurate'),
  whisper('large-v3-turbo', '809 M', 'accurate'),
];

/** What transformers.js needs of a Whisper model. */
export const whisperFiles = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'onnx/encoder_model_quantized.onnx',
  'onnx/decoder_model_merged_quantized.onnx',
];
