/**
 * Where objects may be put. Only the operator names endpoints (STORAGE_LOCATIONS); a workspace
 * chooses among them by name, so that nobody can make the edge sign requests to another host.
 */
import * as v from 'valibot';
import type { Env } from '../env.ts';
import { logError } from '../logs/log.ts';

const schema = v.pipe(
  v.object({
    /** What workspaces choose by and objects remember; never give it another bucket. */
    name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
    /** Of the S3 server, without the bucket: `https://s3.eu-west-3.amazonaws.com`. */
    endpoint: v.pipe(v.string(), v.url()),
    bucket: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)),
    /** As the provider names it, part of every signature; the name where it is not given. */
    region: v.optional(v.string()),
    style: v.optional(v.picklist(['path', 'virtual-host']), 'path'),
    /** Server-side encryption to ask for. Null where the provider always encrypts or cannot. */
    encryption: v.optional(v.nullable(v.picklist(['AES256', 'aws:kms'])), null),
    encryptionKeyId: v.optional(v.string()),
    /** Whether an ETag is the MD5 of what was sent. With `aws:kms`, and at some providers, it is not. */
    etags: v.optional(v.picklist(['md5', 'opaque'])),
    /** Only these workspaces may choose it; all when it is not given. */
    workspaces: v.optional(v.array(v.string())),
  }),
  v.transform((entry) => ({
    ...entry,
    region: entry.region ?? entry.name,
    etags: entry.etags ?? (entry.encryption === 'aws:kms' ? 'opaque' : 'md5'),
  })),
);

export type Location = v.InferOutput<typeof schema>;

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

interface Configured {
  text: string;
  locations: Location[];
  /** False when the text is there and cannot be read. */
  valid: boolean;
}
let configured: Configured = { text: '', locations: [], valid: true };

/** What STORAGE_LOCATIONS says; read once as long as it stays the same. */
export function readLocations(env: Env): Configured {
  const text = env.STORAGE_LOCATIONS ?? '';
  if (configured.text === text) return configured;
  try {
    const locations = text ? v.parse(v.array(schema), JSON.parse(text)) : [];
    configured = { text, locations, valid: true };
  } catch (error) {
    logError('STORAGE_LOCATIONS cannot be read', error);
    configured = { text, locations: [], valid: false };
  }
  return configured;
}

/** All locations, the default one first; none when the operator configured no storage. */
export const storageLocations = (env: Env): Location[] => readLocations(env).locations;

/** Those that a workspace may choose, the default one first. */
export const locationsFor = (env: Env, workspaceId: string): Location[] =>
  storageLocations(env).filter((l) => !l.workspaces || l.workspaces.includes(workspaceId));

export const secretName = (location: Location): string =>
  `STORAGE_KEY_${location.name.toUpperCase().replaceAll('-', '_')}`;

/** Of a location, from the secret `STORAGE_KEY_<NAME>`: access key, colon, secret key. */
export function credentialsOf(env: Env, location: Location): Credentials | null {
  const secret = (env as unknown as Record<string, unknown>)[secretName(location)];
  if (typeof secret !== 'string') return null;
  const at = secret.indexOf(':');
  if (at < 1 || at === secret.length - 1) return null;
  return { accessKeyId: secret.slice(0, at), secretAccessKey: secret.slice(at + 1) };
}

/** Address of the bucket without a slash at the end. */
export function bucketAddress({ endpoint, bucket, style }: Location): string {
  const url = new URL(endpoint);
  if (style === 'virtual-host') url.hostname = `${bucket}.${url.hostname}`;
  else url.pathname = `${url.pathname.replace(/\/$/, '')}/${bucket}`;
  return url.href.replace(/\/$/, '');
}

/** What browsers connect to, for the content security policy: exactly these. */
export const storageOrigins = (env: Env): string[] => [
  ...new Set(storageLocations(env).map((location) => new URL(bucketAddress(location)).origin)),
];
