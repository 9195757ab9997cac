/** Single sign-on of a workspace: its providers, and the domains that they may speak for. */
import * as v from 'valibot';
import { emailSchema, returnToSchema } from './people.ts';
import { nameSchema } from './workspaces.ts';

const address = v.pipe(v.string(), v.maxLength(500), v.url());
const label = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(500),
  v.regex(/^[\x21-\x7e]+$/, 'printable ASCII'),
);

/** PEM, as providers hand them out. Several while one is being replaced by the next. */
const certificate = v.pipe(
  v.string(),
  v.maxLength(8_000),
  v.trim(),
  v.regex(/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/, 'PEM'),
);

export const openIdSchema = v.strictObject({
  kind: v.literal('openid'),
  /** Exactly as the provider names itself; `/.well-known/openid-configuration` is behind it. */
  issuer: address,
  clientId: label,
});

export const samlSchema = v.strictObject({
  kind: v.literal('saml'),
  entityId: label,
  /** Where people are sent (HTTP-Redirect binding). */
  entryPoint: address,
  certificates: v.pipe(v.array(certificate), v.minLength(1), v.maxLength(5)),
});

export const providerSchema = v.variant('kind', [openIdSchema, samlSchema]);
export type OpenIdProvider = v.InferOutput<typeof openIdSchema>;
export type SamlProvider = v.InferOutput<typeof samlSchema>;
export type SignOnProvider = v.InferOutput<typeof providerSchema>;

const common = {
  name: nameSchema,
  provider: providerSchema,
  /** Nobody becomes owner by signing on. */
  defaultRole: v.optional(v.picklist(['admin', 'editor', 'viewer']), 'viewer'),
  /** Whether people who are not members become members by signing on. */
  joins: v.optional(v.boolean(), true),
  enabled: v.optional(v.boolean(), true),
  /** OpenID Connect; written, never read back. Without one the client is a public one. */
  clientSecret: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(500))),
};

export const addConnectionSchema = v.strictObject(common);
/** The whole connection anew; the secret stays when it is left out. */
export const changeConnectionSchema = v.strictObject(common);
export type ConnectionInput = v.InferOutput<typeof addConnectionSchema>;

export interface ConnectionView {
  id: string;
  name: string;
  provider: SignOnProvider;
  defaultRole: 'admin' | 'editor' | 'viewer';
  joins: boolean;
  enabled: boolean;
  hasSecret: boolean;
  createdAt: number;
  lastUsedAt: number | null;
  /** What to enter at the provider: redirect address, or entity id and assertion consumer service. */
  ours: { start: string; callback: string; entityId: string | null };
}

/** A name below a public suffix, in ASCII (international names as `xn--…`). RFC 1035 lengths. */
export const domainSchema = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.maxLength(253),
  // eslint-disable-next-line security/detect-unsafe-regex -- labels are bounded and end at a dot
  v.regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/, 'a domain'),
);
export const addDomainSchema = v.strictObject({ domain: domainSchema });

export interface DomainView {
  domain: string;
  /** The TXT record that proves it. */
  record: { name: string; value: string };
  verifiedAt: number | null;
}

export const findSignOnSchema = v.strictObject({ email: emailSchema });
export const ticketSchema = v.strictObject({
  ticket: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

export const startQuerySchema = v.object({
  returnTo: v.optional(returnToSchema, '/'),
  /** Told to the provider, so that people need not type their address twice. */
  email: v.optional(emailSchema),
});

/** How a sign-on may end other than well; the app's sign-in page is told as `?sign-on=<code>`. */
export const signOnFailures = [
  'expired',
  'refused-by-provider',
  'not-trusted',
  'address-missing',
  'address-not-proven',
  'domain-not-proven',
  'not-a-member',
  'suspended',
  'link-needed',
] as const;
export type SignOnFailure = (typeof signOnFailures)[number];
