/** Builds web/service-worker.ts to /sw.js and lists the files of the build for it. */
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Not kept for offline use: too large, kept elsewhere, or of no use without a network. */
const leftOut = /^\/(models\/|sample\/|sw\.js$|precache\.json$)|\.map$/;

async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory()
        ? filesBelow(path.join(folder, entry.name), `${prefix}/${entry.name}`)
        : [`${prefix}/${entry.name}`],
    ),
  );
  return nested.flat().sort();
}

export function serviceWorker(): Plugin {
  let outDir = '';
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved(config) {
      outDir = path.resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      if (!outDir) return;
      const files = (await filesBelow(outDir)).filter((f) => !leftOut.test(f));
      const hash = createHash('sha256');
      for (const file of files) hash.update(file).update(await readFile(path.join(outDir, file)));
      const version = hash.digest('hex').slice(0, 16);
      const listed = files.map((f) => (f === '/index.html' ? '/' : f));
      await writeFile(path.join(outDir, 'precache.json'), JSON.stringify(listed));
      const script = path.join(outDir, 'sw.js');
      await writeFile(
        script,
        (await readFile(script, 'utf8')).replace('__BUILD_VERSION__', version),
      );
    },
  };
}
