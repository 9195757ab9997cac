/** A proxy before storage that lets parts through up to a point, so that a reload comes in the middle. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Seen {
  method: string;
  /** Of a PUT of a part. */
  part: number | null;
  status: number;
}

export interface Gate {
  endpoint: string;
  /** Every request that was answered. */
  seen: Seen[];
  /** From now on parts above this number wait. What waited belongs to a page that is gone: it is dropped. */
  open(upTo: number): void;
  /** The next sending of this part is answered so instead; `lost`: the connection breaks in its middle. */
  fail(part: number, how: number | 'lost'): void;
  stop(): void;
}

export async function startGate(storage: string): Promise<Gate> {
  const target = new URL(storage);
  const seen: Seen[] = [];
  let highest = Infinity;
  let waiting: ServerResponse[] = [];
  const failures = new Map<number, number | 'lost'>();

  function fail(incoming: IncomingMessage, outgoing: ServerResponse, part: number) {
    const how = failures.get(part)!;
    failures.delete(part);
    seen.push({ method: 'PUT', part, status: how === 'lost' ? 0 : how });
    if (how === 'lost') {
      incoming.once('data', () => incoming.destroy());
      return;
    }
    incoming.resume();
    incoming.once('end', () => {
      outgoing.writeHead(how, { 'access-control-allow-origin': incoming.headers.origin ?? '*' });
      outgoing.end();
    });
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse, part: number | null) {
    // The host stays as it came: it is part of the signature.
    const { method = 'GET', url: path, headers } = incoming;
    const { hostname, port } = target;
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
      answer.once('end', () => seen.push({ method, part, status: answer.statusCode ?? 502 }));
    });
    onward.once('error', () => outgoing.destroy());
    outgoing.once('close', () => {
      if (!outgoing.writableEnded) onward.destroy();
    });
    incoming.pipe(onward);
  }

  const server = createServer((incoming, outgoing) => {
    const number = new URL(incoming.url ?? '/', storage).searchParams.get('partNumber');
    const part = incoming.method === 'PUT' && number ? Number(number) : null;
    // Unread, so a browser that leaves is not noticed here before `open`.
    if (part !== null && part > highest) waiting.push(outgoing);
    else if (part !== null && failures.has(part)) fail(incoming, outgoing, part);
    else forward(incoming, outgoing, part);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}${target.pathname.replace(/\/$/, '')}`,
    seen,
    open(upTo) {
      highest = upTo;
      for (const outgoing of waiting) outgoing.destroy();
      waiting = [];
    },
    fail: (part, how) => void failures.set(part, how),
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
