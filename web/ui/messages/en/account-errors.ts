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
    'Your password does not meet the rule of this workspace. Change it in your account.',
} satisfies Partial<Record<ErrorCode, (details: Details) => string>>;

export { soon };
