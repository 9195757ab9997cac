/** Every code that the edge answers with, as `{ code, message }`. One line an area; add yours. */
export const edgeErrorCodes = [
  'unexpected',
  'not-found',
  'invalid-request',
  'too-large',
  'not-signed-in',
  'forbidden',
  'conflict',
  // People.
  ...([
    'accounts-not-configured',
    'mail-not-configured',
    'wrong-origin',
    'too-many-tries',
  ] as const),
  ...(['sign-up-closed', 'credentials-wrong', 'link-invalid', 'password-needed'] as const),
  ...([
    'password-too-short',
    'password-too-long',
    'password-too-plain',
    'password-common',
  ] as const),
  ...(['password-unchanged', 'confirm-needed', 'no-password'] as const),
  ...(['code-wrong', 'challenge-gone', 'two-factor-is-on', 'two-factor-is-off'] as const),
  ...(['passkey-refused', 'last-way-in', 'google-refused', 'google-not-configured'] as const),
  // Workspaces.
  'last-owner',
  'already-member',
  'invitation-invalid',
  'invitation-for-another-address',
  'role-too-high',
  'would-lock-out',
  'workspace-closed',
  'session-of-one-workspace',
  'domain-not-proven',
  ...(['sign-on-refused', 'secrets-not-configured', 'resolver-not-configured'] as const),
  ...(['resolver-unreachable', 'mail-failed'] as const),
  ...(['policy-address', 'policy-single-sign-on', 'policy-other-workspace'] as const),
  ...(['policy-session-age', 'policy-two-factor', 'policy-password'] as const),
  // Storage.
  ...(['storage-full', 'storage-not-configured', 'storage-unreachable', 'nothing-kept'] as const),
  ...(['upload-incomplete', 'upload-damaged', 'content-mismatch'] as const),
] as const;
export type EdgeErrorCode = (typeof edgeErrorCodes)[number];

/** The body of every answer that is not a success. */
export interface EdgeError {
  code: EdgeErrorCode;
  message: string;
}
