/** The S3 bucket that published files go to. Requests are signed here; content never passes the edge. */
import { AwsClient } from 'aws4fetch';
import type { Env } from '../env.ts';

export interface Bucket {
  /** Origin for the content security policy. */
  origin: string;
  /** Whether the bucket answers to our key. */
  reachable(): Promise<boolean>;
}

/** Null when the operator configured no storage. */
export function openBucket(env: Env): Bucket | null {
  if (!env.STORAGE_ENDPOINT || !env.STORAGE_ACCESS_KEY_ID || !env.STORAGE_SECRET_ACCESS_KEY)
    return null;
  const endpoint = new URL(env.STORAGE_ENDPOINT);
  const client = new AwsClient({
    accessKeyId: env.STORAGE_ACCESS_KEY_ID,
    secretAccessKey: env.STORAGE_SECRET_ACCESS_KEY,
    service: 's3',
    region: env.STORAGE_REGION || 'auto',
    retries: 0,
  });
  return {
    origin: endpoint.origin,
    async reachable() {
      const address = `${endpoint.href.replace(/\/$/, '')}/?list-type=2&max-keys=1`;
      try {
        const response = await client.fetch(address, { signal: AbortSignal.timeout(3000) });
        await response.body?.cancel();
        return response.ok;
      } catch (error) {
        console.warn('storage does not answer', error);
        return false;
      }
    },
  };
}
