/**
 * Backup codes as the two-factor plugin keeps them. It would encrypt them; we keep only their SHA-256.
 * That is enough for 20 random letters and digits, 119 bits (ASVS 6.5.2).
 */
import { generateRandomString } from 'better-auth/crypto';
import { sha256 } from './random.ts';

const isHash = (text: string) => /^[0-9a-f]{64}$/.test(text);

/** What to look for in the stored list; however the person typed the code. */
export const hashOfBackupCode = (code: string) => sha256(code.replace(/[^0-9A-Za-z]/g, ''));

export const backupCodeOptions = {
  customBackupCodesGenerate: () =>
    Array.from({ length: 10 }, () =>
      generateRandomString(20, 'a-z', 'A-Z', '0-9').replace(/(.{5})(?!$)/g, '$1-'),
    ),
  storeBackupCodes: {
    /** Called with the codes when they are made, and with the hashes that are left afterwards. */
    async encrypt(json: string): Promise<string> {
      const codes = JSON.parse(json) as string[];
      const hashes = codes.map((code) => (isHash(code) ? code : hashOfBackupCode(code)));
      return JSON.stringify(await Promise.all(hashes));
    },
    decrypt: (json: string) => Promise.resolve(json),
  },
};
