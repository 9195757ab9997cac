/** Serves the models while developing and writes them, in parts, beside the built app. */
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Plugin } from 'vite';
import { isolationHeaders } from '../../edge/headers.ts';
import { embeddedModels, type ModelSource } from './list.ts';
import { modelsFolder, partSize, type ModelFile, type ModelManifest } from './manifest.ts';

const root = path.resolve(import.meta.dirname, '../..');
/** Models that an operator added (`npm run models -- add`). Not part of the repository. */
export const addedModelsFile = path.join(root, 'web/models/installed.json');

export async function modelSources(): Promise<ModelSource[]> {
  const added = existsSync(addedModelsFile)
    ? (JSON.parse(await readFile(addedModelsFile, 'utf8')) as ModelSource[])
    : [];
  return [...embeddedModels, ...added];
}

export const sourceFolder = ({ from }: ModelSource): string =>
  path.join(root, 'folder' in from ? from.folder : `node_modules/${from.npm}`);

interface Piece {
  file: string;
  start: number;
  end: number;
}

/** The manifest, and for every served address the bytes behind it. */
export async function describeModels(): Promise<{
  manifest: ModelManifest;
  pieces: Map<string, Piece>;
}> {
  const pieces = new Map<string, Piece>();
  const models = [];
  for (const source of await modelSources()) {
    const files: ModelFile[] = [];
    for (const name of source.files) {
      const file = path.join(sourceFolder(source), name);
      const data = await readFile(file);
      const sha256 = hash(data);
      const count = Math.max(1, Math.ceil(data.length / partSize));
      const parts = Array.from({ length: count }, (_, i) => {
        const start = i * partSize;
        const end = Math.min(data.length, start + partSize);
        // Whole files keep their ending, so that module scripts get the right content type.
        const address =
          count === 1
            ? `${sha256.slice(0, 16)}/${path.basename(name)}`
            : `${sha256.slice(0, 16)}/part-${i}`;
        pieces.set(address, { file, start, end });
        return { path: address, size: end - start, sha256: hash(data.subarray(start, end)) };
      });
      files.push({ path: name, size: data.length, sha256, parts });
    }
    const { from: _from, files: _files, ...about } = source;
    models.push({ ...about, size: files.reduce((sum, f) => sum + f.size, 0), files });
  }
  return { manifest: { schema: 1, models }, pieces };
}

const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');

export function modelFiles(): Plugin {
  let described: ReturnType<typeof describeModels> | undefined;
  const describe = () => (described ??= describeModels());
  let outDir = '';
  return {
    name: 'model-files',
    configResolved(config) {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    configureServer(server) {
      server.middlewares.use(`/${modelsFolder}`, (request, response, next) => {
        void describe().then(({ manifest, pieces }) => {
          const address = decodeURIComponent((request.url ?? '').split('?')[0]!.replace(/^\//, ''));
          // Threads of the ONNX runtime start from here: as worker scripts they need all three.
          for (const [name, value] of Object.entries(isolationHeaders))
            response.setHeader(name, value);
          if (address === 'manifest.json') {
            response.setHeader('Content-Type', 'application/json');
            response.end(JSON.stringify(manifest));
            return;
          }
          const piece = pieces.get(address);
          if (!piece) return next();
          response.setHeader('Content-Type', contentType(address));
          response.setHeader('Content-Length', piece.end - piece.start);
          createReadStream(piece.file, { start: piece.start, end: piece.end - 1 }).pipe(response);
        }, next);
      });
    },
    async closeBundle() {
      if (!outDir || this.environment?.mode === 'dev') return;
      await writeModels(path.join(outDir, modelsFolder));
    },
  };
}

export async function writeModels(folder: string): Promise<void> {
  const { manifest, pieces } = await describeModels();
  for (const [address, { file, start, end }] of pieces) {
    const target = path.join(folder, address);
    const there = await stat(target).catch(() => null);
    if (there?.size === end - start) continue; // addressed by content
    await mkdir(path.dirname(target), { recursive: true });
    if (start === 0 && end === (await stat(file)).size) await copyFile(file, target);
    else await writeFile(target, (await readFile(file)).subarray(start, end));
  }
  await writeFile(path.join(folder, 'manifest.json'), JSON.stringify(manifest));
}

const contentType = (address: string) =>
  /\.m?js$/.test(address)
    ? 'text/javascript'
    : address.endsWith('.wasm')
      ? 'application/wasm'
      : address.endsWith('.json')
        ? 'application/json'
        : 'application/octet-stream';
