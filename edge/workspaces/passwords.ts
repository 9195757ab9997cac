/** The password rules of a person's workspaces, for who sets and checks passwords (edge/auth). */
import { defaultPasswordRule, type PasswordRule } from '../contract/policy.ts';
import type { Env } from '../env.ts';
import { openInvitation } from './invitations.ts';
import { meetsRule, readPolicy, ruleKey, strictestRule } from './policy.ts';

async function rulesOf(env: Env, personId: string): Promise<PasswordRule[]> {
  const { results } = await env.DB.prepare(
    `select workspaces.policy from members join workspaces on workspaces.id = members.workspace_id
     where members.person_id = ?`,
  )
    .bind(personId)
    .all<{ policy: string }>();
  return results.map((row) => readPolicy(row.policy).passwordRule ?? defaultPasswordRule);
}

/** What a new password of this person must meet: every rule of their workspaces, else the default. */
export const passwordRuleFor = async (env: Env, personId: string): Promise<PasswordRule> =>
  strictestRule(await rulesOf(env, personId));

/** What the password of who signs up by this invitation must meet. */
export async function passwordRuleOfInvitation(
  env: Env,
  token: string,
  now = Date.now(),
): Promise<PasswordRule> {
  const invitation = await openInvitation(env, token, now);
  const rule = invitation && readPolicy(invitation.policy).passwordRule;
  return rule ?? defaultPasswordRule;
}

/**
 * Remembers which of the rules of a person's workspaces their password meets: to be called with every
 * password that was set or found right. Nothing else of the password is kept.
 */
export async function notePassword(env: Env, personId: string, password: string): Promise<void> {
  const rules = await rulesOf(env, personId);
  const met = new Set(rules.filter((rule) => meetsRule(password, rule)).map(ruleKey));
  await env.DB.batch([
    env.DB.prepare('delete from password_rules_met where person_id = ?').bind(personId),
    ...[...met].map((rule) =>
      env.DB.prepare('insert into password_rules_met (person_id, rule) values (?, ?)').bind(
        personId,
        rule,
      ),
    ),
  ]);
}

/**
 * Remembers the rule that the password of somebody new met when they chose it: that of the workspace
 * which invited them, whose member they are about to become.
 */
export const noteRuleMet = (env: Env, personId: string, rule: string) =>
  env.DB.prepare(
    'insert into password_rules_met (person_id, rule) values (?, ?) on conflict do nothing',
  )
    .bind(personId, rule)
    .run();
