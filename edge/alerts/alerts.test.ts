import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { findEntries } from '../audit/find.ts';
import { recordEvent } from '../audit/record.ts';
import { capturedMails } from '../mail/capture.ts';
import { createPerson, type TestPerson } from '../test/people.ts';
import { storeWorkspace } from '../test/stored.ts';
import { networkOf } from './network.ts';
import { raiseAlerts } from './raise.ts';
import { findPatterns } from './rules.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let now = Date.UTC(2026, 0, 1);
let owner: TestPerson;
let admin: TestPerson;
let viewer: TestPerson;
let workspaceId: string;

/** Each test has people and a time of its own. */
beforeEach(async () => {
  now += 400 * day;
  [owner, admin, viewer] = await Promise.all([createPerson(), createPerson(), createPerson()]);
  workspaceId = await storeWorkspace(env, {
    members: [
      [owner.id, 'owner'],
      [admin.id, 'admin'],
      [viewer.id, 'viewer'],
    ],
  });
});

const signIn = (
  person: TestPerson | null,
  at: number,
  more: { outcome?: 'success' | 'denied'; address?: string; country?: string } = {},
) =>
  recordEvent(
    env,
    {
      ...{ workspaceId: null, actorId: null, action: 'person.signed-in', requestId: null },
      ...(person ? { target: { kind: 'person', id: person.id } } : {}),
      outcome: more.outcome ?? 'success',
      address: more.address ?? '192.0.2.1',
      detail: { method: 'password', ...(more.country ? { country: more.country } : {}) },
    },
    at,
  );
const rulesFound = async () => (await findPatterns(env, now)).map(({ rule }) => rule);

describe('guessing one account', () => {
  const failures = async (count: number, addresses: number, from = now - 30 * minute) => {
    for (let number = 0; number < count; number += 1) {
      const address = `198.51.${number % addresses}.7`;
      await signIn(viewer, from + number, { outcome: 'denied', address });
    }
  };
  test('many failures from many addresses are told, once a day', async () => {
    await failures(10, 5);
    expect(await rulesFound()).toEqual(['guessed-account']);
    expect(await raiseAlerts(env, now)).toBe(1);
    expect(await raiseAlerts(env, now + 5 * minute)).toBe(0);
    for (const { email } of [viewer, owner]) {
      const mails = await capturedMails(env, email);
      expect(mails).toHaveLength(1);
      expect(mails[0]!.subject).toBe('Unusual sign-ins at Cairn');
      expect(mails[0]!.text).toContain('guessing');
      expect(mails[0]!.text).not.toContain(viewer.id);
    }
    expect(await capturedMails(env, admin.email)).toEqual([]);
    for (const chain of ['installation', workspaceId]) {
      const [entry] = await findEntries(env, chain, { action: 'alert.raised' }, { limit: 1 });
      expect(entry).toMatchObject({ targetId: viewer.id, detail: { rule: 'guessed-account' } });
    }
  });
  test.each([
    ['few failures from many addresses', 9, 5],
    ['many failures from few addresses', 20, 4],
  ])('a forgotten password is not: %s', async (_, count, addresses) => {
    await failures(count, addresses);
    expect(await rulesFound()).toEqual([]);
  });
  test('an old attack is not told again', async () => {
    await failures(20, 10, now - 2 * hour);
    expect(await rulesFound()).toEqual([]);
  });
});

test('passwords sprayed from one network are told to the operator', async () => {
  for (let number = 0; number < 30; number += 1) {
    const address = `2001:db8:7:${number}::1`;
    await signIn(null, now - number, { outcome: 'denied', address });
  }
  const withOperator = { ...env, OPERATOR_EMAIL: 'operator@example.org' };
  expect(await rulesFound()).toEqual(['sprayed-passwords']);
  await raiseAlerts(withOperator, now);
  expect(await capturedMails(env, 'operator@example.org')).toHaveLength(1);
});

describe('places', () => {
  test('an administrator in a country never seen is told', async () => {
    await signIn(admin, now - 30 * day, { country: 'FR' });
    await signIn(admin, now - 10 * minute, { country: 'BR', address: '203.0.113.1' });
    expect(await rulesFound()).toEqual(['new-place']);
  });
  test('without countries a network never seen is', async () => {
    await signIn(admin, now - 30 * day, { address: '192.0.2.1' });
    await signIn(admin, now - 20 * minute, { address: '192.0.2.200' });
    expect(await rulesFound()).toEqual([]);
    await signIn(admin, now - 10 * minute, { address: '203.0.113.1' });
    expect(await rulesFound()).toEqual(['new-place']);
  });
  test('a first sign-in, a known place or a viewer are not', async () => {
    await signIn(owner, now - 10 * minute, { country: 'FR' });
    await signIn(admin, now - 30 * day, { country: 'FR' });
    await signIn(admin, now - 10 * minute, { country: 'FR', address: '203.0.113.1' });
    await signIn(viewer, now - 30 * day, { country: 'FR' });
    await signIn(viewer, now - 10 * minute, { country: 'BR' });
    expect(await rulesFound()).toEqual([]);
  });
  test('two countries within two hours are told for everybody', async () => {
    await signIn(viewer, now - 100 * minute, { country: 'FR' });
    await signIn(viewer, now - 10 * minute, { country: 'JP' });
    const [finding] = await findPatterns(env, now);
    expect(finding).toMatchObject({ rule: 'fast-travel', facts: { country: 'JP', minutes: 90 } });
  });
  test('two countries in a day are not', async () => {
    await signIn(viewer, now - 10 * hour, { country: 'FR' });
    await signIn(viewer, now - 10 * minute, { country: 'JP' });
    expect(await rulesFound()).toEqual([]);
  });
});

test.each([
  ['192.0.2.77', '192.0.2'],
  ['2001:db8:1:2::3', '2001:db8:1'],
  ['2001:0db8:0001::', '2001:db8:1'],
  ['2001:db8::1', '2001:db8:0'],
  ['::1', '0:0:0'],
])('the network of %s is %s', (address, network) => expect(networkOf(address)).toBe(network));
