/** What the tests' set-up tells the tests about the S3 servers that it started. */
export interface TestStorage {
  name: 'ceph' | 'local';
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** For `aws:kms`; null where the server knows no such thing. */
  encryptionKeyId: string | null;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The same server as `npm start` has; Ceph too, where it is installed. */
    storages: TestStorage[];
  }
}
