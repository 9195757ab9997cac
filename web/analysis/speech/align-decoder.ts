/** SoundSwallower's decoder, started from files in memory: its own start fetches paths. */
import createModule, { type Decoder } from 'soundswallower';
import { voiceRate } from './types.ts';

/** What the module has beyond its published types (0.6.3). */
interface Native {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _s3file_init(address: number, length: number): number;
  _s3file_free(file: number): void;
  _bin_mdef_read_s3file(file: number, contextFree: unknown): number;
  _set_mdef(decoder: number, mdef: number): void;
  _decoder_logmath(decoder: number): number;
  _tmat_init_s3file(file: number, logmath: number, floor: unknown): number;
  _set_tmat(decoder: number, tmat: number): void;
  _load_gmm(
    decoder: number,
    means: number,
    variances: number,
    weights: number,
    dump: number,
  ): number;
  _decoder_init_feat_s3file(decoder: number, transform: number): number;
  _decoder_init_dict_s3file(decoder: number, words: number, noise: number): number;
}
type NativeDecoder = Decoder & {
  cdecoder: number;
  cacmod: number;
  init_cleanup(): Promise<void>;
  init_fe(): Promise<number>;
  init_acmod(): Promise<number>;
  load_acmod_files(): Promise<void>;
};

/** `files` by name: the acoustic model's and `soundswallower.web.wasm`. The dictionary starts empty. */
export async function openDecoder(files: ReadonlyMap<string, Uint8Array>): Promise<Decoder> {
  const module = (await createModule({
    wasmBinary: files.get('soundswallower.web.wasm')!,
    // Its address is asked for even when the bytes are there.
    locateFile: (name: string) => name,
    defaultModel: null,
    print: () => undefined,
    printErr: () => undefined,
  } as object)) as unknown as Native & { Decoder: new (config: object) => NativeDecoder };

  const load = (name: string): number => {
    const bytes = files.get(name);
    if (!bytes) throw new Error(`the acoustic model has no ${name}`);
    const address = module._malloc(bytes.length + 1);
    module.HEAPU8.set(bytes, address);
    module.HEAPU8[address + bytes.length] = 0;
    return module._s3file_init(address, bytes.length);
  };
  const features = JSON.parse(new TextDecoder().decode(files.get('feat_params.json'))) as object;
  const decoder = new module.Decoder({ samprate: voiceRate, loglevel: 'FATAL' });
  for (const [key, value] of Object.entries(features) as [string, string | number][])
    if (decoder.has_config(key)) decoder.set_config(key, value);

  await decoder.init_cleanup();
  await decoder.init_fe();
  if (!module._decoder_init_feat_s3file(decoder.cdecoder, 0)) throw new Error('no features');
  decoder.cacmod = await decoder.init_acmod();
  Object.assign(decoder, {
    load_mdef() {
      const file = load('mdef');
      module._set_mdef(
        decoder.cdecoder,
        module._bin_mdef_read_s3file(file, decoder.get_config('cionly')),
      );
      module._s3file_free(file);
    },
    load_tmat() {
      const file = load('transition_matrices');
      const logmath = module._decoder_logmath(decoder.cdecoder);
      module._set_tmat(
        decoder.cdecoder,
        module._tmat_init_s3file(file, logmath, decoder.get_config('tmatfloor')),
      );
      module._s3file_free(file);
    },
    load_gmm() {
      const [means, variances, dump] = ['means', 'variances', 'sendump'].map(load) as [
        number,
        number,
        number,
      ];
      if (module._load_gmm(decoder.cdecoder, means, variances, 0, dump) < 0)
        throw new Error('no acoustic model');
    },
  });
  await decoder.load_acmod_files();
  if (!module._decoder_init_dict_s3file(decoder.cdecoder, 0, load('noisedict.txt')))
    throw new Error('no dictionary');
  decoder.initialized = true;
  return decoder;
}
