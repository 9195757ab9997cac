/**
 * The passkey plugin asks for user verification (a finger, a face, a PIN) but takes an answer without.
 * Such an answer is possession alone, and a passkey counts as two factors with us: it is refused.
 */
import { APIError } from 'better-auth/api';

function require(isVerified: boolean | undefined) {
  if (!isVerified) {
    throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'no verification' });
  }
}

interface Registered {
  verification: { registrationInfo?: { userVerified: boolean } };
}
interface SignedIn {
  verification: { authenticationInfo?: { userVerified: boolean } };
}

export const requireUserVerified = {
  atRegistration: ({ verification }: Registered) =>
    require(verification.registrationInfo?.userVerified),
  atSignIn: ({ verification }: SignedIn) => require(verification.authenticationInfo?.userVerified),
};
