/** Every code that may cross a boundary (worker, message, HTTP). Each has one sentence in the message catalogue. */
export const errorCodes = [
  'unexpected',
  'cancelled',
  'worker-crashed',
  'disk-full',
  'storage-lost',
  'storage-denied',
  'capture-refused',
  'capture-failed',
  'pages-refused',
  'page-closed',
  'rules-unreadable',
  'rules-newer',
  'rules-pattern',
  'file-empty',
  'file-unreadable',
  'file-too-large',
  'file-unfinished',
  'codec-unsupported',
  'no-media-track',
  'conversion-failed',
  'conversion-out-of-memory',
  'subtitle-unreadable',
  'recording-missing',
  'recording-busy',
  'model-missing',
  'model-damaged',
  'model-incompatible',
  'model-not-installed',
  'network-unreachable',
  'analysis-failed',
  'no-speech',
  'encode-unsupported',
  'export-invalid',
  'export-empty',
  'project-newer',
  'cairn-damaged',
  'cairn-newer',
  'cairn-without-media',
  'hand-over-lost',
  'hand-over-refused',
  // Answers of the edge (edge/contract/errors.ts); web/api does not compile when one is missing.
  'accounts-unavailable',
  'answer-unreadable',
  'not-found',
  'invalid-request',
  'too-large',
  'not-signed-in',
  'forbidden',
  'conflict',
  'accounts-not-configured',
  'mail-not-configured',
  'wrong-origin',
  'too-many-tries',
  'sign-up-closed',
  'credentials-wrong',
  'link-invalid',
  'password-needed',
  'password-too-short',
  'password-too-long',
  'password-too-plain',
  'password-common',
  'password-unchanged',
  'confirm-needed',
  'no-password',
  'code-wrong',
  'challenge-gone',
  'two-factor-is-on',
  'two-factor-is-off',
  'passkey-refused',
  'passkey-unsupported',
  'last-way-in',
  'google-refused',
  'google-not-configured',
  'last-owner',
  'already-member',
  'invitation-invalid',
  'invitation-for-another-address',
  'role-too-high',
  'would-lock-out',
  'workspace-closed',
  'session-of-one-workspace',
  'domain-not-proven',
  'sign-on-refused',
  'secrets-not-configured',
  'resolver-not-configured',
  'resolver-unreachable',
  'mail-failed',
  'policy-address',
  'policy-single-sign-on',
  'policy-other-workspace',
  'policy-session-age',
  'policy-two-factor',
  'policy-password',
  'storage-full',
  'storage-not-configured',
  'storage-unreachable',
  'nothing-kept',
  'upload-incomplete',
  'upload-damaged',
  'content-mismatch',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** An error with a code that survives structured clone as `{ code, message }`. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  /** Values that the person's sentence may need (a file name, a size). Never content. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: ErrorCode,
    message: string = code,
    options: ErrorOptions & { details?: Record<string, string | number> } = {},
  ) {
    super(message, options);
    this.code = code;
    this.details = options.details ?? {};
  }
}

export interface ErrorEnvelope {
  code: ErrorCode;
  message: string;
  details?: Record<string, string | number>;
}

export const isAbort = (error: unknown): boolean =>
  (error instanceof DOMException && error.name === 'AbortError') ||
  (error instanceof AppError && error.code === 'cancelled');

/** Names of DOMExceptions that have a code of their own here. */
const domCodes: Record<string, ErrorCode> = {
  AbortError: 'cancelled',
  QuotaExceededError: 'disk-full',
  NotFoundError: 'storage-lost',
  NotReadableError: 'storage-lost',
  NoModificationAllowedError: 'recording-busy',
  SecurityError: 'storage-denied',
};

export function toEnvelope(error: unknown): ErrorEnvelope {
  if (error instanceof AppError) {
    return { code: error.code, message: error.message, details: { ...error.details } };
  }
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  return { code: domCodes[name] ?? 'unexpected', message };
}

export function fromEnvelope(envelope: ErrorEnvelope): Error {
  if (envelope.code === 'cancelled') return new DOMException(envelope.message, 'AbortError');
  return new AppError(envelope.code, envelope.message, { details: envelope.details ?? {} });
}

export const toAppError = (error: unknown): AppError => {
  if (error instanceof AppError) return error;
  const { code, message } = toEnvelope(error);
  return new AppError(code, message, { cause: error });
};
