/**
 * Keeps wasm that the list of models serves out of the bundle: the runtimes name it beside their
 * scripts, and the bundler would copy it a second time, one file beyond what static hosting takes.
 */
import type { Plugin } from 'vite';

const runtimes = /node_modules\/(onnxruntime-web|@huggingface\/transformers|soundswallower)\//;
const besideScript = /new URL\(\s*(["'`])[^"'`]+\.wasm\1\s*,\s*import\.meta\.url\s*\)/g;

export function unbundledWasm(): Plugin {
  return {
    name: 'unbundled-wasm',
    enforce: 'pre',
    apply: 'build',
    transform(code, id) {
      if (!runtimes.test(id) || !code.includes('.wasm')) return null;
      // Our loader always hands the runtime its wasm; this address is never fetched.
      return { code: code.replace(besideScript, "new URL('about:blank')"), map: null };
    },
  };
}
