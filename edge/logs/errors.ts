/** Reports of what failed: counted by fingerprint, without the message and so without content. */
import type { Env } from '../env.ts';
import { logError, shapeOf } from './log.ts';

export interface ErrorReport {
  /** The same for the same class of error thrown at the same place while answering the same route. */
  fingerprint: string;
  name: string;
  route: string;
  frames: string[];
  count: number;
  firstAt: number;
  lastAt: number;
  lastRequestId: string;
}

interface Where {
  route: string;
  requestId: string;
}

/** Line and column move with every build, so they are not part of it. */
async function fingerprintOf(name: string, route: string, frames: string[]): Promise<string> {
  const places = frames.slice(0, 4).map((frame) => frame.replace(/:\d+:\d+/g, ''));
  const bytes = new TextEncoder().encode([name, route, ...places].join('\n'));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)).slice(0, 8);
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Never throws: a failing report must not hide what it reports. */
export async function reportError(
  env: Env,
  error: unknown,
  { route, requestId }: Where,
  now = Date.now(),
): Promise<void> {
  const { name, frames } = shapeOf(error);
  const fingerprint = await fingerprintOf(name, route, frames);
  logError('failed', error, { route, requestId, fingerprint });
  try {
    await env.DB.prepare(
      `insert into error_reports
         (fingerprint, name, route, frames, count, first_at, last_at, last_request_id)
       values (?1, ?2, ?3, ?4, 1, ?5, ?5, ?6)
       on conflict (fingerprint) do update set
         count = count + 1, last_at = ?5, last_request_id = ?6, frames = ?4`,
    )
      .bind(fingerprint, name, route, JSON.stringify(frames), now, requestId)
      .run();
  } catch (failure) {
    logError('report not written', failure, { fingerprint });
  }
}

/** Newest first. */
export async function listErrors(env: Env, limit = 100): Promise<ErrorReport[]> {
  const { results } = await env.DB.prepare(
    `select fingerprint, name, route, frames, count, first_at as firstAt, last_at as lastAt,
       last_request_id as lastRequestId
     from error_reports order by last_at desc limit ?`,
  )
    .bind(limit)
    .all<Omit<ErrorReport, 'frames'> & { frames: string }>();
  return results.map((row) => ({ ...row, frames: JSON.parse(row.frames) as string[] }));
}
