/**
 * A real OpenID provider (`oidc-provider`), which asks nobody anything: the person is whoever
 * `login_hint` names, as JSON of their claims.
 */
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { listen } from './listen.ts';

const signingKey = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  ...{ kid, alg: 'RS256', use: 'sig' },
});

export async function startOpenIdProvider() {
  const server = await listen((_, response) => void response.end());
  const provider = new Provider(server.address, {
    jwks: { keys: [signingKey('first')] },
    cookies: { keys: ['test'] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    features: { devInteractions: { enabled: false }, registration: { enabled: true } },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      second_factor: ['amr'],
    },
    scopes: ['openid', 'email', 'profile'],
    // Some providers put the address into the ID token, others only into the userinfo answer.
    conformIdTokenClaims: true,
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...claimsOf(id), sub: id }) }),
    async loadExistingGrant(context) {
      const { client, session } = context.oidc;
      const grant = new context.oidc.provider.Grant({
        clientId: client!.clientId,
        accountId: session!.accountId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  server.answerWith((request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void handle(request, response);
    void provider.interactionDetails(request, response).then(async ({ params }) => {
      const accountId = subjectOf(String(params.login_hint));
      await provider.interactionFinished(request, response, { login: { accountId } });
    });
  });
  return server;
}

const people = new Map<string, Record<string, unknown>>();

/** Remembers the claims of who signs in; the answer is their subject. */
function subjectOf(hint: string): string {
  const claims = JSON.parse(hint) as { sub: string };
  people.set(claims.sub, claims);
  return claims.sub;
}

const claimsOf = (subject: string) => people.get(subject) ?? {};
