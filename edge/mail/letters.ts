/** The mails about accounts. None holds a text that a stranger chose: no name, no address of theirs. */
import { compose } from './compose.ts';

const ignore = 'If this was not you, you can ignore this mail: nothing happens.';
const minutes = (ms: number) => `The link works once, for ${ms / 60_000} minutes.`;
const day = (at: number) => new Date(at).toISOString().replace('T', ' ').slice(0, 16) + ' UTC';

/** After `#`: the token stays out of every log on its way. */
const link = (origin: string, path: string, token: string) =>
  `${origin}/account/${path}#token=${token}`;

export const verifyMail = (to: string, origin: string, token: string, lifetimeMs: number) =>
  compose(to, {
    subject: 'Confirm your address for Cairn',
    paragraphs: ['Somebody, likely you, asked for a Cairn account with this address.'],
    link: { label: 'Confirm the address', address: link(origin, 'verify-email', token) },
    after: [minutes(lifetimeMs), ignore],
  });

export const alreadyHereMail = (to: string, origin: string) =>
  compose(to, {
    subject: 'You have a Cairn account already',
    paragraphs: [
      'Somebody, likely you, asked for a Cairn account with this address. There is one already.',
      'Sign in with it. If you no longer know the password, set a new one there.',
    ],
    link: { label: 'Sign in', address: `${origin}/sign-in` },
    after: [ignore],
  });

export const resetMail = (to: string, origin: string, token: string, lifetimeMs: number) =>
  compose(to, {
    subject: 'Set a new password for Cairn',
    paragraphs: ['Somebody, likely you, asked for a new password for your Cairn account.'],
    link: { label: 'Set a new password', address: link(origin, 'reset-password', token) },
    after: [minutes(lifetimeMs), ignore],
  });

export const changeEmailMail = (to: string, origin: string, token: string, lifetimeMs: number) =>
  compose(to, {
    subject: 'Confirm your new address for Cairn',
    paragraphs: ['You asked to use this address for your Cairn account from now on.'],
    link: { label: 'Confirm the address', address: link(origin, 'change-email', token) },
    after: [minutes(lifetimeMs), ignore],
  });

/** What changed about how one signs in. */
export type Change =
  | 'password'
  | 'email'
  | 'two-factor-on'
  | 'two-factor-off'
  | 'backup-codes'
  | 'passkey-added'
  | 'passkey-removed'
  | 'google-linked'
  | 'google-unlinked';

const sentences: Record<Change, string> = {
  password: 'The password of your Cairn account was changed.',
  email: 'Your Cairn account now uses another address. This one can no longer sign in.',
  'two-factor-on': 'Two-factor sign-in was turned on for your Cairn account.',
  'two-factor-off': 'Two-factor sign-in was turned off for your Cairn account.',
  'backup-codes': 'New backup codes were made for your Cairn account. The old ones are void.',
  'passkey-added': 'A passkey was added to your Cairn account.',
  'passkey-removed': 'A passkey was removed from your Cairn account.',
  'google-linked': 'Your Cairn account can now be signed in to with Google.',
  'google-unlinked': 'Your Cairn account can no longer be signed in to with Google.',
};

export const changeMail = (to: string, origin: string, change: Change, at: number) =>
  compose(to, {
    subject: 'Your Cairn account was changed',
    paragraphs: [sentences[change], `When: ${day(at)}`],
    link: { label: 'Look at your account', address: `${origin}/account` },
    after: ['If this was not you, set a new password at once and sign out everywhere.'],
  });

export const newSignInMail = (to: string, origin: string, at: number) =>
  compose(to, {
    subject: 'New sign-in to your Cairn account',
    paragraphs: ['Your Cairn account was signed in to in a new browser.', `When: ${day(at)}`],
    link: { label: 'Look at your sessions', address: `${origin}/account` },
    after: ['If this was not you, set a new password at once and sign out everywhere.'],
  });

export const wrongCodesMail = (to: string, origin: string, at: number) =>
  compose(to, {
    subject: 'Wrong codes for your Cairn account',
    paragraphs: [
      'Somebody signed in to your Cairn account and then gave wrong codes several times.',
      'Whoever it was knows your password, or can sign in to your Google account.',
      `When: ${day(at)}`,
    ],
    link: { label: 'Set a new password', address: `${origin}/account/reset-password` },
    after: ['If it was you, there is nothing to do.'],
  });
