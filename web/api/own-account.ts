/** What one changes about one's own account: `/api/auth`. */
import * as v from 'valibot';
import type { PasskeyView, SessionView } from '../../edge/contract/people.ts';
import { anything, request } from './request.ts';

export const changeName = (name: string) =>
  request('PATCH', '/api/auth/profile', anything, { body: { name } });

/** One proof that it is really the person; good for minutes in this session. */
export const confirmIdentity = (proof: { password: string } | { code: string }) =>
  request('POST', '/api/auth/confirm', anything, { body: proof });

/** Ends all other sessions. */
export const changePassword = (current: string, password: string) =>
  request('POST', '/api/auth/change-password', anything, { body: { current, password } });

/** A mail to the new address follows, unless somebody has it. */
export const changeEmail = (email: string) =>
  request('POST', '/api/auth/change-email', anything, { body: { email } });

export const confirmEmail = async (token: string): Promise<string> =>
  (
    await request('POST', '/api/auth/confirm-email', v.object({ email: v.string() }), {
      body: { token },
    })
  ).email;

const session: v.GenericSchema<unknown, SessionView> = v.object({
  id: v.string(),
  createdAt: v.number(),
  lastSeenAt: v.number(),
  address: v.string(),
  browser: v.string(),
  method: v.picklist(['password', 'google', 'sso', 'passkey']),
  current: v.boolean(),
});

export const listSessions = async (): Promise<SessionView[]> =>
  (await request('GET', '/api/auth/sessions', v.object({ sessions: v.array(session) }))).sessions;

export const endSession = (sessionId: string) =>
  request('DELETE', `/api/auth/sessions/${encodeURIComponent(sessionId)}`, anything);

/** This one too. */
export const endAllSessions = () => request('DELETE', '/api/auth/sessions', anything);

const twoFactor = v.object({ enabled: v.boolean(), backupCodesLeft: v.number() });
export type TwoFactorView = v.InferOutput<typeof twoFactor>;
export const readTwoFactor = (): Promise<TwoFactorView> =>
  request('GET', '/api/auth/two-factor', twoFactor);

const setUp = v.object({ address: v.string(), backupCodes: v.array(v.string()) });
/** `address`: `otpauth://…`, for the QR code. Nothing is on until a code was given. */
export type TwoFactorSetUp = v.InferOutput<typeof setUp>;
export const beginTwoFactor = (password?: string): Promise<TwoFactorSetUp> =>
  request('POST', '/api/auth/two-factor/begin', setUp, { body: { password } });

export const enableTwoFactor = (code: string) =>
  request('POST', '/api/auth/two-factor/enable', anything, { body: { code } });

export const disableTwoFactor = (code: string, password?: string) =>
  request('POST', '/api/auth/two-factor/disable', anything, { body: { code, password } });

/** New ones; the old ones are void. */
export const makeBackupCodes = async (password?: string): Promise<string[]> =>
  (
    await request(
      'POST',
      '/api/auth/two-factor/backup-codes',
      v.object({ backupCodes: v.array(v.string()) }),
      { body: { password } },
    )
  ).backupCodes;

const google = v.object({ offered: v.boolean(), linked: v.boolean() });
export type GoogleLink = v.InferOutput<typeof google>;
export const readGoogle = (): Promise<GoogleLink> => request('GET', '/api/auth/google', google);

/** Where the browser goes to add Google as a way to sign in. */
export const linkGoogle = async (): Promise<string> =>
  (await request('POST', '/api/auth/google/link', v.object({ location: v.string() }))).location;

export const unlinkGoogle = () => request('DELETE', '/api/auth/google', anything);

const passkey: v.GenericSchema<unknown, PasskeyView> = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: v.number(),
});
export const listPasskeys = async (): Promise<PasskeyView[]> =>
  (await request('GET', '/api/auth/passkeys', v.object({ passkeys: v.array(passkey) }))).passkeys;

export const removePasskey = (passkeyId: string) =>
  request('DELETE', `/api/auth/passkeys/${encodeURIComponent(passkeyId)}`, anything);
