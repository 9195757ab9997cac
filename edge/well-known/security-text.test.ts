import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import app from '../index.ts';
import { securityText } from './routes.ts';

const day = 86_400_000;
const get = (contact?: string) =>
  app.request(
    'https://cairn.test/.well-known/security.txt',
    {},
    {
      ...env,
      APP_ORIGIN: 'https://cairn.test',
      ...(contact === undefined ? {} : { SECURITY_CONTACT: contact }),
    },
  );

test('security.txt names the contact and an end less than a year away', async () => {
  const response = await get('mailto:security@example.org');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const fields = new Map(
    (await response.text())
      .trim()
      .split('\n')
      .map((line): [string, string] => [
        line.split(': ')[0]!,
        line.split(': ').slice(1).join(': '),
      ]),
  );
  expect(fields.get('Contact')).toBe('mailto:security@example.org');
  expect(fields.get('Canonical')).toBe('https://cairn.test/.well-known/security.txt');
  const left = Date.parse(fields.get('Expires')!) - Date.now();
  expect(left).toBeGreaterThan(30 * day);
  expect(left).toBeLessThan(365 * day);
});

test.each([undefined, '', 'security@example.org', 'http://example.org', 'mailto:a\nExpires: x'])(
  'there is none for %j',
  async (contact) => expect((await get(contact)).status).toBe(404),
);

test('the text is the same all day', () => {
  const configured = { ...env, SECURITY_CONTACT: 'https://example.org/report' };
  const at = (time: number) => securityText(configured, 'https://cairn.test', time);
  expect(at(20_000 * day)).toBe(at(20_001 * day - 1));
  expect(at(20_000 * day)).toContain('Expires: 2025-04-02T00:00:00.000Z');
});
