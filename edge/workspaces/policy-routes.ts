/** The security policy and the settings of a workspace. */
import { Hono } from 'hono';
import * as v from 'valibot';
import type { AppContext } from '../app-types.ts';
import { policySchema } from '../contract/policy.ts';
import {
  connectorsSchema,
  retentionSchema,
  settingsSchema,
  storageSchema,
  type WorkspaceSettings,
} from '../contract/settings.ts';
import type { Env } from '../env.ts';
import { body, refuse } from '../requests.ts';
import { locationsFor } from '../storage/locations.ts';
import { parseRange } from './addresses.ts';
import { allow, findAccess, sessionFacts } from './allow.ts';
import { memberOf, note } from './note.ts';
import { readPolicy, wouldLockOut } from './policy.ts';

interface Row {
  policy: string;
  settings: string;
}

const read = async (env: Env, workspaceId: string): Promise<Row> =>
  (await env.DB.prepare('select policy, settings from workspaces where id = ?')
    .bind(workspaceId)
    .first<Row>()) ?? { policy: '{}', settings: '{}' };

/** The settings of a workspace with every default filled in; the defaults when it is gone. */
export async function readSettings(env: Env, workspaceId: string): Promise<WorkspaceSettings> {
  return v.parse(settingsSchema, JSON.parse((await read(env, workspaceId)).settings));
}

/** Writes one part, so that two people who change different parts both have their way. */
const writePart = (
  env: Env,
  workspaceId: string,
  part: keyof WorkspaceSettings,
  value: WorkspaceSettings[typeof part],
) =>
  env.DB.prepare(
    `update workspaces set settings = json_set(settings, '$.' || ?, json(?)) where id = ?`,
  )
    .bind(part, JSON.stringify(value), workspaceId)
    .run();

/** Whether some provider of the workspace has let somebody in already. */
const canSignOn = async (env: Env, workspaceId: string) =>
  (await env.DB.prepare(
    `select 1 from sign_on_connections
     where workspace_id = ? and enabled = 1 and last_used_at is not null limit 1`,
  )
    .bind(workspaceId)
    .first()) !== null;

export const policyRoutes = new Hono<AppContext>()
  .get('/:workspaceId/policy', allow('policy.read'), async (context) => {
    const { policy } = await read(context.env, memberOf(context).workspaceId);
    return context.json(readPolicy(policy));
  })
  .put('/:workspaceId/policy', allow('policy.change'), body(policySchema), async (context) => {
    const { workspaceId, role } = memberOf(context);
    const policy = context.req.valid('json');
    if (policy.addressRanges.some((text) => !parseRange(text))) {
      return refuse(context, 400, 'invalid-request', 'addressRanges: expected CIDR');
    }
    const { person, address } = context.var;
    const access = await findAccess(context.env, workspaceId, person!);
    const locked = wouldLockOut(
      {
        ...{ workspaceId, role, policy, person: person!, address, now: Date.now() },
        session: sessionFacts(access!),
      },
      await canSignOn(context.env, workspaceId),
    );
    if (locked) {
      return refuse(context, 409, 'would-lock-out', `this would lock you out: ${locked}`);
    }
    const before = readPolicy(access!.policy);
    await context.env.DB.prepare('update workspaces set policy = ? where id = ?')
      .bind(JSON.stringify(policy), workspaceId)
      .run();
    const changed = (Object.keys(policy) as (keyof typeof policy)[]).filter(
      (key) => JSON.stringify(policy[key]) !== JSON.stringify(before[key]),
    );
    await note(context, 'workspace.policy-changed', { detail: { fields: changed.join(' ') } });
    return context.json(policy);
  })
  .get('/:workspaceId/settings', allow('settings.read'), async (context) => {
    const { workspaceId } = memberOf(context);
    const locations = locationsFor(context.env, workspaceId).map(({ name, region }) => ({
      name,
      region,
    }));
    return context.json({ ...(await readSettings(context.env, workspaceId)), locations });
  })
  .put(
    '/:workspaceId/settings/storage',
    allow('storage.change'),
    body(storageSchema),
    async (context) => {
      const { workspaceId } = memberOf(context);
      const storage = context.req.valid('json');
      const known = locationsFor(context.env, workspaceId).some((l) => l.name === storage.location);
      if (storage.location !== null && !known) {
        return refuse(context, 400, 'invalid-request', 'location: expected one that is offered');
      }
      await writePart(context.env, workspaceId, 'storage', storage);
      await note(context, 'workspace.storage-changed', {
        detail: { location: storage.location ?? 'default' },
      });
      return context.json(storage);
    },
  )
  .put(
    '/:workspaceId/settings/retention',
    allow('retention.change'),
    body(retentionSchema),
    async (context) => {
      const retention = context.req.valid('json');
      await writePart(context.env, memberOf(context).workspaceId, 'retention', retention);
      await note(context, 'workspace.retention-changed', { detail: { ...retention } });
      return context.json(retention);
    },
  )
  .put(
    '/:workspaceId/settings/connectors',
    allow('connectors.change'),
    body(connectorsSchema),
    async (context) => {
      const connectors = context.req.valid('json');
      await writePart(context.env, memberOf(context).workspaceId, 'connectors', connectors);
      await note(context, 'connector.changed', {
        detail: { allowed: connectors.allowed?.join(' ') ?? 'all' },
      });
      return context.json(connectors);
    },
  );
