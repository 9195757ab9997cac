/** What the operator configures in wrangler.toml. */
export interface Env {
  ASSETS: Fetcher;
  DB: D1Database;
  BUCKET: R2Bucket;
  /** Address of the bucket on an S3 server, `https://host/bucket`; empty when there is none. */
  STORAGE_ENDPOINT: string;
  STORAGE_REGION: string;
  STORAGE_ACCESS_KEY_ID: string;
  STORAGE_SECRET_ACCESS_KEY?: string;
}
