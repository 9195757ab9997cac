/** Reads what a request brings by a schema, before its route sees it; and answers refusals. */
import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import * as v from 'valibot';
import type { AppContext } from './app-types.ts';
import type { EdgeError, EdgeErrorCode } from './contract/errors.ts';

/** No body of ours is larger: files go to storage, never through here. Bytes. */
const largestBody = 64 * 1024;

export function refuse<Status extends ContentfulStatusCode>(
  context: Context,
  status: Status,
  code: EdgeErrorCode,
  message: string,
) {
  return context.json({ code, message } satisfies EdgeError, status);
}

/** The first thing wrong, with its place and without its value, which may be a secret. */
function complaint(issues: readonly v.BaseIssue<unknown>[]): string {
  const [issue] = issues;
  if (!issue) return 'the request is not understood';
  const place = v.getDotPath(issue);
  return place ? `${place}: expected ${issue.expected ?? 'another value'}` : 'not understood';
}

const notUtf8 = Symbol('not UTF-8');

/** The body as text; null when it is larger than allowed, whatever its length header says. */
async function readText(request: Request): Promise<string | null | typeof notUtf8> {
  if (Number(request.headers.get('content-length') ?? 0) > largestBody) return null;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return notUtf8;
  }
}

const unreadable = Symbol('unreadable');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return unreadable;
  }
}

type Validated<Target extends string, Schema extends v.GenericSchema> = MiddlewareHandler<
  AppContext,
  string,
  {
    in: { [Key in Target]: v.InferInput<Schema> };
    out: { [Key in Target]: v.InferOutput<Schema> };
  }
>;

/** Says on the middleware itself what it reads, so that tests can ask every route of the app. */
const reads = <Target extends string, Schema extends v.GenericSchema>(
  target: Target,
  schema: Schema,
  middleware: Validated<Target, Schema>,
): Validated<Target, Schema> => Object.assign(middleware, { reads: { target, schema } });

/**
 * Takes a JSON body of at most 64 KiB that matches `schema`; 400 `invalid-request` otherwise. Only
 * `application/json` is taken: a form of another site cannot send that without asking first.
 * The route reads it with `context.req.valid('json')`.
 */
export const body = <Schema extends v.GenericSchema>(schema: Schema): Validated<'json', Schema> =>
  reads('json', schema, async (context, next) => {
    const type = context.req.header('content-type') ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return refuse(context, 415, 'invalid-request', 'the body must be application/json');
    }
    const text = await readText(context.req.raw);
    if (text === null) return refuse(context, 413, 'too-large', 'the body is larger than 64 KiB');
    const value = text === notUtf8 ? unreadable : parseJson(text);
    if (value === unreadable) return refuse(context, 400, 'invalid-request', 'not JSON');
    const result = v.safeParse(schema, value, { abortEarly: true });
    if (!result.success) {
      return refuse(context, 400, 'invalid-request', complaint(result.issues));
    }
    context.req.addValidatedData('json', result.output as object);
    await next();
  });

/** Takes the query if it matches `schema`; read with `context.req.valid('query')`. Each name once. */
export const query = <Schema extends v.GenericSchema>(schema: Schema): Validated<'query', Schema> =>
  reads('query', schema, async (context, next) => {
    const all = context.req.queries();
    const twice = Object.values(all).some((values) => values.length > 1);
    const result = v.safeParse(schema, context.req.query(), { abortEarly: true });
    if (twice || !result.success) {
      const why = result.success ? 'a name is given twice' : complaint(result.issues);
      return refuse(context, 400, 'invalid-request', why);
    }
    context.req.addValidatedData('query', result.output as object);
    await next();
  });
