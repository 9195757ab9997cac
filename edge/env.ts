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
  /** Another bucket, best in another account, for encrypted copies of the database. */
  BACKUPS?: R2Bucket;
  /** 32 random bytes as base64; without it no backup is made. */
  BACKUP_KEY?: string;
  /** What `/metrics` and `/api/operator/…` ask for as bearer token; without it they do not exist. */
  OPERATOR_TOKEN?: string;
  /** Where alerts about the whole installation go. */
  OPERATOR_EMAIL?: string;
  METRICS?: AnalyticsEngineDataset;
}
