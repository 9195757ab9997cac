/** The S3 servers that the tests' set-up started, as locations of the edge. */
import { env } from 'cloudflare:workers';
import { inject } from 'vitest';
import type { Env } from '../env.ts';
import { credentialsOf, storageLocations, type Location } from '../storage/locations.ts';
import { S3 } from '../storage/s3.ts';
import type { TestStorage } from './storage-context.ts';

export const storages: TestStorage[] = inject('storages');

/** An environment whose only location is this server. */
export const withStorage = (storage: TestStorage, more: Partial<Location> = {}): Env =>
  ({
    ...env,
    STORAGE_LOCATIONS: JSON.stringify([
      {
        name: storage.name,
        endpoint: storage.endpoint,
        bucket: storage.bucket,
        region: storage.region,
        ...more,
      },
    ]),
    [`STORAGE_KEY_${storage.name.toUpperCase()}`]: `${storage.accessKeyId}:${storage.secretAccessKey}`,
  }) as Env;

export function openTestStorage(storage: TestStorage, more: Partial<Location> = {}): S3 {
  const environment = withStorage(storage, more);
  const location = storageLocations(environment)[0]!;
  return new S3(location, credentialsOf(environment, location)!);
}

export { md5Base64 } from '../storage/md5.ts';

export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  // 64 KiB is the most that one call fills.
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
  }
  return bytes;
}
