/** Serves the built app with the edge's own headers, for headless runs. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { securityHeaders } from '../../edge/headers.ts';

const built = path.resolve(import.meta.dirname, '../../dist/web');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.mp4': 'video/mp4',
  '.vtt': 'text/vtt',
  '.woff2': 'font/woff2',
};

export async function serveBuild(
  port = 0,
  folder = built,
): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      let file = path.join(folder, path.normalize(decodeURIComponent(pathname)));
      let found = await stat(file).catch(() => null);
      if (!found?.isFile() && path.extname(pathname) === '' && !pathname.startsWith('/models/')) {
        file = path.join(folder, 'index.html'); // a screen of the app
        found = await stat(file);
      }
      for (const [name, value] of Object.entries(securityHeaders()))
        response.setHeader(name, value);
      if (!file.startsWith(folder) || !found?.isFile()) {
        response.writeHead(404).end('Not found');
        return;
      }
      response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
      response.setHeader('Content-Length', found.size);
      createReadStream(file).pipe(response);
    })().catch((error: unknown) => {
      console.error(error);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server has no address');
  return { origin: `http://localhost:${address.port}`, server };
}
