/** Accounts: `/api/auth`. One function an endpoint. */
import * as v from 'valibot';
import type { PersonView, SignInStep } from '../../edge/contract/people.ts';
import { passwordRuleSchema } from '../../edge/contract/policy.ts';
import { anything, request } from './request.ts';

const methods = ['password', 'google', 'sso', 'passkey'] as const;
const person: v.GenericSchema<unknown, PersonView> = v.object({
  id: v.string(),
  email: v.string(),
  name: v.string(),
  twoFactor: v.boolean(),
  method: v.picklist(methods),
});
const stepSchema: v.GenericSchema<unknown, { next: SignInStep }> = v.object({
  next: v.picklist(['signed-in', 'second-factor']),
});

const location = v.object({ location: v.string() });

export const readSession = async (): Promise<PersonView | null> =>
  (await request('GET', '/api/auth/session', v.object({ person: v.nullable(person) }))).person;

/** A mail with a link follows, whether or not the address has an account. */
export const signUp = (body: {
  name: string;
  email: string;
  password: string;
  invitation?: string;
}) => request('POST', '/api/auth/sign-up', anything, { body });

/** `password-needed` in another browser than the one that signed up. */
export const verifyEmail = (token: string, password?: string) =>
  request('POST', '/api/auth/verify-email', anything, { body: { token, password } });

export const signIn = async (email: string, password: string): Promise<SignInStep> =>
  (await request('POST', '/api/auth/sign-in', stepSchema, { body: { email, password } })).next;

export const signOut = () => request('POST', '/api/auth/sign-out', anything);

const offer = v.object({
  accounts: v.boolean(),
  signUp: v.picklist(['open', 'invitation']),
  google: v.boolean(),
  mail: v.boolean(),
  passwordRule: passwordRuleSchema,
});
/** What the sign-in screens may offer. */
export type AuthOffer = v.InferOutput<typeof offer>;
export const readOffer = (): Promise<AuthOffer> => request('GET', '/api/auth/settings', offer);

/** A mail with a link follows if there is such an account; the answer is the same if not. */
export const requestReset = (email: string) =>
  request('POST', '/api/auth/request-reset', anything, { body: { email } });

export const resetPassword = (token: string, password: string) =>
  request('POST', '/api/auth/reset-password', anything, { body: { token, password } });

/** Code of the authenticator app. */
export const giveCode = (code: string) =>
  request('POST', '/api/auth/second-factor', anything, { body: { code } });

export const giveBackupCode = (code: string) =>
  request('POST', '/api/auth/second-factor/backup', anything, { body: { code } });

/** Where the browser goes to sign in with Google; it comes back to `returnTo`. */
export const startGoogle = async (returnTo: string, invitation?: string): Promise<string> =>
  (await request('POST', '/api/auth/google/start', location, { body: { returnTo, invitation } }))
    .location;
