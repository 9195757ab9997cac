/** Tells of unusual patterns: the log, the person, the owners of their workspaces, or the operator. */
import { recordEvent } from '../audit/record.ts';
import type { Env } from '../env.ts';
import { logError } from '../logs/log.ts';
import { compose } from '../mail/compose.ts';
import { openMailer } from '../mail/mailer.ts';
import type { Job } from '../scheduled.ts';
import { findPatterns, type Finding, type RuleName } from './rules.ts';

const day = 86_400_000;

const sentences: Record<RuleName, string> = {
  'guessed-account':
    'Within an hour, signing in to one account failed many times, from many networks. Somebody is guessing its password.',
  'sprayed-passwords':
    'Within an hour, signing in failed many times from one network. Somebody is trying passwords on many accounts.',
  'new-place':
    'Somebody who administers a workspace signed in from a country or network that they never signed in from before.',
  'fast-travel':
    'One account signed in from two countries, sooner than anybody travels from one to the other.',
};
const advice =
  'If you cannot explain it: change the password, sign out everywhere, and look at the audit log. Two-factor sign-in keeps out who has only the password.';

/** False when this was told today already. */
async function isNew(env: Env, { rule, subjectId }: Finding, now: number): Promise<boolean> {
  const { meta } = await env.DB.prepare(
    `insert into alerts (rule, subject_id, period, at) values (?, ?, ?, ?)
     on conflict (rule, subject_id, period) do nothing`,
  )
    .bind(rule, subjectId, Math.floor(now / day), now)
    .run();
  return meta.changes === 1;
}

interface Audience {
  workspaceIds: string[];
  addresses: string[];
}

/** The person and the owners of every workspace they are in; the operator where there is no person. */
async function audienceOf(env: Env, { rule, subjectId }: Finding): Promise<Audience> {
  if (rule === 'sprayed-passwords') {
    return { workspaceIds: [], addresses: env.OPERATOR_EMAIL ? [env.OPERATOR_EMAIL] : [] };
  }
  const { results } = await env.DB.prepare(
    `select theirs.workspace_id as workspaceId, people.email
     from members theirs
     join members owners on owners.workspace_id = theirs.workspace_id and owners.role = 'owner'
     join people on people.id = owners.person_id
     where theirs.person_id = ?1
     union all select null, email from people where id = ?1`,
  )
    .bind(subjectId)
    .all<{ workspaceId: string | null; email: string }>();
  const workspaceIds = results.flatMap((row) => (row.workspaceId ? [row.workspaceId] : []));
  return {
    workspaceIds: [...new Set(workspaceIds)],
    addresses: [...new Set(results.map(({ email }) => email))],
  };
}

/** The mail names no account: whose it is stands in the log, for those who may read it. */
function mailOf(to: string, { rule, facts }: Finding, now: number) {
  const figures = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  const at = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return compose(to, {
    subject: 'Unusual sign-ins at Cairn',
    paragraphs: [sentences[rule], `Noticed ${at}. ${figures.join(', ')}`.trim()],
    after: [advice],
  });
}

async function raise(env: Env, finding: Finding, now: number): Promise<void> {
  const { rule, subjectId, facts } = finding;
  const { workspaceIds, addresses } = await audienceOf(env, finding);
  for (const workspaceId of [null, ...workspaceIds]) {
    await recordEvent(
      env,
      {
        ...{ workspaceId, actorId: null, action: 'alert.raised', outcome: 'success' },
        ...{ address: null, requestId: null },
        target: { kind: rule === 'sprayed-passwords' ? 'network' : 'person', id: subjectId },
        detail: { rule, ...facts },
      },
      now,
    );
  }
  const mailer = openMailer(env);
  let mailed = 0;
  for (const address of mailer ? addresses : []) {
    try {
      await mailer!.send(mailOf(address, finding, now));
      mailed = 1;
    } catch (error) {
      logError('alert not mailed', error, { rule });
    }
  }
  await env.DB.prepare(
    'update alerts set mailed = ? where rule = ? and subject_id = ? and period = ?',
  )
    .bind(mailed, rule, subjectId, Math.floor(now / day))
    .run();
}

export async function raiseAlerts(env: Env, now: number): Promise<number> {
  let raised = 0;
  for (const finding of await findPatterns(env, now)) {
    if (!(await isNew(env, finding, now))) continue;
    await raise(env, finding, now);
    raised += 1;
  }
  return raised;
}

export const alertsJob: Job = {
  name: 'alerts',
  everyMinutes: 5,
  async run(env, now) {
    await raiseAlerts(env, now);
  },
};
