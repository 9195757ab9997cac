import { env as bindings } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { canSeal, seal, unseal } from './secrets.ts';

const keyOf = (byte: number) => btoa(String.fromCharCode(...new Uint8Array(32).fill(byte)));
const env = { ...bindings, SEALING_KEY: keyOf(7) };

test('opens for its row and under its key only', async () => {
  const sealed = await seal(env, 'one/sign-on/a', 'a secret');
  expect(sealed).not.toContain('secret');
  expect(await unseal(env, 'one/sign-on/a', sealed)).toBe('a secret');
  await expect(unseal(env, 'two/sign-on/a', sealed)).rejects.toThrow();
  await expect(
    unseal({ ...env, SEALING_KEY: keyOf(8) }, 'one/sign-on/a', sealed),
  ).rejects.toThrow();
  const turned = sealed.slice(0, -4) + (sealed.at(-4) === 'A' ? 'B' : 'A') + sealed.slice(-3);
  await expect(unseal(env, 'one/sign-on/a', turned)).rejects.toThrow();
  await expect(unseal(env, 'one/sign-on/a', 'plain')).rejects.toThrow(/not a sealed/);
});

test('the same secret never looks the same twice', async () => {
  expect(await seal(env, 'one', 'x')).not.toBe(await seal(env, 'one', 'x'));
});

test('a key of another length is refused', async () => {
  expect(canSeal({ ...env, SEALING_KEY: undefined })).toBe(false);
  await expect(seal({ ...env, SEALING_KEY: btoa('short') }, 'one', 'x')).rejects.toThrow(
    /32 bytes/,
  );
});
