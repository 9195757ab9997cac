/**
 * Counts of requests. Each isolate of the worker counts for itself, as Prometheus expects of
 * instances; where Analytics Engine is bound, every request is also one data point there, which is
 * what adds up over all isolates.
 */
import type { Env } from '../env.ts';

export interface AnsweredRequest {
  method: string;
  /** The pattern, never the address. */
  route: string;
  status: number;
  durationMs: number;
}

/** Upper bounds in seconds. */
export const durationBounds = [0.005, 0.025, 0.1, 0.5, 2.5, 10];

export interface RouteCount {
  method: string;
  route: string;
  statusClass: string;
  requests: number;
  seconds: number;
  /** How many took at most each of `durationBounds`. */
  within: number[];
}

const counts = new Map<string, RouteCount>();
/** Patterns are finite, methods are not: a client may invent them. */
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function countRequest(env: Pick<Env, 'METRICS'>, answered: AnsweredRequest): void {
  const method = methods.has(answered.method) ? answered.method : 'other';
  const statusClass = `${Math.floor(answered.status / 100)}xx`;
  const key = `${method} ${answered.route} ${statusClass}`;
  const count = counts.get(key) ?? {
    ...{ method, route: answered.route, statusClass, requests: 0, seconds: 0 },
    within: durationBounds.map(() => 0),
  };
  counts.set(key, count);
  const seconds = answered.durationMs / 1000;
  count.requests += 1;
  count.seconds += seconds;
  durationBounds.forEach((bound, index) => {
    if (seconds <= bound) count.within[index]! += 1;
  });
  env.METRICS?.writeDataPoint({
    indexes: [answered.route],
    blobs: [method, answered.route, statusClass],
    doubles: [answered.durationMs, answered.status],
  });
}

export const requestCounts = (): RouteCount[] => [...counts.values()];
