/** Serves `../shared` at /test-shared/ to browser tests, so that they can read real speech and video. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

export const sharedFolder = path.resolve(import.meta.dirname, '../../../shared');

export function testMedia(): Plugin {
  return {
    name: 'test-media',
    configureServer(server) {
      server.middlewares.use('/test-shared/', (request, response, next) => {
        const file = path.join(
          sharedFolder,
          decodeURIComponent((request.url ?? '').split('?')[0]!),
        );
        if (!file.startsWith(sharedFolder) || !existsSync(file) || !statSync(file).isFile()) {
          response.statusCode = 404;
          response.end();
          return next;
        }
        response.setHeader('Content-Length', statSync(file).size);
        createReadStream(file).pipe(response);
        return undefined;
      });
    },
  };
}
