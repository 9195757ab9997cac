/** Every model and every large wasm file that the product knows, with where it comes from. */

export interface ModelSource {
  /** The name people and code use. */
  name: string;
  kind: 'speech' | 'voice-activity' | 'aligner' | 'denoise' | 'runtime' | 'converter';
  /** SPDX identifier. */
  licence: string;
  /** BCP 47 primary subtags; `*` for many. Empty where language does not matter. */
  languages: string[];
  speed: 'fast' | 'balanced' | 'accurate' | null;
  /** One line for the settings screen and for licences. */
  about: string;
  /** Where the files lie at build time: a folder of this repository or of an npm package. */
  from: { folder: string } | { npm: string };
  /** Paths below `from`. */
  files: string[];
}

export const embeddedModels: ModelSource[] = [
  {
    name: 'whisper-base',
    kind: 'speech',
    licence: 'MIT',
    languages: ['*'],
    speed: 'balanced',
    about: 'OpenAI Whisper base, 74 M parameters, int8, 99 languages',
    from: { folder: 'web/models/files/whisper-base' },
    files: [
      'config.json',
      'generation_config.json',
      'preprocessor_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'onnx/encoder_model_quantized.onnx',
      'onnx/decoder_model_merged_quantized.onnx',
    ],
  },
  {
    name: 'silero-vad',
    kind: 'voice-activity',
    licence: 'MIT',
    languages: [],
    speed: null,
    about: 'Silero voice activity detector, v6',
    from: { npm: '@ricky0123/vad-web/dist' },
    files: ['silero_vad_v6.onnx'],
  },
  {
    name: 'aligner-en',
    kind: 'aligner',
    licence: 'BSD-2-Clause',
    languages: ['en'],
    speed: null,
    about: 'PocketSphinx acoustic model for US English, with SoundSwallower',
    from: { npm: 'soundswallower' },
    files: [
      'soundswallower.web.wasm',
      'model/en-us/dict.txt',
      'model/en-us/feat_params.json',
      'model/en-us/mdef',
      'model/en-us/means',
      'model/en-us/noisedict.txt',
      'model/en-us/phoneset.json',
      'model/en-us/sendump',
      'model/en-us/transition_matrices',
      'model/en-us/variances',
    ],
  },
  {
    name: 'gtcrn',
    kind: 'denoise',
    licence: 'MIT',
    languages: [],
    speed: null,
    about: 'GTCRN noise suppression, 48 k parameters',
    from: { npm: '@sapphi-red/web-noise-suppressor/dist' },
    files: ['gtcrn.wasm'],
  },
  {
    name: 'rnnoise',
    kind: 'denoise',
    licence: 'BSD-3-Clause',
    languages: [],
    speed: 'fast',
    about: 'RNNoise noise suppression',
    from: { npm: '@sapphi-red/web-noise-suppressor/dist' },
    files: ['rnnoise_simd.wasm'],
  },
  {
    name: 'onnx-runtime',
    kind: 'runtime',
    licence: 'MIT',
    languages: [],
    speed: null,
    about: 'ONNX Runtime, WebAssembly with threads',
    from: { npm: 'onnxruntime-web/dist' },
    files: ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'],
  },
  {
    name: 'onnx-runtime-webgpu',
    kind: 'runtime',
    licence: 'MIT',
    languages: [],
    speed: null,
    about: 'ONNX Runtime, WebGPU',
    from: { npm: 'onnxruntime-web/dist' },
    files: ['ort-wasm-simd-threaded.asyncify.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'],
  },
  {
    name: 'ffmpeg',
    kind: 'converter',
    licence: 'GPL-2.0-or-later',
    languages: [],
    speed: null,
    about: 'FFmpeg core, for files the browser cannot decode',
    from: { npm: '@ffmpeg/core/dist/esm' },
    files: ['ffmpeg-core.js', 'ffmpeg-core.wasm'],
  },
];
