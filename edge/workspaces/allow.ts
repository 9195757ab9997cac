/** The only check of who may do what in a workspace. Every route of a workspace begins with it. */
import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import type { AppContext, Person } from '../app-types.ts';
import { recordEvent } from '../audit/record.ts';
import { idSchema } from '../contract/ids.ts';
import type { PolicyRefusal } from '../contract/policy.ts';
import type { Role } from '../contract/roles.ts';
import type { Env } from '../env.ts';
import { refuse } from '../requests.ts';
import { mayDo, type Action } from './permissions.ts';
import { workspaceIdsOf } from './person.ts';
import { judge, readPolicy, type Question } from './policy.ts';

interface Access {
  role: Role;
  policy: string;
  deleted_at: number | null;
  sign_on_workspace: string | null;
  second_factor: number | null;
  rules_met: string | null;
}

/** All that the decision needs, in one query; null for who is no member. */
export const findAccess = (env: Env, workspaceId: string, person: Person) =>
  env.DB.prepare(
    `select members.role, workspaces.policy, workspaces.deleted_at,
       sessions.workspace_id as sign_on_workspace, sessions.second_factor,
       (select group_concat(rule) from password_rules_met where person_id = ?2) as rules_met
     from members
     join workspaces on workspaces.id = members.workspace_id
     left join sign_on_sessions sessions on sessions.session_id = ?3
     where members.workspace_id = ?1 and members.person_id = ?2`,
  )
    .bind(workspaceId, person.id, person.sessionId)
    .first<Access>();

export const sessionFacts = (access: Access) => ({
  signOnWorkspaceId: access.sign_on_workspace,
  signOnSecondFactor: access.second_factor === 1,
  passwordRulesMet: access.rules_met?.split(',') ?? [],
});

/** While a workspace waits to be deleted, its owners may look at it, take it with them, or keep it. */
const whileClosed: readonly Action[] = ['workspace.read', 'workspace.export', 'workspace.delete'];

const sentences: Record<PolicyRefusal, string> = {
  'policy-address': 'this workspace does not let in sessions from your network',
  'policy-single-sign-on': 'this workspace asks for its single sign-on',
  'policy-other-workspace': 'this session is good for another workspace only',
  'policy-session-age': 'this workspace asks you to sign in again',
  'policy-two-factor': 'this workspace asks for two-factor sign-in',
  'policy-password': 'your password does not meet the rule of this workspace',
};

type Attempt = Pick<Question, 'workspaceId' | 'action' | 'person' | 'address'>;

const verdictOf = (access: Access, attempt: Attempt) =>
  judge({
    ...attempt,
    role: access.role,
    policy: readPolicy(access.policy),
    session: sessionFacts(access),
    now: Date.now(),
  });

/** The person's workspaces, by whether this session meets their policy. */
export async function workspacesOpenTo(env: Env, person: Person, address: string) {
  const open: string[] = [];
  const closed: string[] = [];
  for (const workspaceId of await workspaceIdsOf(env, person.id)) {
    const access = await findAccess(env, workspaceId, person);
    if (!access) continue;
    const verdict = verdictOf(access, { workspaceId, action: 'objects.read', person, address });
    (verdict === 'allowed' ? open : closed).push(workspaceId);
  }
  return { open, closed };
}

/**
 * Lets the person pass who may do `action` in the workspace of the address (`:workspaceId`) and whose
 * session meets its policy, and sets `context.var.member`. Strangers hear 404, as for a workspace that
 * is not there; members who may not hear 403, and the audit log hears of both. Strangers are noted in
 * the installation's own chain: nobody outside can write into a workspace's.
 */
export const allow = (action: Action) => Object.assign(checkOf(action), { action });

const checkOf = (action: Action) =>
  createMiddleware<AppContext>(async function allowed(context, next) {
    const { person, address, requestId } = context.var;
    if (!person) return refuse(context, 401, 'not-signed-in', 'sign in first');
    const id = v.safeParse(idSchema, context.req.param('workspaceId'));
    const access = id.success ? await findAccess(context.env, id.output, person) : null;
    const note = (reason: string, outcome: 'denied' | 'success' = 'denied') =>
      recordEvent(context.env, {
        workspaceId: access && id.success ? id.output : null,
        actorId: person.id,
        action: outcome === 'denied' ? 'request.denied' : 'access.way-back-in',
        ...(id.success ? { target: { kind: 'workspace', id: id.output } } : {}),
        outcome,
        address,
        requestId,
        detail: { wanted: action, reason },
      });
    if (!id.success || !access) {
      await note('no-member');
      return refuse(context, 404, 'not-found', 'no such workspace');
    }
    const verdict = verdictOf(access, { workspaceId: id.output, action, person, address });
    if (verdict !== 'allowed' && verdict !== 'way-back-in') {
      await note(verdict);
      return refuse(context, 403, verdict, sentences[verdict]);
    }
    if (!mayDo(access.role, action)) {
      await note('role');
      return refuse(context, 403, 'forbidden', 'your role does not allow this');
    }
    if (access.deleted_at !== null && !(access.role === 'owner' && whileClosed.includes(action))) {
      await note('closed');
      return refuse(context, 403, 'workspace-closed', 'this workspace is about to be deleted');
    }
    if (verdict === 'way-back-in') await note('single-sign-on', 'success');
    context.set('member', { workspaceId: id.output, personId: person.id, role: access.role });
    await next();
  });
