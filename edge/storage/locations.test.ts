import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { Env } from '../env.ts';
import { bucketAddress, credentialsOf, locationsFor, storageOrigins } from './locations.ts';
import { checkStorage, openStorage } from './open.ts';

const paris = {
  name: 'eu-west-3',
  endpoint: 'https://s3.eu-west-3.amazonaws.com',
  bucket: 'cairn-eu',
};
const withLocations = (locations: unknown, secrets: Record<string, string> = {}): Env => ({
  ...env,
  STORAGE_LOCATIONS: typeof locations === 'string' ? locations : JSON.stringify(locations),
  ...secrets,
});

test('addresses in both styles, and their origins for the policy', () => {
  const own = { ...paris, name: 'own', endpoint: 'https://minio.example:9000/s3/', bucket: 'b' };
  const edge = withLocations([
    { ...paris, style: 'virtual-host' },
    { ...own, bucket: 'bbb' },
  ]);
  expect(locationsFor(edge, 'any').map(bucketAddress)).toEqual([
    'https://cairn-eu.s3.eu-west-3.amazonaws.com',
    'https://minio.example:9000/s3/bbb',
  ]);
  expect(storageOrigins(edge)).toEqual([
    'https://cairn-eu.s3.eu-west-3.amazonaws.com',
    'https://minio.example:9000',
  ]);
});

test('keys come from the secret of the region', () => {
  const edge = withLocations([paris], { STORAGE_KEY_EU_WEST_3: 'id:se:cret' });
  const [location] = locationsFor(edge, 'any');
  expect(location).toMatchObject({ region: 'eu-west-3', style: 'path', etags: 'md5' });
  expect(credentialsOf(edge, location!)).toEqual({ accessKeyId: 'id', secretAccessKey: 'se:cret' });
  for (const secret of ['', 'id', 'id:', ':secret']) {
    const wrong = withLocations([paris], { STORAGE_KEY_EU_WEST_3: secret });
    expect(credentialsOf(wrong, location!)).toBeNull();
    expect(openStorage(wrong, 'eu-west-3')).toBeNull();
  }
  expect(openStorage(edge, 'us-east-1')).toBeNull();
});

test('a location for some workspaces is offered to those', () => {
  const edge = withLocations([paris, { ...paris, name: 'acme', workspaces: ['a'] }]);
  const names = (id: string) => locationsFor(edge, id).map(({ name }) => name);
  expect([names('a'), names('b')]).toEqual([['eu-west-3', 'acme'], ['eu-west-3']]);
});

test.each(['{', '{}', '[{"name":"x"}]', '[{"name":"EU","endpoint":"https://s","bucket":"bbb"}]'])(
  'what cannot be read (%s) is no storage, and health says so',
  async (text) => {
    const edge = withLocations(text);
    expect(storageOrigins(edge)).toEqual([]);
    expect(await checkStorage(edge)).toBe('failing');
  },
);

test('no text is no storage, which is fine', async () => {
  expect(await checkStorage(withLocations(''))).toBe('not-configured');
  expect(await checkStorage(withLocations([paris]))).toBe('failing');
});
