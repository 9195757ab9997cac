/**
 * Unusual patterns of signing in, found in the audit log. Each rule is one query over the last hour;
 * what it finds is told once a day.
 */
import type { Env } from '../env.ts';
import { networkOf } from './network.ts';

export const ruleNames = [
  'guessed-account',
  'sprayed-passwords',
  'new-place',
  'fast-travel',
] as const;
export type RuleName = (typeof ruleNames)[number];

export interface Finding {
  rule: RuleName;
  /** Person's id; for `sprayed-passwords` the network that the attempts came from. */
  subjectId: string;
  facts: Record<string, string | number>;
}

const hour = 3_600_000;
const day = 24 * hour;
const failed = `chain = 'installation' and outcome = 'denied'
  and action in ('person.signed-in', 'person.two-factor-checked', 'person.locked-out')`;
const signedIn = `chain = 'installation' and outcome = 'success' and action = 'person.signed-in'`;

/** Many failures on one account, from many addresses: somebody with a list or a botnet guesses. */
async function guessedAccounts(env: Env, now: number): Promise<Finding[]> {
  const { results } = await env.DB.prepare(
    `select target_id as id, count(*) as failures, count(distinct address) as addresses
     from audit_events where ${failed} and at >= ? and target_id is not null
     group by target_id having failures >= 10 and addresses >= 5`,
  )
    .bind(now - hour)
    .all<{ id: string; failures: number; addresses: number }>();
  return results.map(({ id, ...facts }) => ({ rule: 'guessed-account', subjectId: id, facts }));
}

/** One network fails on many accounts: somebody tries a few passwords on everybody. */
async function sprayedPasswords(env: Env, now: number): Promise<Finding[]> {
  const { results } = await env.DB.prepare(
    `select address, count(*) as failures from audit_events
     where ${failed} and at >= ? and address is not null group by address`,
  )
    .bind(now - hour)
    .all<{ address: string; failures: number }>();
  const networks = new Map<string, number>();
  for (const { address, failures } of results) {
    const network = networkOf(address);
    networks.set(network, (networks.get(network) ?? 0) + failures);
  }
  return [...networks]
    .filter(([, failures]) => failures >= 30)
    .map(([network, failures]) => ({
      ...{ rule: 'sprayed-passwords', subjectId: network, facts: { failures } },
    }));
}

interface SignIn {
  id: string;
  at: number;
  address: string | null;
  country: string | null;
}

const columns = `target_id as id, at, address, json_extract(detail, '$.country') as country`;

/** Sign-ins of a person before `before`, newest first. */
async function earlier(env: Env, id: string, before: number): Promise<SignIn[]> {
  const { results } = await env.DB.prepare(
    `select ${columns} from audit_events
     where ${signedIn} and target_id = ? and at < ? and at >= ? order by at desc limit 200`,
  )
    .bind(id, before, before - 90 * day)
    .all<SignIn>();
  return results;
}

/** Whether nothing like it was seen before: another country, or another network where none is known. */
function isNewPlace(one: SignIn, before: SignIn[]): boolean {
  if (before.length === 0) return false;
  if (one.country && before.some(({ country }) => country)) {
    return before.every(({ country }) => country !== one.country);
  }
  const network = networkOf(one.address ?? '');
  return before.every(({ address }) => networkOf(address ?? '') !== network);
}

/** Another country sooner than one can be there. */
const travel = 2 * hour;

async function places(env: Env, now: number): Promise<Finding[]> {
  const { results } = await env.DB.prepare(
    `select ${columns}, exists (
       select 1 from members where person_id = target_id and role in ('owner', 'admin')
     ) as administers
     from audit_events where ${signedIn} and at >= ? and target_id is not null order by at`,
  )
    .bind(now - hour)
    .all<SignIn & { administers: number }>();
  const findings: Finding[] = [];
  for (const one of results) {
    const before = await earlier(env, one.id, one.at);
    const [last] = before;
    const facts: Finding['facts'] = one.country ? { country: one.country } : {};
    if (one.administers && isNewPlace(one, before)) {
      findings.push({ rule: 'new-place', subjectId: one.id, facts });
    }
    const isElsewhere = last?.country && one.country && last.country !== one.country;
    if (isElsewhere && one.at - last.at < travel) {
      const minutes = Math.round((one.at - last.at) / 60_000);
      findings.push({ rule: 'fast-travel', subjectId: one.id, facts: { ...facts, minutes } });
    }
  }
  return findings;
}

export async function findPatterns(env: Env, now: number): Promise<Finding[]> {
  const found = await Promise.all([
    guessedAccounts(env, now),
    sprayedPasswords(env, now),
    places(env, now),
  ]);
  return found.flat();
}
