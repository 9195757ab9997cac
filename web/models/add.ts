/**
 * For operators: `npm run models -- add NAME [--from DIR]`, `… remove NAME`, `… list`.
 * Copies a speech model from its public home or a folder; the next start or build serves it.
 */
import { createWriteStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { knownModels, whisperFiles, type KnownModel } from './known.ts';
import { embeddedModels, type ModelSource } from './list.ts';
import { addedModelsFile, modelSources, sourceFolder } from './vite-plugin.ts';

const root = path.resolve(import.meta.dirname, '../..');
const addedFolder = 'web/models/added';
const home = 'https://huggingface.co';

/** A sentence for the operator; no stack. */
class Refusal extends Error {}

async function copyFrom(folder: string, target: string): Promise<void> {
  for (const file of whisperFiles) {
    const source = path.join(folder, file);
    if (!existsSync(source)) throw new Refusal(`${folder} has no ${file}.`);
    await mkdir(path.dirname(path.join(target, file)), { recursive: true });
    await copyFile(source, path.join(target, file));
  }
}

async function download({ repository }: KnownModel, target: string): Promise<void> {
  for (const file of whisperFiles) {
    const address = `${home}/${repository}/resolve/main/${file}`;
    const response = await fetch(address).catch((error: unknown) => {
      throw new Refusal(
        `${new URL(address).host} cannot be reached (${String(error)}). With a copy on disk, use --from DIR.`,
      );
    });
    if (!response.ok || !response.body) throw new Refusal(`${address} answers ${response.status}.`);
    const to = path.join(target, file);
    await mkdir(path.dirname(to), { recursive: true });
    process.stdout.write(`  ${file} …`);
    await pipeline(Readable.fromWeb(response.body as never), createWriteStream(to));
    const expected = Number(response.headers.get('content-length'));
    const { size } = await stat(to);
    if (expected && !response.headers.get('content-encoding') && size !== expected) {
      throw new Refusal(`${file} arrived with ${size} of ${expected} bytes.`);
    }
    process.stdout.write(` ${(size / 1e6).toFixed(1)} MB\n`);
  }
}

/** Throws when the files are not a Whisper model that gives word times. */
async function verify(folder: string): Promise<void> {
  const json = async (file: string) =>
    JSON.parse(await readFile(path.join(folder, file), 'utf8')) as Record<string, unknown>;
  try {
    if ((await json('config.json'))['model_type'] !== 'whisper')
      throw new Refusal('This is not a Whisper model.');
    if (!Array.isArray((await json('generation_config.json'))['alignment_heads'])) {
      throw new Refusal(
        'generation_config.json has no alignment_heads: the model cannot give word times.',
      );
    }
    await json('tokenizer.json');
  } catch (error) {
    throw error instanceof SyntaxError ? new Refusal(`A file is damaged: ${error.message}`) : error;
  }
}

async function readAdded(): Promise<ModelSource[]> {
  return existsSync(addedModelsFile)
    ? (JSON.parse(await readFile(addedModelsFile, 'utf8')) as ModelSource[])
    : [];
}
const writeAdded = (models: ModelSource[]) =>
  writeFile(addedModelsFile, `${JSON.stringify(models, null, 2)}\n`);

async function add(name: string, from: string | undefined): Promise<void> {
  if (embeddedModels.some((m) => m.name === name))
    throw new Refusal(`${name} comes with the product.`);
  const known = knownModels.find((m) => m.name === name);
  if (!known && !from) {
    throw new Refusal(
      `Unknown model ${name}. Known: ${knownModels.map((m) => m.name).join(', ')}. Any other needs --from DIR.`,
    );
  }
  const folder = path.join(addedFolder, name);
  const target = path.join(root, folder);
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  try {
    if (from) await copyFrom(path.resolve(from), fresh);
    else await download(known!, fresh);
    await verify(fresh);
    await rm(target, { recursive: true, force: true });
    await rename(fresh, target);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  const entry: ModelSource = {
    name,
    kind: 'speech',
    licence: known ? 'MIT' : 'unknown',
    languages: known?.languages ?? (name.endsWith('.en') ? ['en'] : ['*']),
    speed: known?.speed ?? null,
    about: known?.about ?? `Added from a folder: ${name}`,
    from: { folder },
    files: whisperFiles,
  };
  await writeAdded([...(await readAdded()).filter((m) => m.name !== name), entry]);
  console.log(`Added ${name}. Start or build again to serve it; people pick it in Settings.`);
}

async function remove(name: string): Promise<void> {
  const added = await readAdded();
  if (!added.some((m) => m.name === name)) throw new Refusal(`${name} was not added.`);
  await writeAdded(added.filter((m) => m.name !== name));
  await rm(path.join(root, addedFolder, name), { recursive: true, force: true });
  console.log(`Removed ${name}.`);
}

async function print(): Promise<void> {
  for (const source of await modelSources()) {
    const sizes = await Promise.all(
      source.files.map(async (f) => (await stat(path.join(sourceFolder(source), f))).size),
    );
    const size = sizes.reduce((a, b) => a + b, 0);
    console.log(
      `${source.name.padEnd(22)} ${(size / 1e6).toFixed(1).padStart(7)} MB  ${source.licence.padEnd(18)} ${source.about}`,
    );
  }
}

const usage = 'Usage: npm run models -- add NAME [--from DIR] | remove NAME | list';
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string' } },
});
const [command, name] = positionals;
try {
  if (command === 'add' && name) await add(name, values.from);
  else if (command === 'remove' && name) await remove(name);
  else if (command === 'list') await print();
  else throw new Refusal(usage);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exit(1);
}
