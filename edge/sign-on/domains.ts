/**
 * Domains that workspaces have proven to hold, by a TXT record, asked over HTTPS (RFC 8484's JSON
 * form, as public resolvers answer it). Without a resolver the operator confirms them by hand.
 */
import * as v from 'valibot';
import type { DomainView } from '../contract/sign-on.ts';
import type { Env } from '../env.ts';
import { logError } from '../logs/log.ts';
import { fetchOutside } from '../outbound.ts';
import { newId } from '../workspaces/random.ts';

interface Row {
  domain: string;
  token: string;
  verified_at: number | null;
}

const toView = (row: Row): DomainView => ({
  domain: row.domain,
  record: { name: `_cairn.${row.domain}`, value: `cairn-workspace=${row.token}` },
  verifiedAt: row.verified_at,
});

export async function listDomains(env: Env, workspaceId: string): Promise<DomainView[]> {
  const { results } = await env.DB.prepare(
    `select domain, token, verified_at from workspace_domains
     where workspace_id = ? order by domain`,
  )
    .bind(workspaceId)
    .all<Row>();
  return results.map(toView);
}

export async function findDomain(env: Env, workspaceId: string, domain: string) {
  const row = await env.DB.prepare(
    'select domain, token, verified_at from workspace_domains where workspace_id = ? and domain = ?',
  )
    .bind(workspaceId, domain)
    .first<Row>();
  return row && toView(row);
}

/** The token is the workspace's own: proving a domain for one proves it for no other. */
export async function addDomain(env: Env, workspaceId: string, domain: string, now: number) {
  await env.DB.prepare(
    `insert into workspace_domains (workspace_id, domain, token, created_at) values (?, ?, ?, ?)
     on conflict do nothing`,
  )
    .bind(workspaceId, domain, newId(), now)
    .run();
  return (await findDomain(env, workspaceId, domain))!;
}

export async function removeDomain(env: Env, workspaceId: string, domain: string) {
  const { meta } = await env.DB.prepare(
    'delete from workspace_domains where workspace_id = ? and domain = ?',
  )
    .bind(workspaceId, domain)
    .run();
  return meta.changes === 1;
}

export const isProven = async (env: Env, workspaceId: string, domain: string) =>
  (await env.DB.prepare(
    `select 1 from workspace_domains
     where workspace_id = ? and domain = ? and verified_at is not null`,
  )
    .bind(workspaceId, domain)
    .first()) !== null;

const txtRecord = 16;
const answerSchema = v.object({
  Answer: v.optional(v.array(v.object({ type: v.number(), data: v.string() })), []),
});

/** The texts of a name; null when the resolver does not answer as it should. */
async function textsOf(env: Env, name: string): Promise<string[] | null> {
  const url = new URL(env.NAME_RESOLVER ?? '');
  url.searchParams.set('name', name);
  url.searchParams.set('type', 'TXT');
  const headers = { accept: 'application/dns-json' };
  try {
    const response = await fetchOutside(env, url.href, { headers });
    const { Answer } = v.parse(answerSchema, await response.json());
    // Long texts come as several quoted pieces.
    return Answer.filter((record) => record.type === txtRecord).map((record) =>
      record.data.replace(/^"|"$/g, '').replaceAll(/"\s+"/g, ''),
    );
  } catch (error) {
    logError('the resolver does not answer', error);
    return null;
  }
}

export type Proof = 'proven' | 'not-found' | 'no-resolver' | 'no-answer';

export async function proveDomain(
  env: Env,
  workspaceId: string,
  { domain, record }: DomainView,
  now: number,
): Promise<Proof> {
  if (!env.NAME_RESOLVER) return 'no-resolver';
  const texts = await textsOf(env, record.name);
  if (!texts) return 'no-answer';
  if (!texts.includes(record.value)) return 'not-found';
  await env.DB.prepare(
    'update workspace_domains set verified_at = ? where workspace_id = ? and domain = ?',
  )
    .bind(now, workspaceId, domain)
    .run();
  return 'proven';
}
