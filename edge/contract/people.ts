/** What the routes under /api/auth take. */
import * as v from 'valibot';

/** Lower case, since it is what finds a person. Nothing in it can end a header line of a mail. */
export const emailSchema = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.maxLength(254),
  v.regex(/^[^\s@<>"(),:;\\[\]\p{Cc}]+@[^\s@<>"(),:;\\[\]\p{Cc}]+\.[^\s@<>"(),:;\\[\]\p{Cc}]+$/u),
);

export const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(100),
  v.regex(/^[^\p{Cc}\p{Cf}<>]+$/u, 'a name without control characters'),
);

/** As typed: nothing is trimmed or changed. What it must meet is checked apart, with codes. */
export const passwordSchema = v.pipe(v.string(), v.minLength(1), v.maxLength(1024));
const tokenSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const invitationSchema = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200)));

export const signUpSchema = v.strictObject({
  name: nameSchema,
  email: emailSchema,
  password: passwordSchema,
  /** The token of an invitation or of a link that lets one join. */
  invitation: invitationSchema,
});

export const verifyEmailSchema = v.strictObject({
  token: tokenSchema,
  /** Needed in another browser than the one that signed up. */
  password: v.optional(passwordSchema),
});

export const signInSchema = v.strictObject({ email: emailSchema, password: passwordSchema });
export const requestResetSchema = v.strictObject({ email: emailSchema });
export const resetPasswordSchema = v.strictObject({ token: tokenSchema, password: passwordSchema });
export const changePasswordSchema = v.strictObject({
  current: passwordSchema,
  password: passwordSchema,
});
export const changeEmailSchema = v.strictObject({ email: emailSchema });
export const confirmEmailSchema = v.strictObject({ token: tokenSchema });
export const profileSchema = v.strictObject({ name: nameSchema });
/** One proof is enough: the password or, with two factors on, a code. */
export const confirmSchema = v.union([
  v.strictObject({ password: passwordSchema }),
  v.strictObject({ code: v.pipe(v.string(), v.regex(/^\d{6}$/)) }),
]);

export const codeSchema = v.strictObject({ code: v.pipe(v.string(), v.regex(/^\d{6}$/)) });
export const backupCodeSchema = v.strictObject({
  code: v.pipe(v.string(), v.trim(), v.minLength(20), v.maxLength(40)),
});
/** The password is needed if the person has one. */
export const withPasswordSchema = v.strictObject({ password: v.optional(passwordSchema) });
export const disableTwoFactorSchema = v.strictObject({
  password: v.optional(passwordSchema),
  code: v.pipe(v.string(), v.regex(/^\d{6}$/)),
});

const base64url = v.pipe(v.string(), v.maxLength(16_384), v.regex(/^[\w-]+={0,2}$/));

/** What `PublicKeyCredential.toJSON()` gives, as far as it is read. */
const credentialBase = {
  id: v.pipe(base64url, v.maxLength(1400)),
  rawId: base64url,
  type: v.literal('public-key'),
  authenticatorAttachment: v.optional(v.picklist(['platform', 'cross-platform'])),
  clientExtensionResults: v.pipe(
    v.looseObject({}),
    v.transform(() => ({})),
  ),
};
const transports = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'] as const;

export const addPasskeySchema = v.strictObject({
  name: nameSchema,
  credential: v.object({
    ...credentialBase,
    response: v.object({
      clientDataJSON: base64url,
      attestationObject: base64url,
      transports: v.optional(v.pipe(v.array(v.picklist(transports)), v.maxLength(8))),
    }),
  }),
});
export const signInWithPasskeySchema = v.strictObject({
  credential: v.object({
    ...credentialBase,
    response: v.object({
      clientDataJSON: base64url,
      authenticatorData: base64url,
      signature: base64url,
      userHandle: v.optional(
        v.pipe(
          v.nullable(base64url),
          v.transform((handle) => handle ?? undefined),
        ),
      ),
    }),
  }),
});

/** A path of ours; `//host` and `/\host` lead elsewhere. */
export const returnToSchema = v.pipe(
  v.string(),
  v.maxLength(500),
  v.regex(/^\/(?![/\\])[^\p{Cc}\s\\]*$/u),
);
export const startGoogleSchema = v.strictObject({
  returnTo: v.optional(returnToSchema, '/'),
  invitation: invitationSchema,
});

/** What `GET /api/auth/session` answers of the person. */
export interface PersonView {
  id: string;
  email: string;
  name: string;
  twoFactor: boolean;
  method: 'password' | 'google' | 'sso' | 'passkey';
}

export interface SessionView {
  id: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  lastSeenAt: number;
  address: string;
  browser: string;
  method: PersonView['method'];
  current: boolean;
}

export interface PasskeyView {
  id: string;
  name: string;
  createdAt: number;
}

/** What one who signs in must do next. */
export type SignInStep = 'signed-in' | 'second-factor';
