/** Single sign-on of a workspace: providers and domains. */
import * as v from 'valibot';
import {
  providerSchema,
  type ConnectionInput,
  type ConnectionView,
  type DomainView,
} from '../../edge/contract/sign-on.ts';
import { addressOf, anything, request } from './request.ts';
import { workspacePath } from './workspaces.ts';

const connection: v.GenericSchema<unknown, ConnectionView> = v.object({
  id: v.string(),
  name: v.string(),
  provider: providerSchema,
  defaultRole: v.picklist(['admin', 'editor', 'viewer']),
  joins: v.boolean(),
  enabled: v.boolean(),
  hasSecret: v.boolean(),
  createdAt: v.number(),
  lastUsedAt: v.nullable(v.number()),
  ours: v.object({ start: v.string(), callback: v.string(), entityId: v.nullable(v.string()) }),
});
const domain: v.GenericSchema<unknown, DomainView> = v.object({
  domain: v.string(),
  record: v.object({ name: v.string(), value: v.string() }),
  verifiedAt: v.nullable(v.number()),
});

const signOnPath = (workspaceId: string, connectionId?: string) =>
  workspacePath(
    workspaceId,
    connectionId ? `/sign-on/${encodeURIComponent(connectionId)}` : '/sign-on',
  );
const domainPath = (workspaceId: string, name: string) =>
  workspacePath(workspaceId, `/domains/${encodeURIComponent(name)}`);

export const listConnections = async (workspaceId: string): Promise<ConnectionView[]> =>
  (await request('GET', signOnPath(workspaceId), v.object({ connections: v.array(connection) })))
    .connections;

export const addConnection = (workspaceId: string, input: ConnectionInput) =>
  request('POST', signOnPath(workspaceId), connection, { body: input });

/** The whole connection anew; the secret stays when it is left out. */
export const changeConnection = (
  workspaceId: string,
  connectionId: string,
  input: ConnectionInput,
) => request('PUT', signOnPath(workspaceId, connectionId), connection, { body: input });

export const removeConnection = (workspaceId: string, connectionId: string) =>
  request('DELETE', signOnPath(workspaceId, connectionId), anything);

export const listDomains = async (workspaceId: string): Promise<DomainView[]> =>
  (
    await request(
      'GET',
      workspacePath(workspaceId, '/domains'),
      v.object({ domains: v.array(domain) }),
    )
  ).domains;

export const addDomain = (workspaceId: string, name: string) =>
  request('POST', workspacePath(workspaceId, '/domains'), domain, { body: { domain: name } });

/** Looks for the record; `domain-not-proven` when it is not there yet. */
export const proveDomain = (workspaceId: string, name: string) =>
  request('POST', `${domainPath(workspaceId, name)}/prove`, domain);

export const removeDomain = (workspaceId: string, name: string) =>
  request('DELETE', domainPath(workspaceId, name), anything);

const found = v.object({ id: v.string(), name: v.string() });
export type FoundSignOn = v.InferOutput<typeof found>;

/** Providers that speak for the domain of this address. */
export const findSignOn = async (email: string): Promise<FoundSignOn[]> =>
  (
    await request('POST', '/api/sign-on/find', v.object({ connections: v.array(found) }), {
      body: { email },
    })
  ).connections;

/** Where the browser goes to sign on; it comes back to `returnTo`. */
export const signOnAddress = (connectionId: string, returnTo: string, email?: string) =>
  addressOf(`/api/sign-on/${encodeURIComponent(connectionId)}/start`, { returnTo, email });

/** Joins what the provider said, kept under `ticket`, to the account that is signed in. */
export const linkSignOn = (ticket: string) =>
  request(
    'POST',
    '/api/sign-on/link',
    v.object({ workspaceId: v.string(), returnTo: v.string() }),
    { body: { ticket } },
  );
