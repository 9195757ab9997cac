/** What the operator configures in wrangler.toml. */
export interface Env {
  ASSETS: Fetcher;
  DB: D1Database;
  BUCKET: R2Bucket;
  /** Signs cookies and encrypts second factors: at least 32 random characters. Without it: no accounts. */
  BETTER_AUTH_SECRET?: string;
  /** Address of the app, `https://host`. Without it there are no accounts, except in local mode. */
  APP_ORIGIN?: string;
  /** `on` on a machine of one's own: mail is captured, and the address of the app may be localhost. */
  LOCAL_MODE?: string;
  /** `open`: anyone may sign up. Anything else: who has an invitation. */
  SIGN_UP?: string;
  /** Google, or another issuer of OpenID Connect that takes its place. */
  GOOGLE_ISSUER?: string;
  GOOGLE_CLIENT_ID?: string;
  GOOGLE_CLIENT_SECRET?: string;
  /** `cloudflare`, `resend`, `postmark` or, in local mode only, `capture`. */
  MAILER?: string;
  /** Address that mails come from: `name@host` or `Name <name@host>`. */
  MAIL_FROM?: string;
  EMAIL?: SendEmail;
  RESEND_API_KEY?: string;
  POSTMARK_SERVER_TOKEN?: string;
  /**
   * Where objects may be put: JSON, a list of locations (storage/locations.ts), the default one first;
   * empty when there is none. The keys of each are in a secret of its own, `STORAGE_KEY_<NAME>`.
   */
  STORAGE_LOCATIONS: string;
  /** What a workspace may store unless the operator gave it another quota. Bytes, as text. */
  STORAGE_QUOTA_BYTES: string;
  /** Another bucket, best in another account, for encrypted copies of the database. */
  BACKUPS?: R2Bucket;
  /** 32 random bytes as base64; without it no backup is made. */
  BACKUP_KEY?: string;
  /** What `/metrics` and `/api/operator/…` ask for as bearer token; without it they do not exist. */
  OPERATOR_TOKEN?: string;
  /** Where alerts about the whole installation go. */
  OPERATOR_EMAIL?: string;
  METRICS?: AnalyticsEngineDataset;
  /** Whom to tell about a weakness: `mailto:…` or `https://…`; without it there is no security.txt. */
  SECURITY_CONTACT?: string;
  /** 32 random bytes as base64, for secrets of workspaces; without it none can be stored. */
  SEALING_KEY?: string;
  /** DNS over HTTPS that answers as JSON, for proving domains; empty: the operator confirms them. */
  NAME_RESOLVER?: string;
  /** `allowed` in tests and development: providers may run on this machine. */
  OUTBOUND_LOOPBACK?: string;
}
