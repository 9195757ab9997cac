/** How the library that signs people in is set up. No route of its own is reachable from outside. */
import { passkey } from '@better-auth/passkey';
import { betterAuth } from 'better-auth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Env } from '../env.ts';
import { backupCodeOptions } from './backup-codes.ts';
import { cookieAttributes, cookiePrefix } from './cookies.ts';
import { hashPassword, verifyPassword } from './passwords/hash.ts';
import { requireUserVerified } from './passkey-verified.ts';
import { randomId } from './random.ts';
import { sessionLifetimeMs } from './session.ts';
import type { AuthSettings } from './settings.ts';
import { signInPlugin } from './sign-in-plugin.ts';

const dates = { createdAt: 'created_at', updatedAt: 'updated_at' };

/** Names of our tables and columns (migrations/0002_people.sql). */
const tables = {
  user: {
    modelName: 'people',
    fields: { ...dates, emailVerified: 'email_verified' },
  },
  session: {
    modelName: 'sessions',
    fields: {
      ...dates,
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      userId: 'person_id',
    },
  },
  account: {
    modelName: 'accounts',
    fields: {
      ...dates,
      accountId: 'account_id',
      providerId: 'provider_id',
      userId: 'person_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
    },
  },
  verification: {
    modelName: 'verifications',
    fields: { ...dates, expiresAt: 'expires_at' },
  },
  twoFactor: {
    user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
    twoFactor: {
      modelName: 'two_factors',
      fields: {
        backupCodes: 'backup_codes',
        userId: 'person_id',
        failedVerificationCount: 'failed_verification_count',
        lockedUntil: 'locked_until',
      },
    },
  },
  passkey: {
    passkey: {
      modelName: 'passkeys',
      fields: {
        publicKey: 'public_key',
        userId: 'person_id',
        credentialID: 'credential_id',
        deviceType: 'device_type',
        backedUp: 'backed_up',
        createdAt: 'created_at',
      },
    },
  },
};

/**
 * Made anew for every request: nothing of one request may be awaited in another. `isChecked`: whether
 * to compare the tables with those that the library needs.
 */
export function createAuth(env: Env, settings: AuthSettings, isChecked = false) {
  return betterAuth({
    appName: 'Cairn',
    baseURL: settings.origin,
    basePath: '/api/auth',
    secret: settings.secret,
    database: env.DB,
    telemetry: { enabled: false },
    // Its messages hold addresses of people; what happens is in our audit log.
    logger: { disabled: true },
    // Ours counts in the database, for all isolates (limits.ts); its default counts in memory.
    rateLimit: { enabled: false },
    user: tables.user,
    account: tables.account,
    verification: tables.verification,
    session: {
      ...tables.session,
      expiresIn: sessionLifetimeMs / 1000,
      disableSessionRefresh: true,
      // What needs a fresh proof of identity asks for it by requireConfirmed.
      freshAge: 0,
    },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      requireEmailVerification: true,
      minPasswordLength: 1,
      maxPasswordLength: 256,
      password: { hash: hashPassword, verify: verifyPassword },
    },
    advanced: {
      useSecureCookies: false,
      cookiePrefix,
      defaultCookieAttributes: cookieAttributes,
      // The check of the schema asks the database some thirty questions, each time; a test does it once.
      database: { generateId: randomId, validateSchema: isChecked },
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
    },
    plugins: [
      twoFactor({
        schema: tables.twoFactor,
        issuer: 'Cairn',
        allowPasswordless: true,
        twoFactorCookieMaxAge: 600,
        // Ours limits wrong codes without locking the person out (limits.ts).
        accountLockout: { enabled: false },
        backupCodeOptions,
      }),
      passkey({
        schema: tables.passkey,
        rpID: new URL(settings.origin).hostname,
        rpName: 'Cairn',
        origin: settings.origin,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: { afterVerification: requireUserVerified.atRegistration },
        authentication: { afterVerification: requireUserVerified.atSignIn },
      }),
      signInPlugin,
    ],
  });
}

export type Auth = ReturnType<typeof createAuth>;
