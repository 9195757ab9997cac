/**
 * Begins a session for a person whom somebody else has vouched for: Google, a workspace's provider, or
 * a link that was sent to them. The library asks for the second factor after a password only; here it
 * is asked for after these too, by the same challenge. Not reachable by HTTP.
 */
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { generateRandomString } from 'better-auth/crypto';
import * as v from 'valibot';

/** How long one may take between the first factor and the second. */
export const challengeMs = 10 * 60_000;

const startSession = createAuthEndpoint.serverOnly(
  {
    method: 'POST',
    body: v.object({
      personId: v.string(),
      /** `skip`: the session counts as one factor, and is good for one workspace only. */
      secondFactor: v.picklist(['ask', 'skip']),
    }),
  },
  async (context) => {
    const { internalAdapter, createAuthCookie, secret } = context.context;
    const user = await internalAdapter.findUserById(context.body.personId);
    if (!user) return { token: null, challenged: false };
    const hasSecondFactor = (user as { twoFactorEnabled?: boolean }).twoFactorEnabled === true;
    if (hasSecondFactor && context.body.secondFactor === 'ask') {
      const identifier = `2fa-${generateRandomString(20)}`;
      const expiresAt = new Date(Date.now() + challengeMs);
      await internalAdapter.createVerificationValue({ identifier, value: user.id, expiresAt });
      await internalAdapter.createVerificationValue({
        identifier: `2fa-attempts-${identifier}`,
        value: '0',
        expiresAt,
      });
      const cookie = createAuthCookie('two_factor', { maxAge: challengeMs / 1000 });
      await context.setSignedCookie(cookie.name, identifier, secret, cookie.attributes);
      return { token: null, challenged: true };
    }
    const session = await internalAdapter.createSession(user.id);
    await setSessionCookie(context, { session, user });
    return { token: session.token, challenged: false };
  },
);

export const signInPlugin = { id: 'sign-in', endpoints: { startSession } };
