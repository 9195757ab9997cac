import { expect, test } from 'vitest';
import app from '../index.ts';
import { storages, withStorage } from '../test/storages.ts';
import { newId } from '../workspaces/random.ts';

const token = 'a token of the operator, long enough';
const ask = async (
  storage: (typeof storages)[number],
  method: string,
  path: string,
  json?: unknown,
  bearer = token.replaceAll(' ', '-'),
) => {
  const response = await app.request(
    `https://cairn.test/api/operator/storage${path}`,
    {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    },
    { ...withStorage(storage), OPERATOR_TOKEN: token.replaceAll(' ', '-') },
  );
  return { status: response.status, body: await response.json<Record<string, unknown>>() };
};

test.each(storages)('$name: what is set up, and who may use it', async (storage) => {
  const { name, bucket, region } = storage;
  expect((await ask(storage, 'GET', '')).body).toEqual({
    locations: [{ name, bucket, region, reachable: true }],
  });
  const origins = { origins: ['https://cairn.test', 'http://localhost:8787'] };
  // wrangler's R2 lets local pages in and has no rules to set.
  const status = name === 'ceph' ? 200 : 501;
  expect(await ask(storage, 'POST', '/allow-origins', origins)).toEqual({
    status: 200,
    body: { locations: [{ name, status }] },
  });
});

const [storage] = storages;
test.each(['https://cairn.test/', 'cairn.test', 'javascript:alert(1)', '*', 'https://a b', 'null'])(
  '%s is no origin',
  async (origin) => {
    const answer = await ask(storage!, 'POST', '/allow-origins', { origins: [origin] });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  },
);

test('a workspace gets another quota, and the usual one again', async () => {
  const path = `/quota/${newId()}`;
  const given = await ask(storage!, 'PUT', path, { bytes: 5_000 });
  expect(given.body).toEqual({ bytes: 0, objects: 0, quotaBytes: 5_000 });
  const usual = await ask(storage!, 'PUT', path, { bytes: null });
  expect(usual.body).toMatchObject({ quotaBytes: 10_000_000_000 });
  expect((await ask(storage!, 'PUT', path, { bytes: -1 })).status).toBe(400);
  expect((await ask(storage!, 'PUT', '/quota/x', { bytes: 1 })).status).toBe(404);
});

test('nobody else may', async () => {
  const path = `/quota/${newId()}`;
  expect((await ask(storage!, 'PUT', path, { bytes: 1 }, 'guess')).status).toBe(401);
  expect((await ask(storage!, 'GET', '', undefined, 'guess')).status).toBe(401);
});
