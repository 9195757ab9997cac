import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createPerson, createSession } from '../test/people.ts';
import { expire } from './expire.ts';
import { giveBack, limits, networkOf, take, tried } from './limits.ts';

describe('tries', () => {
  const { most, windowMs } = limits.confirmByPerson;
  const now = 1_000 * windowMs;

  test('of many at once none slips through', async () => {
    const all = await Promise.all(
      Array.from({ length: most + 5 }, () => take(env, 'confirmByPerson', ['many'], now)),
    );
    expect(all.filter((one) => one.allowed)).toHaveLength(most);
  });

  test('are given back when good, and forgotten with the window', async () => {
    for (let i = 0; i < most; i += 1) await take(env, 'confirmByPerson', ['some'], now);
    expect((await take(env, 'confirmByPerson', ['some'], now)).allowed).toBe(false);
    await giveBack(env, 'confirmByPerson', ['some'], now);
    await giveBack(env, 'confirmByPerson', ['some'], now);
    expect(await tried(env, 'confirmByPerson', ['some'], now)).toBe(most - 1);
    const later = await take(env, 'confirmByPerson', ['some'], now + windowMs);
    expect(later).toEqual({ allowed: true, count: 1, retryAfter: windowMs / 1000 });
  });

  test('of one do not count for another, and nobody’s name is kept', async () => {
    await take(env, 'mailByAccount', ['ada@example.org'], now);
    expect(await tried(env, 'mailByAccount', ['eve@example.org'], now)).toBe(0);
    expect(await tried(env, 'codeByAccount', ['ada@example.org'], now)).toBe(0);
    const { results } = await env.DB.prepare('select * from attempts').all();
    expect(JSON.stringify(results)).not.toContain('example.org');
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::9', '2001:db8:1:2'],
  ['2001:0db8:0001:0002:ffff::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what is over is removed, and nothing else', async () => {
  const now = Date.now();
  const person = await createPerson();
  await createSession(person.id);
  const day = 24 * 3_600_000;
  const sessions = () => env.DB.prepare('select count(*) as n from sessions').first('n');
  await take(env, 'mailByAccount', ['x'], now);
  await expire(env, now);
  expect(await sessions()).toBe(2);
  expect(await tried(env, 'mailByAccount', ['x'], now)).toBe(1);
  await expire(env, now + 6 * day);
  expect(await sessions()).toBe(2);
  expect(await tried(env, 'mailByAccount', ['x'], now)).toBe(0);
  await expire(env, now + 8 * day);
  expect(await sessions()).toBe(0);
});
