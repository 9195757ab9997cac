import { env } from 'cloudflare:workers';
import { describe, expect, inject, test } from 'vitest';
import { fetchOutside, refusedAddress } from './outbound.ts';

describe('addresses that are never asked', () => {
  const strict = { ...env, OUTBOUND_LOOPBACK: undefined };
  test.each([
    ...[
      'http://id.acme.com/',
      'https://id.acme.com:8443/',
      'ftp://id.acme.com/',
      'file:///etc/passwd',
    ],
    ...['https://127.0.0.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://[::1]/'],
    ...[
      'https://[::ffff:10.0.0.1]/',
      'https://169.254.169.254/latest/meta-data/',
      'https://10.1.2.3',
    ],
    ...['https://localhost/', 'https://localhost./', 'https://db.internal/', 'https://router.lan'],
    ...['https://user:secret@id.acme.com/', 'https://user@id.acme.com/', 'not an address', ''],
    ...['https://metadata/', 'https://a.localhost/', 'javascript:alert(1)', 'data:text/plain,x'],
  ])('%s', (address) => {
    expect(refusedAddress(strict, address)).not.toBeNull();
  });
  test.each(['https://login.acme.com/realms/one', 'https://acme.okta.com'])(
    'but %s is',
    (address) => {
      expect(refusedAddress(strict, address)).toBeNull();
    },
  );
});

describe('what comes back', () => {
  const { rogue } = inject('addresses');
  test('a redirect is refused', async () => {
    await expect(fetchOutside(env, `${rogue}/redirect`)).rejects.toThrow('a redirect');
  });
  test('an endless answer is cut off', async () => {
    await expect(fetchOutside(env, `${rogue}/endless`)).rejects.toThrow('too large');
  });
});
