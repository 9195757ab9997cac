import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { Browser, goodPassword, mailTo, signUpIn, tokenIn } from '../test/people.ts';

test('sign-up by mail, then in and out with the password', { timeout: 60_000 }, async () => {
  const browser = new Browser();
  const person = await signUpIn(browser, 'ada@example.org');
  const session = await browser.get('/api/auth/session');
  expect(await session.json()).toEqual({
    person: {
      id: person.id,
      email: 'ada@example.org',
      name: 'Test',
      twoFactor: false,
      method: 'password',
    },
  });
  expect((await browser.post('/api/auth/sign-out')).status).toBe(200);
  expect(await (await browser.get('/api/auth/session')).json()).toEqual({ person: null });
  const wrong = await browser.post('/api/auth/sign-in', {
    email: 'ada@example.org',
    password: 'not-the-right-one-1',
  });
  expect(wrong.status).toBe(401);
  const right = await browser.post('/api/auth/sign-in', {
    email: 'ADA@example.org ',
    password: goodPassword,
  });
  expect(await right.json()).toEqual({ next: 'signed-in' });
  expect(await (await browser.get('/api/auth/session')).json()).toMatchObject({
    person: { id: person.id },
  });
});
