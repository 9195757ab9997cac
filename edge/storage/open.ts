/** From the configuration to something that can be called. */
import type { Env } from '../env.ts';
import { credentialsOf, readLocations, storageLocations, type Location } from './locations.ts';
import { S3 } from './s3.ts';

export const openLocation = (env: Env, location: Location): S3 | null => {
  const credentials = credentialsOf(env, location);
  return credentials && new S3(location, credentials);
};

/** By the name that a workspace chose or an object remembers. Null when it is not configured any more. */
export function openStorage(env: Env, name: string): S3 | null {
  const location = storageLocations(env).find((known) => known.name === name);
  return location ? openLocation(env, location) : null;
}

/** Whether every location answers to its key. */
export async function checkStorage(env: Env): Promise<'ok' | 'failing' | 'not-configured'> {
  const { locations, valid } = readLocations(env);
  if (!valid) return 'failing';
  if (locations.length === 0) return 'not-configured';
  const answers = await Promise.all(
    locations.map(async (location) => (await openLocation(env, location)?.reachable()) ?? false),
  );
  return answers.every(Boolean) ? 'ok' : 'failing';
}
