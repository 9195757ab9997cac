/** One way to ask the edge: JSON there and back, answers checked, refusals as AppError. */
import * as v from 'valibot';
import type { EdgeErrorCode } from '../../edge/contract/errors.ts';
import { edgeErrorCodes } from '../../edge/contract/errors.ts';
import { AppError, type ErrorCode } from '../core/errors.ts';

export interface RequestOptions {
  body?: unknown;
  /** What is undefined is left out. */
  query?: Readonly<Record<string, string | number | undefined>>;
  signal?: AbortSignal | undefined;
}

/** Sends `ended` when the edge says that nobody is signed in. */
export const sessionEvents = new EventTarget();

const refusalSchema = v.object({ code: v.string(), message: v.optional(v.string(), '') });

/** Does not compile when a code of the edge has no sentence. */
const codes: readonly ErrorCode[] = edgeErrorCodes satisfies readonly EdgeErrorCode[];

export function addressOf(path: string, query: RequestOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') parameters.set(name, String(value));
  }
  return parameters.size > 0 ? `${path}?${parameters}` : path;
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(addressOf(path, options.query), {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new AppError('network-unreachable', 'no answer', { cause: error });
  }
}

/** Null when it is no JSON. */
async function readJson(response: Response): Promise<unknown> {
  if (!response.headers.get('content-type')?.includes('json')) return null;
  return response.json().catch(() => null);
}

export function refusalOf(response: Response, answer: unknown): AppError {
  const refusal = v.safeParse(refusalSchema, answer);
  // A page instead of an answer: only files are served here.
  if (!refusal.success && (response.status === 404 || response.status === 405)) {
    return new AppError('accounts-unavailable', `${response.status} without a code`);
  }
  const { code, message } = refusal.success ? refusal.output : { code: 'unexpected', message: '' };
  const seconds = Number(response.headers.get('retry-after') ?? NaN);
  return new AppError(codes.find((known) => known === code) ?? 'unexpected', message, {
    details: Number.isFinite(seconds) ? { seconds } : {},
  });
}

/** Throws AppError: a code of the edge, `network-unreachable`, or `answer-unreadable`. */
export async function request<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  schema: v.GenericSchema<unknown, T>,
  options: RequestOptions = {},
): Promise<T> {
  const response = await send(method, path, options);
  const answer = response.status === 204 ? undefined : await readJson(response);
  if (!response.ok) {
    const refusal = refusalOf(response, answer);
    if (refusal.code === 'not-signed-in') sessionEvents.dispatchEvent(new Event('ended'));
    throw refusal;
  }
  if (answer === null) throw new AppError('accounts-unavailable', 'a page instead of an answer');
  const result = v.safeParse(schema, answer);
  if (!result.success) {
    const [issue] = result.issues;
    throw new AppError('answer-unreadable', `${path}: ${v.getDotPath(issue) ?? ''} is unexpected`);
  }
  return result.output;
}

/** For answers that say nothing we need. */
export const anything: v.GenericSchema<unknown, unknown> = v.unknown();
