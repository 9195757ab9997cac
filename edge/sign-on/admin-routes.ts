/** Providers and domains of a workspace, for its owners. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { settingsOf } from '../auth/session.ts';
import {
  addConnectionSchema,
  addDomainSchema,
  changeConnectionSchema,
  type ConnectionInput,
  type SignOnProvider,
} from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import { refusedAddress } from '../outbound.ts';
import { body, refuse } from '../requests.ts';
import { canSeal } from '../secrets.ts';
import { allow } from '../workspaces/allow.ts';
import { memberOf, note } from '../workspaces/note.ts';
import {
  addConnection,
  changeConnection,
  findConnection,
  listConnections,
  removeConnection,
  toView,
} from './connections.ts';
import { addDomain, findDomain, listDomains, proveDomain, removeDomain } from './domains.ts';

const mostConnections = 10;
const mostDomains = 50;

/** Both the address that we ask and the one that we send people to must be public and https. */
function wrongAddress(env: Env, provider: SignOnProvider): string | null {
  const [field, address] =
    provider.kind === 'openid' ? ['issuer', provider.issuer] : ['entryPoint', provider.entryPoint];
  const refused = refusedAddress(env, address!);
  return refused && `provider.${field}: expected a public https address, not ${refused}`;
}

/** The name a provider signs with. Another one is another provider: its subjects are other people. */
const nameOf = (provider: SignOnProvider) =>
  provider.kind === 'openid' ? `openid ${provider.issuer}` : `saml ${provider.entityId}`;

function wrongInput(env: Env, input: ConnectionInput) {
  const wrong = wrongAddress(env, input.provider);
  if (wrong) return { status: 400, code: 'invalid-request', message: wrong } as const;
  if (input.clientSecret !== undefined && !canSeal(env)) {
    const message = 'this installation has no key to keep secrets under';
    return { status: 409, code: 'secrets-not-configured', message } as const;
  }
  return null;
}

export const signOnAdminRoutes = new Hono<AppContext>()
  .get('/:workspaceId/sign-on', allow('sign-on.read'), async (context) => {
    const { workspaceId } = memberOf(context);
    const { origin } = settingsOf(context);
    const connections = await listConnections(context.env, workspaceId);
    return context.json({ connections: connections.map((one) => toView(origin, one)) });
  })
  .post(
    '/:workspaceId/sign-on',
    allow('sign-on.change'),
    body(addConnectionSchema),
    async (context) => {
      const { workspaceId } = memberOf(context);
      const input = context.req.valid('json');
      const wrong = wrongInput(context.env, input);
      if (wrong) return refuse(context, wrong.status, wrong.code, wrong.message);
      if ((await listConnections(context.env, workspaceId)).length >= mostConnections) {
        return refuse(context, 409, 'conflict', `not more than ${mostConnections} providers`);
      }
      const { origin } = settingsOf(context);
      const id = await addConnection(context.env, workspaceId, input, Date.now());
      await note(context, 'workspace.sign-on-changed', {
        target: { kind: 'sign-on', id },
        detail: { change: 'added', provider: input.provider.kind },
      });
      const made = await findConnection(context.env, workspaceId, id);
      return context.json(toView(origin, made!), 201);
    },
  )
  .put(
    '/:workspaceId/sign-on/:connectionId',
    allow('sign-on.change'),
    body(changeConnectionSchema),
    async (context) => {
      const { workspaceId } = memberOf(context);
      const id = context.req.param('connectionId');
      const input = context.req.valid('json');
      const wrong = wrongInput(context.env, input);
      if (wrong) return refuse(context, wrong.status, wrong.code, wrong.message);
      const { origin } = settingsOf(context);
      const before = await findConnection(context.env, workspaceId, id);
      if (!before) return refuse(context, 404, 'not-found', 'no such provider');
      if (nameOf(before.provider) !== nameOf(input.provider)) {
        return refuse(context, 409, 'conflict', 'another issuer is another provider: add it');
      }
      await changeConnection(context.env, workspaceId, id, input);
      await note(context, 'workspace.sign-on-changed', {
        target: { kind: 'sign-on', id },
        detail: { change: 'changed', enabled: input.enabled, role: input.defaultRole },
      });
      const changed = await findConnection(context.env, workspaceId, id);
      return context.json(toView(origin, changed!));
    },
  )
  .delete('/:workspaceId/sign-on/:connectionId', allow('sign-on.change'), async (context) => {
    const { workspaceId } = memberOf(context);
    const id = context.req.param('connectionId');
    if (!(await removeConnection(context.env, workspaceId, id))) {
      return refuse(context, 404, 'not-found', 'no such provider');
    }
    await note(context, 'workspace.sign-on-changed', {
      target: { kind: 'sign-on', id },
      detail: { change: 'removed' },
    });
    return context.json({ id });
  })
  .get('/:workspaceId/domains', allow('sign-on.read'), async (context) =>
    context.json({ domains: await listDomains(context.env, memberOf(context).workspaceId) }),
  )
  .post(
    '/:workspaceId/domains',
    allow('sign-on.change'),
    body(addDomainSchema),
    async (context) => {
      const { workspaceId } = memberOf(context);
      if ((await listDomains(context.env, workspaceId)).length >= mostDomains) {
        return refuse(context, 409, 'conflict', `not more than ${mostDomains} domains`);
      }
      const { domain } = context.req.valid('json');
      const view = await addDomain(context.env, workspaceId, domain, Date.now());
      await note(context, 'workspace.sign-on-changed', { detail: { change: 'domain-added' } });
      return context.json(view, 201);
    },
  )
  .post('/:workspaceId/domains/:domain/prove', allow('sign-on.change'), async (context) => {
    const { workspaceId } = memberOf(context);
    const view = await findDomain(context.env, workspaceId, context.req.param('domain'));
    if (!view) return refuse(context, 404, 'not-found', 'no such domain');
    const proof = await proveDomain(context.env, workspaceId, view, Date.now());
    if (proof === 'no-resolver') {
      const message = 'the operator of this installation confirms domains by hand';
      return refuse(context, 409, 'resolver-not-configured', message);
    }
    if (proof === 'no-answer') {
      return refuse(context, 502, 'resolver-unreachable', 'the resolver does not answer');
    }
    if (proof === 'not-found') {
      return refuse(context, 409, 'domain-not-proven', 'the record is not there yet');
    }
    await note(context, 'workspace.sign-on-changed', { detail: { change: 'domain-proven' } });
    return context.json((await findDomain(context.env, workspaceId, view.domain))!);
  })
  .delete('/:workspaceId/domains/:domain', allow('sign-on.change'), async (context) => {
    const { workspaceId } = memberOf(context);
    const domain = context.req.param('domain');
    if (!(await removeDomain(context.env, workspaceId, domain))) {
      return refuse(context, 404, 'not-found', 'no such domain');
    }
    await note(context, 'workspace.sign-on-changed', { detail: { change: 'domain-removed' } });
    return context.json({ domain });
  });
