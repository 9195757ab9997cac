/** Carries large files between the bench and its page: GET reads from a folder, POST writes into it. */
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface FileServer {
  /** Ends with a slash; a file's name goes behind it. */
  origin: string;
  close(): Promise<void>;
}

export async function serveFiles(folder: string): Promise<FileServer> {
  const server = createServer((request, response) => {
    const name = path.basename(decodeURIComponent(request.url ?? ''));
    const file = path.join(folder, name);
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    const fail = (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    };
    if (request.method === 'POST') {
      pipeline(request, createWriteStream(file)).then(() => response.end('ok'), fail);
    } else if (request.method === 'GET' && existsSync(file)) {
      response.setHeader('Content-Length', statSync(file).size);
      createReadStream(file).on('error', fail).pipe(response);
    } else {
      response.statusCode = request.method === 'OPTIONS' ? 204 : 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    origin: `http://127.0.0.1:${port}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
