import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import security from '../../docs/security.md?raw';
import type { AuditRow } from '../audit/rows.ts';
import { roles } from '../contract/roles.ts';
import { actions } from './permissions.ts';
import { addMember, person, probe, setPolicy, workspaceOfFour } from './probe.ts';
import { newId } from './random.ts';
import { closeWorkspace, createWorkspace } from './store.ts';

/** The table as docs/security.md prints it: action → roles. Written by hand, so it can disagree. */
const printed = new Map(
  [...security.matchAll(/^\| `([a-z.-]+)` \|(.+)\|$/gm)].map((row) => [
    row[1]!,
    roles.filter((_, i) => row[2]!.split('|')[i]!.trim() === 'yes'),
  ]),
);

const chainOf = async (chain: string) =>
  (
    await env.DB.prepare('select * from audit_events where chain = ? order by sequence')
      .bind(chain)
      .all<AuditRow>()
  ).results;

describe('role × action', () => {
  let four: Awaited<ReturnType<typeof workspaceOfFour>>;
  beforeAll(async () => {
    four = await workspaceOfFour();
  });

  test('docs/security.md names the same actions', () => {
    expect([...printed.keys()].sort()).toEqual([...actions].sort());
  });

  test.each(roles.flatMap((role) => actions.map((action) => ({ role, action }))))(
    '$role: $action',
    async ({ role, action }) => {
      const response = await probe(four.people[role]).ask(action, four.workspaceId);
      if (printed.get(action)?.includes(role)) {
        expect(response.status).toBe(200);
        expect(await response.json()).toEqual({
          workspaceId: four.workspaceId,
          personId: four.people[role].id,
          role,
        });
      } else {
        expect(response.status).toBe(403);
        expect(await response.json()).toMatchObject({ code: 'forbidden' });
      }
    },
  );

  test.each(actions)(
    '%s: nobody of another workspace, whatever their role there',
    async (action) => {
      const other = await workspaceOfFour();
      for (const role of roles) {
        const response = await probe(other.people[role]).ask(action, four.workspaceId);
        expect(response.status).toBe(404);
        const missing = await probe(other.people[role]).ask(action, newId());
        expect(await response.text()).toBe(await missing.text());
      }
    },
  );

  test.each(actions)('%s: nobody who is not signed in', async (action) => {
    expect((await probe(null).ask(action, four.workspaceId)).status).toBe(401);
  });
});

test('what is no id is no workspace', async () => {
  const { ask } = probe(person());
  for (const id of ['x', '%00', "' or 1=1 --", '0'.repeat(33), '0'.repeat(5000)]) {
    expect((await ask('workspace.read', encodeURIComponent(id))).status).toBe(404);
  }
});

test('a refusal is written into the log: of members in the workspace, of strangers elsewhere', async () => {
  const { workspaceId, people } = await workspaceOfFour();
  await probe(people.viewer, '198.51.100.7').ask('audit.read', workspaceId);
  expect(await chainOf(workspaceId)).toMatchObject([
    {
      actor_id: people.viewer.id,
      action: 'request.denied',
      outcome: 'denied',
      address: '198.51.100.7',
      detail: JSON.stringify({ reason: 'role', wanted: 'audit.read' }),
    },
  ]);
  const stranger = person();
  await probe(stranger).ask('audit.read', workspaceId);
  expect(await chainOf(workspaceId)).toHaveLength(1);
  const own = (await chainOf('installation')).filter((row) => row.actor_id === stranger.id);
  expect(own).toMatchObject([{ action: 'request.denied', target_id: workspaceId }]);
});

test('who was removed or changed is so at the next request', async () => {
  const { workspaceId, people } = await workspaceOfFour();
  const { ask } = probe(people.editor);
  expect((await ask('objects.write', workspaceId)).status).toBe(200);
  const set = env.DB.prepare(
    'update members set role = ? where workspace_id = ? and person_id = ?',
  );
  await set.bind('viewer', workspaceId, people.editor.id).run();
  expect((await ask('objects.write', workspaceId)).status).toBe(403);
  await env.DB.prepare('delete from members where person_id = ?').bind(people.editor.id).run();
  expect((await ask('objects.read', workspaceId)).status).toBe(404);
});

test('while it waits for its end, a workspace opens for its owners alone', async () => {
  const { workspaceId, people } = await workspaceOfFour();
  await closeWorkspace(env, workspaceId, 'Four', Date.now());
  for (const action of actions) {
    const open = ['workspace.read', 'workspace.export', 'workspace.delete'].includes(action);
    const answer = await probe(people.owner).ask(action, workspaceId);
    expect(answer.status, action).toBe(open ? 200 : 403);
    expect((await probe(people.admin).ask(action, workspaceId)).status, action).toBe(403);
  }
});

describe('policy', () => {
  const join = async (as: ReturnType<typeof person>, role: 'owner' | 'viewer' = 'viewer') => {
    const workspaceId = await createWorkspace(env, 'Strict', newId(), Date.now());
    await addMember(workspaceId, as.id, role);
    return workspaceId;
  };
  const codeOf = async (response: Response) =>
    response.status === 200 ? 'allowed' : (await response.json<{ code: string }>()).code;
  const signedOn = (sessionId: string, workspaceId: string, secondFactor = 0) =>
    env.DB.prepare(
      `insert into sign_on_sessions
         (session_id, workspace_id, connection_id, second_factor, created_at)
       values (?, ?, 'connection', ?, 0)`,
    )
      .bind(sessionId, workspaceId, secondFactor)
      .run();

  test.each([
    [true, 'allowed'],
    [false, 'policy-two-factor'],
  ])('two factors required; proven: %s', async (twoFactor, expected) => {
    const as = person({ twoFactor });
    const workspaceId = await join(as);
    await setPolicy(workspaceId, { twoFactorRequired: true });
    expect(await codeOf(await probe(as).ask('workspace.read', workspaceId))).toBe(expected);
  });

  test.each([
    ['192.0.2.200', 'allowed'],
    ['192.0.3.1', 'policy-address'],
    ['2001:db8::7', 'allowed'],
    ['2001:db9::7', 'policy-address'],
    ['', 'policy-address'],
  ])('allowed ranges; from %s', async (address, expected) => {
    const as = person();
    const workspaceId = await join(as);
    await setPolicy(workspaceId, { addressRanges: ['192.0.2.0/24', '2001:db8::/32'] });
    expect(await codeOf(await probe(as, address).ask('workspace.read', workspaceId))).toBe(
      expected,
    );
  });

  test.each([
    [7, 'allowed'],
    [9, 'policy-session-age'],
  ])('eight hours a session; after %i', async (hours, expected) => {
    const as = person({ sessionCreatedAt: Date.now() - hours * 3_600_000 });
    const workspaceId = await join(as);
    await setPolicy(workspaceId, { sessionHours: 8 });
    expect(await codeOf(await probe(as).ask('workspace.read', workspaceId))).toBe(expected);
  });

  test('a session of another workspace’s provider is good for that workspace only', async () => {
    const as = person({ method: 'sso' });
    const [here, there] = [await join(as), await join(as)];
    await signedOn(as.sessionId, there);
    expect(await codeOf(await probe(as).ask('workspace.read', there))).toBe('allowed');
    expect(await codeOf(await probe(as).ask('workspace.read', here))).toBe(
      'policy-other-workspace',
    );
  });

  test('a session of a provider that is known no more is good for nothing', async () => {
    const as = person({ method: 'sso' });
    expect(await codeOf(await probe(as).ask('workspace.read', await join(as)))).toBe(
      'policy-other-workspace',
    );
  });

  test.each([0, 1])('the provider’s second factor counts; it says %i', async (secondFactor) => {
    const as = person({ method: 'sso' });
    const workspaceId = await join(as);
    await signedOn(as.sessionId, workspaceId, secondFactor);
    await setPolicy(workspaceId, { twoFactorRequired: true });
    expect(await codeOf(await probe(as).ask('workspace.read', workspaceId))).toBe(
      secondFactor ? 'allowed' : 'policy-two-factor',
    );
  });

  test('single sign-on only: the provider’s sessions, and an owner’s way back in', async () => {
    const viewer = person({ twoFactor: true });
    const workspaceId = await join(viewer);
    await setPolicy(workspaceId, { singleSignOnOnly: true });
    const ask = async (as: ReturnType<typeof person>, action: string) =>
      codeOf(await probe(as).ask(action, workspaceId));
    expect(await ask(viewer, 'workspace.read')).toBe('policy-single-sign-on');

    const signedOnViewer = person({ id: viewer.id, method: 'sso' });
    await signedOn(signedOnViewer.sessionId, workspaceId);
    expect(await ask(signedOnViewer, 'objects.read')).toBe('allowed');

    const owner = person({ twoFactor: true });
    await addMember(workspaceId, owner.id, 'owner');
    expect(await ask(owner, 'sign-on.change')).toBe('allowed');
    expect(await ask(owner, 'policy.change')).toBe('allowed');
    expect(await ask(owner, 'objects.read')).toBe('policy-single-sign-on');
    expect(await ask(person({ id: owner.id }), 'sign-on.change')).toBe('policy-single-sign-on');
    const used = (await chainOf(workspaceId)).filter((row) => row.action === 'access.way-back-in');
    expect(used).toHaveLength(2);
  });
});
