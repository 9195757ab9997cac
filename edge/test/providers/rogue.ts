/**
 * An OpenID provider in the hands of the test. `PUT /<name>/document/<path>` sets what
 * `GET /<name>/<path>` answers; the token endpoint answers with the authorisation code as the ID
 * token, so that the test signs whatever it likes. `<issuer>/redirect` and `/endless` misbehave.
 */
import { listen, readBody } from './listen.ts';

export async function startRogueProvider() {
  const documents = new Map<string, string>();
  const server = await listen((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://rogue');
    void readBody(request).then((body) => {
      if (request.method === 'PUT') {
        documents.set(pathname.replace('/document/', '/'), body);
        return response.end();
      }
      if (pathname.endsWith('/redirect')) {
        return response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
      }
      if (pathname.endsWith('/endless')) {
        response.writeHead(200);
        const write = () => response.destroyed || response.write('x'.repeat(16_384), write);
        return write();
      }
      response.setHeader('content-type', 'application/json');
      if (pathname.endsWith('/token')) {
        const code = new URLSearchParams(body).get('code');
        return response.end(
          JSON.stringify({ access_token: 'a', token_type: 'bearer', id_token: code }),
        );
      }
      const document = documents.get(pathname);
      if (document === undefined) response.statusCode = 404;
      return response.end(document ?? '{}');
    });
  });
  return server;
}
