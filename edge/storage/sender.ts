/** For tests: a member of a workspace who sends objects as a browser does, without signing in. */
import { Hono } from 'hono';
import type { AppContext, Person } from '../app-types.ts';
import type { SignedPart, StartedUpload } from '../contract/objects.ts';
import type { Env } from '../env.ts';
import { md5Base64 } from './md5.ts';
import { storageRoutes } from './routes.ts';

export interface Answer {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each test knows what it asked for
  body: any;
}

export class Sender {
  readonly workspaceId: string;
  readonly #env: Env;
  readonly #app: Hono<AppContext>;

  constructor(env: Env, workspaceId: string, person: Person | null) {
    this.workspaceId = workspaceId;
    this.#env = env;
    this.#app = new Hono<AppContext>()
      .use(async (context, next) => {
        context.set('person', person);
        context.set('address', '192.0.2.1');
        context.set('requestId', 'request');
        await next();
      })
      .route('/api/workspaces', storageRoutes)
      .notFound((context) => context.json({ code: 'not-found', message: 'no such endpoint' }, 404))
      .onError((error, context) =>
        context.json({ code: 'unexpected', message: String(error) }, 500),
      );
  }

  async ask(method: string, path: string, json?: unknown): Promise<Answer> {
    const response = await this.#app.request(
      `https://cairn.test/api/workspaces/${this.workspaceId}${path}`,
      {
        method,
        ...(json === undefined
          ? {}
          : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
      },
      this.#env,
    );
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }

  start = (size: number, more: object = {}) =>
    this.ask('POST', '/objects', {
      ...{ kind: 'attachment', size, contentType: 'application/octet-stream' },
      ...more,
    });

  async sign(id: string, parts: { number: number; md5: string }[]): Promise<SignedPart[]> {
    const answer = await this.ask('POST', `/objects/${id}/parts`, { parts });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
    return answer.body.parts;
  }

  /** Sends the parts numbered so (all by default) and returns their ETags. */
  async sendParts(
    { id, partSize, partCount }: StartedUpload,
    bytes: Uint8Array<ArrayBuffer>,
    numbers = Array.from({ length: partCount }, (_, i) => i + 1),
  ): Promise<string[]> {
    const pieces = numbers.map((n) => bytes.subarray((n - 1) * partSize, n * partSize));
    const parts = await Promise.all(
      pieces.map(async (piece, i) => ({ number: numbers[i]!, md5: await md5Base64(piece) })),
    );
    const signed = await this.sign(id, parts);
    return Promise.all(
      signed.map(async ({ url, headers }, i) => {
        const put = await fetch(url, { method: 'PUT', headers, body: pieces[i]! });
        await put.body?.cancel();
        if (!put.ok) throw new Error(`PUT: ${put.status}`);
        return put.headers.get('etag')!.replaceAll('"', '');
      }),
    );
  }

  /** From start to end; throws when the edge refuses on the way. */
  async send(bytes: Uint8Array<ArrayBuffer>, more: object = {}): Promise<string> {
    const started = await this.start(bytes.length, more);
    if (started.status !== 201) throw new Error(JSON.stringify(started));
    const etags = await this.sendParts(started.body, bytes);
    const { id } = started.body as StartedUpload;
    const done = await this.ask('POST', `/objects/${id}/complete`, { etags });
    if (done.status !== 200) throw new Error(JSON.stringify(done));
    return id;
  }

  async fetchObject(id: string, init: RequestInit = {}): Promise<Response> {
    const { body } = await this.ask('POST', `/objects/${id}/download`, {});
    return fetch(body.url, init);
  }
}
