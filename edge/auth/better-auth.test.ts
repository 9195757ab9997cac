import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { createAuth } from './better-auth.ts';
import { readAuthSettings } from './settings.ts';

test('our tables are those that the library needs', async () => {
  const auth = createAuth(env, readAuthSettings(env, 'https://cairn.test/')!, true);
  const { checkSchema } = await auth.$context;
  expect(checkSchema).toBeTypeOf('function');
  await expect(Promise.resolve(checkSchema?.())).resolves.not.toThrow();
});
