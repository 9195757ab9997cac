import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Person } from '../app-types.ts';
import { reaches, roles, type Role } from '../contract/roles.ts';
import { addMember, as, person, workspaceOfFour } from './probe.ts';
import { newId } from './random.ts';
import { graceMilliseconds, removeWorkspaceRows, solelyOwned, workspacesToPurge } from './store.ts';

const actionsIn = async (workspaceId: string) =>
  (
    await env.DB.prepare('select action from audit_events where chain = ? order by sequence')
      .bind(workspaceId)
      .all<{ action: string }>()
  ).results.map((row) => row.action);

const rolesIn = async (workspaceId: string) => {
  const { results } = await env.DB.prepare(
    'select person_id, role from members where workspace_id = ?',
  )
    .bind(workspaceId)
    .all<{ person_id: string; role: Role }>();
  return new Map(results.map((row) => [row.person_id, row.role]));
};

describe('a workspace', () => {
  test('is made, listed, renamed, ended, kept, and ended for good', async () => {
    const owner = person();
    const made = await as(owner)('POST', '/workspaces', { name: '  Acme  ' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Acme', role: 'owner', purgeAt: null },
    });
    const { id } = made.body;
    expect((await as(owner)('GET', '/workspaces')).body.workspaces).toMatchObject([{ id }]);
    expect((await as(person())('GET', '/workspaces')).body.workspaces).toEqual([]);
    await as(owner)('PATCH', `/workspaces/${id}`, { name: 'Acme & Co' });

    const wrong = await as(owner)('DELETE', `/workspaces/${id}`, { name: 'Acme' });
    expect(wrong.status).toBe(409);
    const before = Date.now();
    const ended = await as(owner)('DELETE', `/workspaces/${id}`, { name: 'Acme & Co' });
    expect(ended.status).toBe(202);
    expect(ended.body.purgeAt).toBeGreaterThanOrEqual(before + graceMilliseconds);
    expect(await workspacesToPurge(env, ended.body.purgeAt - 1)).not.toContain(id);
    expect((await as(owner)('PATCH', `/workspaces/${id}`, { name: 'X' })).body.code).toBe(
      'workspace-closed',
    );
    expect((await as(owner)('POST', `/workspaces/${id}/restore`)).body.purgeAt).toBeNull();
    expect((await as(owner)('POST', `/workspaces/${id}/restore`)).status).toBe(409);
    await removeWorkspaceRows(env, id);
    expect((await as(owner)('GET', `/workspaces/${id}`)).status).toBe(200);

    const { body } = await as(owner)('DELETE', `/workspaces/${id}`, { name: 'Acme & Co' });
    expect(await workspacesToPurge(env, body.purgeAt)).toContain(id);
    await removeWorkspaceRows(env, id);
    expect((await as(owner)('GET', `/workspaces/${id}`)).status).toBe(404);
    expect((await rolesIn(id)).size).toBe(0);
    expect(await actionsIn(id)).toEqual([
      ...['workspace.created', 'workspace.updated', 'workspace.deleted', 'request.denied'],
      ...['workspace.restored', 'workspace.deleted'],
    ]);
  });

  test.each(['', ' ', 'x'.repeat(101), 'a\nb', '\u0000', 'a\u2028b', 7, null])(
    'is not called %j',
    async (name) => {
      const answer = await as(person())('POST', '/workspaces', { name });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );

  test('a field that is not known is refused', async () => {
    const answer = await as(person())('POST', '/workspaces', { name: 'A', role: 'owner' });
    expect(answer.status).toBe(400);
  });
});

describe('members', () => {
  test('see names; addresses are for owners and admins', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const at = new Date().toISOString();
    await env.DB.prepare(
      `insert into people (id, name, email, created_at, updated_at) values (?, 'Ed', ?, ?, ?)`,
    )
      .bind(people.editor.id, 'ed@acme.test', at, at)
      .run();
    const seen = async (role: Role) =>
      (await as(people[role])('GET', `/workspaces/${workspaceId}/members`)).body.members.find(
        (member: { personId: string }) => member.personId === people.editor.id,
      );
    expect(await seen('admin')).toMatchObject({ name: 'Ed', email: 'ed@acme.test' });
    expect(await seen('viewer')).toMatchObject({ name: 'Ed', email: null });
    expect(await seen('editor')).toMatchObject({ email: 'ed@acme.test' });
  });

  test('leave, but not the last owner', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const leave = (who: Person) => as(who)('POST', `/workspaces/${workspaceId}/leave`);
    expect((await leave(people.viewer)).status).toBe(200);
    expect((await leave(people.viewer)).status).toBe(404);
    expect((await leave(people.owner)).body.code).toBe('last-owner');
    expect(await solelyOwned(env, people.owner.id)).toEqual([{ id: workspaceId, members: 3 }]);
  });

  test('hand a workspace over', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const hand = (who: Person, personId: string) =>
      as(who)('POST', `/workspaces/${workspaceId}/transfer`, { personId });
    expect((await hand(people.admin, people.admin.id)).body.code).toBe('forbidden');
    expect((await hand(people.owner, people.owner.id)).status).toBe(409);
    expect((await hand(people.owner, person().id)).status).toBe(404);
    expect((await rolesIn(workspaceId)).get(people.owner.id)).toBe('owner');
    expect((await hand(people.owner, people.editor.id)).status).toBe(200);
    expect(await rolesIn(workspaceId)).toEqual(
      new Map([
        [people.owner.id, 'admin'],
        [people.admin.id, 'admin'],
        [people.editor.id, 'owner'],
        [people.viewer.id, 'viewer'],
      ]),
    );
  });

  test('two owners who leave at once do not both go', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const second = person();
    await addMember(workspaceId, second.id, 'owner');
    const leave = (who: Person) => as(who)('POST', `/workspaces/${workspaceId}/leave`);
    const answers = await Promise.all([leave(people.owner), leave(second)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
  });

  test('the database itself keeps an owner', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const where = `where workspace_id = '${workspaceId}' and person_id = '${people.owner.id}'`;
    const run = (sql: string) => env.DB.prepare(sql).run();
    await expect(run(`delete from members ${where}`)).rejects.toThrow(/last owner/);
    await expect(run(`update members set role = 'admin' ${where}`)).rejects.toThrow(/last owner/);
  });

  test('after any calls by any of them, there is an owner, and nobody rose by somebody lower', async () => {
    const call = fc.record({
      actor: fc.nat(4),
      target: fc.nat(4),
      role: fc.constantFrom(...roles),
      kind: fc.constantFrom('change', 'remove', 'leave', 'transfer'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 8 }), async (calls) => {
        const { workspaceId, people } = await workspaceOfFour();
        const all = [...Object.values(people), person()];
        for (const { actor, target, role, kind } of calls) {
          const before = await rolesIn(workspaceId);
          const [who, whom] = [all[actor]!, all[target]!];
          const path = `/workspaces/${workspaceId}`;
          const ask = as(who);
          const answer =
            kind === 'change'
              ? await ask('PATCH', `${path}/members/${whom.id}`, { role })
              : kind === 'remove'
                ? await ask('DELETE', `${path}/members/${whom.id}`)
                : kind === 'leave'
                  ? await ask('POST', `${path}/leave`)
                  : await ask('POST', `${path}/transfer`, { personId: whom.id });
          const after = await rolesIn(workspaceId);
          expect([...after.values()]).toContain('owner');
          const own = before.get(who.id);
          if (answer.status !== 200) {
            expect(after).toEqual(before);
            continue;
          }
          for (const one of all) {
            const [had, has] = [before.get(one.id), after.get(one.id)];
            if (had === has || one === who) continue;
            expect(own && reaches(own, 'admin')).toBe(true);
            if (had) expect(reaches(own!, had)).toBe(true);
            if (has) expect(reaches(own!, has)).toBe(true);
          }
          if (after.get(who.id) !== own && own) {
            const now = after.get(who.id);
            expect(!now || reaches(own, now)).toBe(true);
          }
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('settings', () => {
  test('hold their defaults until somebody sets them, each part for itself', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const path = `/workspaces/${workspaceId}/settings`;
    const retention = { video: 'day', transcript: 'nothing' };
    expect((await as(people.owner)('GET', path)).body).toMatchObject({
      storage: { location: null },
      retention: { article: 'year', video: 'year', transcript: 'week', audit: 'year' },
      connectors: { allowed: null },
    });
    expect((await as(people.admin)('PUT', `${path}/retention`, retention)).status).toBe(403);
    expect((await as(people.owner)('PUT', `${path}/retention`, retention)).status).toBe(200);
    await as(people.admin)('PUT', `${path}/connectors`, { allowed: ['wordpress'] });
    expect((await as(people.owner)('GET', path)).body).toMatchObject({
      retention: { article: 'year', video: 'day', transcript: 'nothing' },
      connectors: { allowed: ['wordpress'] },
    });
  });

  test.each([
    ['retention', { transcript: 'month' }],
    ['retention', { audit: 'nothing' }],
    ['retention', { video: 'century' }],
    ['storage', { location: 'somewhere-else' }],
    ['storage', { location: 'https://evil.test' }],
    ['connectors', { allowed: ['ftp'] }],
  ])('%s %j is refused', async (part, value) => {
    const { workspaceId, people } = await workspaceOfFour();
    const answer = await as(people.owner)(
      'PUT',
      `/workspaces/${workspaceId}/settings/${part}`,
      value,
    );
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});

describe('policy', () => {
  test('is set by owners, read by admins, and said in the log by the names of its fields', async () => {
    const { workspaceId, people } = await workspaceOfFour();
    const path = `/workspaces/${workspaceId}/policy`;
    const policy = { addressRanges: ['192.0.2.0/24'], sessionHours: 8 };
    expect((await as(people.admin)('PUT', path, policy)).body.code).toBe('forbidden');
    expect((await as(people.owner)('PUT', path, policy)).status).toBe(200);
    expect((await as(people.admin)('GET', path)).body).toMatchObject({
      ...policy,
      twoFactorRequired: false,
    });
    expect((await as(people.editor)('GET', path)).status).toBe(403);
    expect((await as(people.admin, '203.0.113.1')('GET', path)).body.code).toBe('policy-address');
    const { results } = await env.DB.prepare(
      `select detail from audit_events where chain = ? and action = 'workspace.policy-changed'`,
    )
      .bind(workspaceId)
      .all<{ detail: string }>();
    expect(results).toEqual([{ detail: '{"fields":"addressRanges sessionHours"}' }]);
  });

  test.each([
    [{ addressRanges: ['198.51.100.0/24'] }, 409, 'would-lock-out'],
    [{ twoFactorRequired: true }, 409, 'would-lock-out'],
    [{ singleSignOnOnly: true }, 409, 'would-lock-out'],
    [{ addressRanges: ['192.0.2.1/24'] }, 400, 'invalid-request'],
    [{ addressRanges: ['everywhere'] }, 400, 'invalid-request'],
    [{ passwordRule: { minimumLength: 6, classes: 4 } }, 400, 'invalid-request'],
    [{ passwordRule: { minimumLength: 8, classes: 2 } }, 400, 'invalid-request'],
    [{ sessionHours: 0 }, 400, 'invalid-request'],
    [{ anything: true }, 400, 'invalid-request'],
  ])('%j is not stored', async (policy, status, code) => {
    const { workspaceId, people } = await workspaceOfFour();
    const answer = await as(people.owner)('PUT', `/workspaces/${workspaceId}/policy`, policy);
    expect(answer).toMatchObject({ status, body: { code } });
    expect((await as(people.owner)('GET', `/workspaces/${workspaceId}/policy`)).body).toMatchObject(
      {
        ...{ addressRanges: [], twoFactorRequired: false, singleSignOnOnly: false },
      },
    );
  });
});

test('ids of another workspace mean nothing here', async () => {
  const [here, there] = [await workspaceOfFour(), await workspaceOfFour()];
  const ask = as(here.people.owner);
  const path = `/workspaces/${here.workspaceId}`;
  const invited = await as(there.people.owner)(
    'POST',
    `/workspaces/${there.workspaceId}/invitations`,
    {
      role: 'viewer',
    },
  );
  for (const [method, target, body] of [
    ['PATCH', `members/${there.people.viewer.id}`, { role: 'admin' }],
    ['DELETE', `members/${there.people.viewer.id}`, undefined],
    ['DELETE', `invitations/${invited.body.id}`, undefined],
    ['DELETE', `sign-on/${newId()}`, undefined],
    ['POST', 'transfer', { personId: there.people.viewer.id }],
  ] as const) {
    expect((await ask(method, `${path}/${target}`, body)).status, target).toBe(404);
  }
  expect((await rolesIn(there.workspaceId)).size).toBe(4);
});
