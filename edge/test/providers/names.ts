/** DNS over HTTPS as JSON, with the records that tests set. */
import { listen, readBody } from './listen.ts';

const text = 16;
const noSuchName = 3;

export async function startNameServer() {
  const records = new Map<string, string[]>();
  return listen((request, response) => {
    const url = new URL(request.url ?? '/', 'http://names');
    void readBody(request).then((body) => {
      if (request.method === 'PUT') {
        records.set(url.pathname.slice('/records/'.length), JSON.parse(body) as string[]);
        return response.end();
      }
      const name = url.searchParams.get('name') ?? '';
      const answers = records.get(name);
      response.setHeader('content-type', 'application/dns-json');
      return response.end(
        JSON.stringify({
          Status: answers ? 0 : noSuchName,
          Answer: answers?.map((data) => ({ name, type: text, TTL: 60, data: `"${data}"` })),
        }),
      );
    });
  });
}
