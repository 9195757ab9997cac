/** Passkeys: what the edge and the browser's authenticator say to each other. */
import * as v from 'valibot';
import { AppError } from '../core/errors.ts';
import { anything, request } from './request.ts';

/** Checked by the browser itself, which refuses what it does not understand. */
const options = v.looseObject({ challenge: v.string() });

export const passkeysWork = (): boolean =>
  typeof PublicKeyCredential === 'function' &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** The authenticator's answer as JSON. Throws AbortError when the person stopped it. */
async function ask(call: () => Promise<Credential | null>): Promise<unknown> {
  if (!passkeysWork()) throw new AppError('passkey-unsupported');
  let credential: Credential | null;
  try {
    credential = await call();
  } catch (error) {
    // Stopped, timed out, or none was there: browsers do not tell these apart.
    if (error instanceof DOMException && error.name === 'NotAllowedError') {
      throw new DOMException(error.message, 'AbortError');
    }
    throw new AppError('passkey-refused', String(error), { cause: error });
  }
  if (!(credential instanceof PublicKeyCredential)) throw new AppError('passkey-refused');
  const { authenticatorAttachment, ...json } = credential.toJSON() as unknown as Record<
    string,
    unknown
  >;
  return authenticatorAttachment ? { ...json, authenticatorAttachment } : json;
}

export async function addPasskey(name: string): Promise<void> {
  const json = await request('POST', '/api/auth/passkeys/options', options);
  const credential = await ask(() =>
    navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(
        json as unknown as PublicKeyCredentialCreationOptionsJSON,
      ),
    }),
  );
  await request('POST', '/api/auth/passkeys', anything, { body: { name, credential } });
}

export async function signInWithPasskey(): Promise<void> {
  const json = await request('POST', '/api/auth/passkeys/sign-in/options', options);
  const credential = await ask(() =>
    navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(
        json as unknown as PublicKeyCredentialRequestOptionsJSON,
      ),
    }),
  );
  await request('POST', '/api/auth/passkeys/sign-in', anything, { body: { credential } });
}
