/**
 * Signing on by SAML 2.0, web browser profile: request by redirect, answer by post. The library
 * verifies the signature and reads only what is signed; what it leaves open is checked here: where the
 * answer was meant for, when it ends, that it was asked for, how it is signed, and that no document
 * type (entities) is in it.
 */
import { SAML, ValidateInResponseTo, type SamlConfig } from '@node-saml/node-saml';
import * as v from 'valibot';
import type { SamlProvider } from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import { hashOf } from '../workspaces/random.ts';
import type { Claims } from './attempts.ts';
import { addressesOf, type Connection } from './connections.ts';

/** By which our clock and the provider's may differ. */
const clockSkewMilliseconds = 60_000;
/** Whatever the provider allows, an answer is not taken later than this after it was written. */
const longestAgeMilliseconds = 10 * 60_000;
/** An answer of base64; the largest real ones are some 30 kB. */
export const largestAnswer = 200_000;

interface Ours {
  callback: string;
  entityId: string | null;
}

function options(provider: SamlProvider, ours: Ours, requestId: string): SamlConfig {
  return {
    idpCert: provider.certificates,
    idpIssuer: provider.entityId,
    entryPoint: provider.entryPoint,
    issuer: ours.entityId!,
    audience: ours.entityId!,
    callbackUrl: ours.callback,
    // Any way of signing in that the provider thinks right.
    disableRequestedAuthnContext: true,
    identifierFormat: null,
    acceptedClockSkewMs: clockSkewMilliseconds,
    maxAssertionAgeMs: longestAgeMilliseconds,
    // The assertion itself is signed, whether or not the answer around it is.
    wantAssertionsSigned: true,
    wantAuthnResponseSigned: false,
    signatureAlgorithm: 'sha256',
    generateUniqueId: () => requestId,
    validateInResponseTo: ValidateInResponseTo.always,
    requestIdExpirationPeriodMs: longestAgeMilliseconds,
    // The one request that this attempt made; the attempt itself ends in time (attempts.ts).
    cacheProvider: {
      saveAsync: async () => null,
      getAsync: async (id) => (id === requestId ? new Date().toISOString() : null),
      removeAsync: async (id) => id,
    },
  };
}

/** Where the browser goes. `requestId` is what the answer must refer to (an XML name). */
export async function startSaml(
  provider: SamlProvider,
  ours: Ours,
  request: { state: string; requestId: string },
): Promise<string> {
  return new SAML(options(provider, ours, request.requestId)).getAuthorizeUrlAsync(
    request.state,
    undefined,
    {},
  );
}

export const samlMetadata = (provider: SamlProvider, ours: Ours): string =>
  new SAML(options(provider, ours, '_metadata')).generateServiceProviderMetadata(null, null);

/** SHA-1, MD5 and shared keys; a reference (`&`) in the name of an algorithm could hide one. */
const weakAlgorithm = /Algorithm\s*=\s*["'][^"']*(&|sha1|md5|hmac)/i;

const some = <Schema extends v.GenericSchema>(schema: Schema) =>
  v.pipe(v.array(schema), v.minLength(1));
const attributes = <Entries extends v.ObjectEntries>(entries: Entries) =>
  v.object({ $: v.object(entries) });

/** The parts of a signed assertion that we look at ourselves, as the library hands it out. */
const assertionSchema = v.object({
  Assertion: v.object({
    $: v.object({ ID: v.pipe(v.string(), v.minLength(1), v.maxLength(255)) }),
    Issuer: v.tuple([v.any()]),
    Subject: v.tuple([
      v.object({
        SubjectConfirmation: some(
          v.object({
            SubjectConfirmationData: v.tuple([
              attributes({
                Recipient: v.string(),
                NotOnOrAfter: v.string(),
                InResponseTo: v.string(),
              }),
            ]),
          }),
        ),
      }),
    ]),
    AuthnStatement: some(
      v.object({
        AuthnContext: v.optional(
          some(v.object({ AuthnContextClassRef: v.optional(some(v.any())) })),
        ),
      }),
    ),
  }),
});

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { _?: unknown } | null)?._ ?? '');

/** Contexts that stand for two factors: REFEDS, OASIS and what Microsoft sends. */
const secondFactors = new Set([
  'https://refeds.org/profile/mfa',
  'http://schemas.microsoft.com/claims/multipleauthn',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorContract',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:MobileTwoFactorUnregistered',
  'urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI',
]);

/** The names that providers give to the address and the name of a person. */
const emailNames = [
  ...['email', 'mail', 'emailAddress', 'urn:oid:0.9.2342.19200300.100.1.3'],
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
];
const fullNames = [
  ...['name', 'displayName', 'urn:oid:2.16.840.1.113730.3.1.241'],
  'http://schemas.microsoft.com/identity/claims/displayname',
];
const transient = 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient';

function firstOf(values: Record<string, unknown>, names: string[]): string | null {
  const value = names.map((name) => values[name]).find((one) => one !== undefined);
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === 'string' && text ? text : null;
}

/**
 * Remembers an assertion; false when it was used before. The connection is part of the key, so that
 * one provider cannot use up another's.
 */
async function useOnce(env: Env, connection: Connection, assertionId: string, now: number) {
  const [, inserted] = await env.DB.batch([
    env.DB.prepare('delete from sign_on_assertions where expires_at <= ?').bind(now),
    env.DB.prepare(
      `insert into sign_on_assertions (workspace_id, connection_id, assertion_id, expires_at)
       values (?, ?, ?, ?) on conflict do nothing`,
    ).bind(
      ...[connection.workspaceId, connection.id, await hashOf(assertionId)],
      now + longestAgeMilliseconds + 2 * clockSkewMilliseconds,
    ),
  ]);
  return inserted?.meta.changes === 1;
}

export class UntrustedAnswer extends Error {
  override name = 'UntrustedAnswer';
}

/** Throws when the answer is not to be trusted. `SAMLResponse` is the base64 of the form. */
export async function finishSaml(
  env: Env,
  connection: Connection & { provider: SamlProvider },
  origin: string,
  { SAMLResponse, requestId }: { SAMLResponse: string; requestId: string },
  now: number,
): Promise<Claims> {
  const ours = addressesOf(origin, connection.id, 'saml');
  if (SAMLResponse.length > largestAnswer) throw new UntrustedAnswer('too large');
  const xml = Buffer.from(SAMLResponse, 'base64').toString('utf8');
  if (/<!DOCTYPE|<!ENTITY|<\?xml-stylesheet/i.test(xml)) {
    throw new UntrustedAnswer('a document type');
  }
  if (weakAlgorithm.test(xml)) throw new UntrustedAnswer('a weak algorithm');
  const saml = new SAML(options(connection.provider, ours, requestId));
  const { profile } = await saml.validatePostResponseAsync({ SAMLResponse });
  if (!profile) throw new UntrustedAnswer('nobody');
  const { Assertion: assertion } = v.parse(assertionSchema, profile.getAssertion?.());
  // The library compares the issuer in logouts only.
  if (textOf(assertion.Issuer[0]) !== connection.provider.entityId) {
    throw new UntrustedAnswer('from another provider');
  }
  for (const confirmation of assertion.Subject[0].SubjectConfirmation) {
    const { Recipient, InResponseTo, NotOnOrAfter } = confirmation.SubjectConfirmationData[0].$;
    if (Recipient !== ours.callback) throw new UntrustedAnswer('for another recipient');
    if (InResponseTo !== requestId) throw new UntrustedAnswer('to another request');
    if (!(Date.parse(NotOnOrAfter) + clockSkewMilliseconds > now)) {
      throw new UntrustedAnswer('too late');
    }
  }
  if (profile.nameIDFormat === transient) throw new UntrustedAnswer('a name that does not last');
  if (!profile.nameID) throw new UntrustedAnswer('no name');
  if (!(await useOnce(env, connection, assertion.$.ID, now))) {
    throw new UntrustedAnswer('used before');
  }
  const values = (profile.attributes ?? {}) as Record<string, unknown>;
  const contexts = assertion.AuthnStatement.flatMap((statement) => statement.AuthnContext ?? [])
    .flatMap((context) => context.AuthnContextClassRef ?? [])
    .map(textOf);
  const email = firstOf(values, emailNames);
  return {
    subject: profile.nameID,
    email: email ?? (profile.nameID.includes('@') ? profile.nameID : null),
    name: firstOf(values, fullNames) ?? '',
    secondFactor: contexts.some((context) => secondFactors.has(context)),
  };
}
