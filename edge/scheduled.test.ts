import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { listErrors } from './logs/errors.ts';
import { jobs, runDueJobs, type Job } from './scheduled.ts';

const minute = 60_000;
const midnight = Date.UTC(2026, 0, 1);

function counting(name: string, everyMinutes: number, fails = false): Job & { at: number[] } {
  const at: number[] = [];
  return {
    ...{ name, everyMinutes, at },
    async run(_, now) {
      at.push((now - midnight) / minute);
      if (fails) throw new Error('canary');
    },
  };
}

test('jobs run when they are due, also when the clock ticks unevenly', async () => {
  const often = counting('often', 5);
  const daily = counting('daily', 1440);
  for (let tick = 0; tick <= 1445; tick += 5) {
    await runDueJobs(env, midnight + tick * minute + (tick % 3) * 7000, [often, daily]);
  }
  expect(often.at).toHaveLength(290);
  expect(daily.at.map(Math.floor)).toEqual([0, 1440]);
});

test('of two ticks at once only one runs a job', async () => {
  const job = counting('once', 5);
  const ran = await Promise.all([
    runDueJobs(env, midnight, [job]),
    runDueJobs(env, midnight, [job]),
    runDueJobs(env, midnight, [job]),
  ]);
  expect(ran.flat()).toEqual(['once']);
});

test('a job that fails is reported, tried again sooner, and holds up no other', async () => {
  const broken = counting('broken', 1440, true);
  const after = counting('after', 1440);
  for (let tick = 0; tick <= 30; tick += 5) {
    await runDueJobs(env, midnight + tick * minute, [broken, after]);
  }
  expect(broken.at).toEqual([0, 15, 30]);
  expect(after.at).toEqual([0]);
  const [report] = await listErrors(env);
  expect(report).toMatchObject({ route: 'job broken', count: 3 });
});

test('no two jobs have one name', () => {
  expect(new Set(jobs.map((job) => job.name)).size).toBe(jobs.length);
});
