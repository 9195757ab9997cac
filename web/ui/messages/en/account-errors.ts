/** What a person reads when the edge refuses something. */
import type { ErrorCode } from '../../../core/errors.ts';

type Details = Readonly<Record<string, string | number>>;

/** Seconds, as the edge says them, in words: "in 40 seconds", "in 5 minutes". */
const soon = ({ seconds }: Details): string => {
  if (typeof seconds !== 'number') return 'in a few minutes';
  if (seconds < 90) return `in ${Math.max(1, Math.ceil(seconds))} seconds`;
  if (seconds < 5400) return `in ${Math.ceil(seconds / 60)} minutes`;
  return `in ${Math.ceil(seconds / 3600)} hours`;
};

export const accountErrors = {
  'accounts-unavailable': () =>
    'This installation has no accounts. Recording, editing and exporting work without one.',
  'answer-unreadable': () =>
    'The server answered in a way this version does not understand. Reload the page to get the current version, and try again.',
  'not-found': () => 'This is not here any more, or it was never yours to see.',
  'invalid-request': () =>
    'The server did not accept what was entered. Nothing was changed. Check the fields and try again.',
  'too-large': () => 'That is more than the server takes at once. Nothing was changed.',
  'not-signed-in': () => 'You are signed out. Sign in and try again.',
  forbidden: () => 'Your role in this workspace does not allow this. Ask an owner or an admin.',
  conflict: () =>
    'Somebody changed this at the same time. Nothing of yours was saved. Look at it again and repeat.',
  'accounts-not-configured': () =>
    'Accounts are not set up on this installation. Recording, editing and exporting work without one.',
  'mail-not-configured': () =>
    'This installation cannot send mail yet, so nothing was changed. Tell whoever runs it.',
  'wrong-origin': () =>
    'The request came from another address than this app’s. Open Cairn at its own address and try again.',
  'too-many-tries': (d) => `Too many tries. Try again ${soon(d)}.`,
  'sign-up-closed': () => 'You need an invitation to sign up here. Ask the owner of a workspace.',
  'credentials-wrong': () => 'The e-mail address or the password is not right.',
  'link-invalid': () => 'This link was used, or has run out. Ask for a new one.',
  'password-needed': () => 'Enter your password to go on.',
  'password-too-short': () => 'This password is too short.',
  'password-too-long': () => 'This password is too long: 256 characters are the most.',
  'password-too-plain': () =>
    'Mix more kinds of characters: small and capital letters, digits, and others.',
  'password-common': () =>
    'This password is on a list of common or stolen ones. Choose another; a few random words make a good one.',
  'password-unchanged': () => 'This is your password already. Choose another.',
  'confirm-needed': () => 'Prove that it is you before this change.',
  'no-password': () => 'Your account has no password yet. Set one by “Forgot password?”.',
  'code-wrong': () => 'This code is not right, or was used already. Wait for the next one.',
  'challenge-gone': () => 'This took too long. Sign in once more.',
  'two-factor-is-on': () => 'Two-factor sign-in is on already.',
  'two-factor-is-off': () => 'Two-factor sign-in is off.',
  'passkey-refused': () =>
    'The passkey was not accepted. Try again, or use another way to sign in.',
  'passkey-unsupported': () =>
    'This browser has no passkeys. Use another browser, or another way to sign in.',
  'last-way-in': () =>
    'This is your only way to sign in. Add another one first, then remove this one.',
  'google-refused': () => 'Google did not let you in. Try again, or use another way to sign in.',
  'google-not-configured': () => 'This installation has no sign-in with Google.',
  'last-owner': () => 'A workspace keeps at least one owner. Make somebody else an owner first.',
  'already-member': () => 'This person is a member already.',
  'invitation-invalid': () =>
    'This invitation was used, taken back, or has run out. Ask for a new one.',
  'invitation-for-another-address': () =>
    'This invitation is for another e-mail address. Sign in with the address it was sent to.',
  'role-too-high': () => 'That role is above your own. Ask an owner.',
  'would-lock-out': () =>
    'With this rule you could not come back in yourself, so it was not saved. Meet the rule with your own account first.',
  'workspace-closed': () => 'This workspace is about to be deleted. An owner can still keep it.',
  'session-of-one-workspace': () =>
    'You signed in for one workspace only. Sign in with your own account to do this.',
  'domain-not-proven': () =>
    'Your e-mail domain is not proven for this workspace. Ask its owner to add the domain.',
  'sign-on-refused': () =>
    'Your company’s sign-in did not let you in here. Ask the owner of the workspace.',
  'secrets-not-configured': () =>
    'This installation cannot keep secrets yet, so nothing was saved. Tell whoever runs it.',
  'resolver-not-configured': () =>
    'This installation does not look domains up by itself. Whoever runs it confirms them by hand.',
  'resolver-unreachable': () =>
    'The record of the domain could not be asked for. Try again in a few minutes.',
  'mail-failed': () =>
    'The mail could not be sent, so nobody was invited. Try again, or use a link.',
  'policy-address': () =>
    'This workspace can only be opened from certain networks. Connect to your company network and try again.',
  'policy-single-sign-on': () =>
    'This workspace asks you to sign in through your company. Sign in again with single sign-on.',
  'policy-other-workspace': () =>
    'You signed in for another workspace only. Sign out, and sign in for this one.',
  'policy-session-age': () => 'This workspace asks you to sign in again from time to time.',
  'policy-two-factor': () =>
    'This workspace asks for two-factor sign-in. Turn it on in your account, then sign in again.',
  'policy-password': () =>
    'This workspace has a rule for passwords that yours has not met yet. Sign in again so that it can be checked; if it is too weak, change it in your account.',
  'storage-full': () =>
    'The workspace has no room left for this. Delete something there, or ask whoever runs this installation for more.',
  'storage-not-configured': () =>
    'This installation has no storage, so nothing can be kept in the workspace. Tell whoever runs it.',
  'storage-unreachable': () =>
    'The storage does not answer as it should. What was sent so far is kept: try again and it goes on from there.',
  'nothing-kept': () =>
    'This workspace keeps nothing of this kind. An owner can change that in its settings.',
  'upload-incomplete': () => 'Not all of the file arrived. Try again.',
  'upload-damaged': () =>
    'What arrived in the storage was not the file, so it was thrown away. Try again.',
  'content-mismatch': () =>
    'The file is not of the kind that its name says, so it was thrown away.',
} satisfies Partial<Record<ErrorCode, (details: Details) => string>>;
