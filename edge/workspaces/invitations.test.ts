import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { reaches, roles } from '../contract/roles.ts';
import { notePassword, passwordRuleFor, passwordRuleOfInvitation } from './passwords.ts';
import { as, person, probe, setPolicy, workspaceOfFour } from './probe.ts';

type Four = Awaited<ReturnType<typeof workspaceOfFour>>;

const invite = async (
  { workspaceId, people }: Four,
  by: 'owner' | 'admin' | 'editor' | 'viewer' = 'owner',
  invitation: object = { role: 'viewer' },
) => as(people[by])('POST', `/workspaces/${workspaceId}/invitations`, invitation);

const tokenOf = (link: string) => link.slice(link.indexOf('#') + 1);

describe('a link', () => {
  test('lets one person in, once', async () => {
    const four = await workspaceOfFour();
    const made = await invite(four, 'admin', { role: 'editor' });
    expect(made.status).toBe(201);
    expect(made.body.link).toMatch(/^https:\/\/cairn\.test\/join#[0-9a-f]{64}$/);
    const token = tokenOf(made.body.link);
    const [first, second] = [person(), person()];
    expect((await as(null)('POST', '/invitations/look', { token })).body).toEqual({
      workspaceName: 'Four',
      role: 'editor',
      email: null,
      passwordRule: null,
    });
    expect((await as(null)('POST', '/invitations/accept', { token })).status).toBe(401);
    const answers = await Promise.all(
      [first, second, first].map((one) => as(one)('POST', '/invitations/accept', { token })),
    );
    expect(answers.map((answer) => answer.status).sort()).not.toContain(500);
    const { results } = await env.DB.prepare(
      `select role from members where workspace_id = ?1 and person_id in (?2, ?3)`,
    )
      .bind(four.workspaceId, first.id, second.id)
      .all();
    expect(results).toEqual([{ role: 'editor' }]);
    expect((await as(second)('POST', '/invitations/look', { token })).status).toBe(404);
  });

  test('is nowhere in the database', async () => {
    const four = await workspaceOfFour();
    const token = tokenOf((await invite(four)).body.link);
    const { results } = await env.DB.prepare('select * from invitations').all();
    expect(results.length).toBeGreaterThan(0);
    expect(JSON.stringify(results)).not.toContain(token);
  });

  test('is good until it is taken back', async () => {
    const four = await workspaceOfFour();
    const { body } = await invite(four);
    const path = `/workspaces/${four.workspaceId}/invitations`;
    expect((await as(four.people.admin)('GET', path)).body.invitations).toMatchObject([
      { id: body.id, role: 'viewer', email: null },
    ]);
    expect((await as(four.people.editor)('DELETE', `${path}/${body.id}`)).status).toBe(403);
    expect((await as(four.people.admin)('DELETE', `${path}/${body.id}`)).status).toBe(200);
    expect((await as(four.people.admin)('DELETE', `${path}/${body.id}`)).status).toBe(404);
    const accepted = await as(person())('POST', '/invitations/accept', {
      token: tokenOf(body.link),
    });
    expect(accepted.body.code).toBe('invitation-invalid');
  });

  test('is good until it runs out', async () => {
    const four = await workspaceOfFour();
    const { body } = await invite(four, 'owner', { role: 'viewer', days: 1 });
    await env.DB.prepare('update invitations set expires_at = ? where id = ?')
      .bind(Date.now(), body.id)
      .run();
    const accepted = await as(person())('POST', '/invitations/accept', {
      token: tokenOf(body.link),
    });
    expect(accepted.body.code).toBe('invitation-invalid');
  });

  test('is good for members no more', async () => {
    const four = await workspaceOfFour();
    const token = tokenOf((await invite(four)).body.link);
    const answer = await as(four.people.editor)('POST', '/invitations/accept', { token });
    expect(answer.body.code).toBe('already-member');
    expect((await as(person())('POST', '/invitations/accept', { token })).status).toBe(200);
  });
});

describe('an invitation by mail', () => {
  const email = 'New.Person@Acme.test';
  const mailed = async (four: Four) => {
    const made = await invite(four, 'owner', { role: 'viewer', email });
    expect(made).toMatchObject({ status: 201, body: { link: null, email: email.toLowerCase() } });
    const mail = await env.DB.prepare(
      'select text from captured_mails where recipient = ? order by at desc, rowid desc limit 1',
    )
      .bind(email.toLowerCase())
      .first<{ text: string }>();
    return /\/join#([0-9a-f]{64})/.exec(mail!.text)![1]!;
  };

  test('is for its address only, and only when that is proven', async () => {
    const token = await mailed(await workspaceOfFour());
    const accept = (who: ReturnType<typeof person>) =>
      as(who)('POST', '/invitations/accept', { token });
    expect((await accept(person({ email: 'other@acme.test' }))).body.code).toBe(
      'invitation-for-another-address',
    );
    const unproven = person({ email: email.toLowerCase(), emailVerified: false });
    expect((await accept(unproven)).body.code).toBe('invitation-for-another-address');
    expect((await accept(person({ email: email.toLowerCase() }))).status).toBe(200);
  });
});

test.each(roles.flatMap((by) => roles.map((role) => ({ by, role }))))(
  '$by invites $role: only admins and owners invite, and nobody above themselves',
  async ({ by, role }) => {
    const answer = await invite(await workspaceOfFour(), by, { role });
    const may = reaches(by, 'admin') && reaches(by, role);
    expect(answer.status).toBe(may ? 201 : 403);
  },
);

test.each(['demoted', 'removed'] as const)(
  'who is %s takes their open invitations along',
  async (how) => {
    const four = await workspaceOfFour();
    const token = tokenOf((await invite(four, 'admin', { role: 'admin' })).body.link);
    const path = `/workspaces/${four.workspaceId}/members/${four.people.admin.id}`;
    if (how === 'demoted') await as(four.people.owner)('PATCH', path, { role: 'editor' });
    else await as(four.people.owner)('DELETE', path);
    expect((await as(person())('POST', '/invitations/accept', { token })).body.code).toBe(
      'invitation-invalid',
    );
  },
);

test('a closed workspace lets nobody in', async () => {
  const four = await workspaceOfFour();
  const token = tokenOf((await invite(four)).body.link);
  await as(four.people.owner)('DELETE', `/workspaces/${four.workspaceId}`, { name: 'Four' });
  expect((await as(person())('POST', '/invitations/accept', { token })).status).toBe(404);
});

describe('the password rule', () => {
  const short = { minimumLength: 7, classes: 3 };
  const long = { minimumLength: 16, classes: 1 };

  test('of who is invited is the workspace’s; of who is a member, all workspaces’', async () => {
    const [one, two] = [await workspaceOfFour(), await workspaceOfFour()];
    const tokens = new Map<Four, string>();
    for (const four of [one, two]) tokens.set(four, tokenOf((await invite(four)).body.link));
    await setPolicy(one.workspaceId, { passwordRule: short });
    await setPolicy(two.workspaceId, { passwordRule: long });
    const someone = person();
    expect(await passwordRuleFor(env, someone.id)).toEqual({ minimumLength: 12, classes: 1 });
    for (const four of [one, two]) {
      const token = tokens.get(four)!;
      expect(await passwordRuleOfInvitation(env, token)).toEqual(four === one ? short : long);
      await as(someone)('POST', '/invitations/accept', { token });
      if (four === one) expect(await passwordRuleFor(env, someone.id)).toEqual(short);
    }
    expect(await passwordRuleFor(env, someone.id)).toEqual({ minimumLength: 16, classes: 3 });
    expect(await passwordRuleOfInvitation(env, 'unknown')).toEqual({
      minimumLength: 12,
      classes: 1,
    });
  });

  test('is asked of every session, with the password that was seen last', async () => {
    const four = await workspaceOfFour();
    const { viewer } = four.people;
    const ask = async () =>
      (await probe(viewer).ask('objects.read', four.workspaceId)).status === 200;
    await notePassword(env, viewer.id, 'correct horse battery');
    expect(await ask()).toBe(true);
    await setPolicy(four.workspaceId, { passwordRule: short });
    expect(await ask()).toBe(false);
    await notePassword(env, viewer.id, 'correct horse battery');
    expect(await ask()).toBe(false);
    await notePassword(env, viewer.id, 'Correct horse 7');
    expect(await ask()).toBe(true);
    await setPolicy(four.workspaceId, { passwordRule: long });
    expect(await ask()).toBe(false);
  });
});
