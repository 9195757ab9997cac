/** For tests: routes behind `allow` with any person, without signing in. */
import { env } from 'cloudflare:workers';
import { Hono } from 'hono';
import type { AppContext, Person } from '../app-types.ts';
import type { Policy } from '../contract/policy.ts';
import type { Role } from '../contract/roles.ts';
import { inject } from 'vitest';
import { allow } from './allow.ts';
import { acceptRoutes } from './invitation-routes.ts';
import { tenantRoutes } from './routes.ts';
import { actions } from './permissions.ts';
import { newId } from './random.ts';
import { createWorkspace } from './store.ts';

export const person = (over: Partial<Person> = {}): Person => ({
  id: newId(),
  email: 'someone@cairn.test',
  name: 'Someone',
  emailVerified: true,
  twoFactor: false,
  sessionId: newId(),
  sessionCreatedAt: Date.now(),
  method: 'password',
  ...over,
});

/** What tests set that an operator would. */
export const configured = {
  ...env,
  BETTER_AUTH_SECRET: 'a secret of tests, thirty-two or more',
  APP_ORIGIN: 'https://cairn.test',
  LOCAL_MODE: 'on',
  MAILER: 'capture',
  NAME_RESOLVER: `${inject('addresses').names}/dns-query`,
};

export interface Answer {
  status: number;
  // What comes back is looked at field by field.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

/** The real routes of workspaces, as called by any person. */
export function as(who: Person | null, address = '192.0.2.1') {
  const app = new Hono<AppContext>()
    .use(async (context, next) => {
      context.set('person', who);
      context.set('address', address);
      context.set('requestId', 'request');
      await next();
    })
    .route('/api/workspaces', tenantRoutes)
    .route('/api/invitations', acceptRoutes);
  return async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    const response = await app.request(
      `https://cairn.test/api${path}`,
      { method, headers, ...init },
      configured,
    );
    return { status: response.status, body: await response.json() };
  };
}

/** One route an action: `/<action>/<workspace>` answers with the member that `allow` found. */
export function probe(as: Person | null, address = '192.0.2.1') {
  const app = new Hono<AppContext>().use(async (context, next) => {
    context.set('person', as);
    context.set('address', address);
    context.set('requestId', 'request');
    await next();
  });
  for (const action of actions) {
    app.get(`/${action}/:workspaceId`, allow(action), (context) =>
      context.json(context.var.member),
    );
  }
  return {
    ask: async (action: string, workspaceId: string) =>
      app.request(`https://cairn.test/${action}/${workspaceId}`, {}, env),
  };
}

/** A workspace with one member of each role. */
export async function workspaceOfFour() {
  const people = { owner: person(), admin: person(), editor: person(), viewer: person() };
  const workspaceId = await createWorkspace(env, 'Four', people.owner.id, Date.now());
  for (const role of ['admin', 'editor', 'viewer'] as const) {
    await addMember(workspaceId, people[role].id, role);
  }
  return { workspaceId, people };
}

export const addMember = (workspaceId: string, personId: string, role: Role) =>
  env.DB.prepare(
    'insert into members (workspace_id, person_id, role, joined_at) values (?, ?, ?, ?)',
  )
    .bind(workspaceId, personId, role, Date.now())
    .run();

export const setPolicy = (workspaceId: string, policy: Partial<Policy>) =>
  env.DB.prepare('update workspaces set policy = ? where id = ?')
    .bind(JSON.stringify(policy), workspaceId)
    .run();
