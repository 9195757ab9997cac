/** Signing on by OpenID Connect: authorisation code with PKCE, state and nonce (RFC 9700). */
import * as oauth from 'oauth4webapi';
import * as v from 'valibot';
import type { OpenIdProvider } from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import { fetchOutside } from '../outbound.ts';
import { claimsSchema, type Claims } from './attempts.ts';

/** Seconds by which our clock and the provider's may differ. */
const clockTolerance = 60;

/** All requests go by the rules for addresses that a customer wrote down. */
const through = (env: Env) => ({
  [oauth.customFetch]: (url: string, init: RequestInit) => fetchOutside(env, url, init),
  // Our own check stands before it, and allows plain http to this machine in tests alone.
  [oauth.allowInsecureRequests]: true,
});

/** Discovery, asked anew each time; an issuer that calls itself differently is refused. */
async function discover(env: Env, issuer: string): Promise<oauth.AuthorizationServer> {
  const url = new URL(issuer);
  const response = await oauth.discoveryRequest(url, { algorithm: 'oidc', ...through(env) });
  return oauth.processDiscoveryResponse(url, response);
}

export interface OpenIdStart {
  /** Where the browser goes. */
  location: string;
  verifier: string;
  nonce: string;
}

export async function startOpenId(
  env: Env,
  provider: OpenIdProvider,
  request: { state: string; callback: string; email: string | undefined },
): Promise<OpenIdStart> {
  const server = await discover(env, provider.issuer);
  if (!server.authorization_endpoint) throw new Error('no authorization endpoint');
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(server.authorization_endpoint);
  if (url.protocol !== 'https:' && env.OUTBOUND_LOOPBACK !== 'allowed') {
    throw new Error('the authorization endpoint is not https');
  }
  const parameters = {
    ...{ response_type: 'code', client_id: provider.clientId, redirect_uri: request.callback },
    ...{ scope: 'openid email profile', state: request.state, nonce },
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(request.email ? { login_hint: request.email } : {}),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { location: url.href, verifier, nonce };
}

function authenticate(server: oauth.AuthorizationServer, secret: string | null): oauth.ClientAuth {
  if (secret === null) return oauth.None();
  const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return methods.includes('client_secret_basic')
    ? oauth.ClientSecretBasic(secret)
    : oauth.ClientSecretPost(secret);
}

const profileSchema = v.object({
  sub: v.string(),
  email: v.optional(v.string()),
  email_verified: v.optional(v.union([v.boolean(), v.string()])),
  name: v.optional(v.string()),
  amr: v.optional(v.array(v.string())),
});
type Profile = v.InferOutput<typeof profileSchema>;

/** An address that the provider itself calls unproven counts as none. */
const toClaims = (profile: Profile, fromToken: Profile): Claims =>
  v.parse(claimsSchema, {
    subject: fromToken.sub,
    email:
      profile.email && String(profile.email_verified ?? true) === 'true' ? profile.email : null,
    name: profile.name ?? '',
    secondFactor: fromToken.amr?.includes('mfa') ?? false,
  } satisfies Claims);

/**
 * Exchanges the code and verifies the answer: state, issuer (also of the answer itself, against
 * mix-up), PKCE, signature by the keys that the provider publishes now, audience, time, nonce.
 * Throws when anything is wrong.
 */
export async function finishOpenId(
  env: Env,
  provider: OpenIdProvider,
  secret: string | null,
  answer: {
    url: URL;
    callback: string;
    state: string;
    verifier: string;
    nonce: string;
  },
): Promise<Claims> {
  const server = await discover(env, provider.issuer);
  const client: oauth.Client = {
    client_id: provider.clientId,
    [oauth.clockTolerance]: clockTolerance,
  };
  const parameters = oauth.validateAuthResponse(server, client, answer.url, answer.state);
  const response = await oauth.authorizationCodeGrantRequest(
    ...([server, client, authenticate(server, secret), parameters] as const),
    ...([answer.callback, answer.verifier, through(env)] as const),
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: answer.nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response, through(env));
  const fromToken = v.parse(profileSchema, oauth.getValidatedIdTokenClaims(tokens));
  if (fromToken.email !== undefined || !server.userinfo_endpoint) {
    return toClaims(fromToken, fromToken);
  }
  const info = await oauth.userInfoRequest(server, client, tokens.access_token, through(env));
  const profile = await oauth.processUserInfoResponse(server, client, fromToken.sub, info);
  return toClaims(v.parse(profileSchema, profile), fromToken);
}
