/** Metrics in Prometheus' text format, version 0.0.4. */
import type { Env } from '../env.ts';
import { randomHex } from '../logs/trace.ts';
import { durationBounds, requestCounts } from './counters.ts';

type Labels = Record<string, string>;
interface Metric {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  samples: [suffix: string, labels: Labels, value: number][];
}

const escaped = (text: string) =>
  text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');

function printed({ name, help, type, samples }: Metric): string {
  const lines = samples.map(([suffix, labels, value]) => {
    const inside = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
    return `${name}${suffix}${inside.length > 0 ? `{${inside.join(',')}}` : ''} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

let isolate = '';

function requestMetrics(): Metric[] {
  isolate ||= randomHex(4);
  const counts = requestCounts();
  return [
    {
      ...{ name: 'cairn_requests_total', type: 'counter' },
      help: 'Requests answered by this isolate of the worker.',
      samples: counts.map(({ method, route, statusClass, requests }) => [
        '',
        { isolate, method, route, status: statusClass },
        requests,
      ]),
    },
    {
      ...{ name: 'cairn_request_seconds', type: 'histogram' },
      help: 'Time until the answer began.',
      samples: counts.flatMap(({ method, route, statusClass, requests, seconds, within }) => {
        const labels = { isolate, method, route, status: statusClass };
        const buckets = durationBounds.map((bound, index): Metric['samples'][number] => [
          '_bucket',
          { ...labels, le: String(bound) },
          within[index]!,
        ]);
        return [
          ...buckets,
          ['_bucket', { ...labels, le: '+Inf' }, requests],
          ['_sum', labels, seconds],
          ['_count', labels, requests],
        ] satisfies Metric['samples'];
      }),
    },
  ];
}

const hour = 3_600_000;

/** What the database knows, the same whichever isolate answers. */
async function stateMetrics(env: Env, now: number): Promise<Metric[]> {
  const [events, failures, jobs] = await env.DB.batch<Record<string, string | number>>([
    env.DB.prepare(
      'select action, outcome, count(*) as count from audit_events where at >= ? group by 1, 2',
    ).bind(now - hour),
    env.DB.prepare(
      'select name, route, fingerprint, count from error_reports where last_at >= ?',
    ).bind(now - 24 * hour),
    env.DB.prepare('select name, started_at, outcome from job_runs'),
  ]);
  return [
    {
      ...{ name: 'cairn_audit_events', type: 'gauge' },
      help: 'Audit events of the last hour.',
      samples: (events?.results ?? []).map((row) => [
        '',
        { action: String(row['action']), outcome: String(row['outcome']) },
        Number(row['count']),
      ]),
    },
    {
      ...{ name: 'cairn_failures_total', type: 'counter' },
      help: 'Failures of the worker by fingerprint, those seen in the last day.',
      samples: (failures?.results ?? []).map((row) => [
        '',
        {
          fingerprint: String(row['fingerprint']),
          error: String(row['name']),
          route: String(row['route']),
        },
        Number(row['count']),
      ]),
    },
    {
      ...{ name: 'cairn_job_started_seconds', type: 'gauge' },
      help: 'When each job of the clock last began, in seconds since 1970.',
      samples: (jobs?.results ?? []).map((row) => [
        '',
        { job: String(row['name']), outcome: String(row['outcome']) },
        Number(row['started_at']) / 1000,
      ]),
    },
  ];
}

export async function exposition(env: Env, now: number): Promise<string> {
  return [...requestMetrics(), ...(await stateMetrics(env, now))].map(printed).join('');
}
