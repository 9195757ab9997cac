/** People in the database. */
import type { Env } from '../env.ts';
import { randomId } from './random.ts';

export interface StoredPerson {
  id: string;
  email: string;
  name: string;
  /** Hash; null for who signs in without one. */
  password: string | null;
}

const columns = `people.id, people.email, people.name, accounts.password`;
const tables = `people left join accounts
  on accounts.person_id = people.id and accounts.provider_id = 'credential'`;

/** `email` in lower case. */
export const findPersonByEmail = (env: Env, email: string) =>
  env.DB.prepare(`select ${columns} from ${tables} where people.email = ?`)
    .bind(email)
    .first<StoredPerson>();

export const findPersonById = (env: Env, id: string) =>
  env.DB.prepare(`select ${columns} from ${tables} where people.id = ?`)
    .bind(id)
    .first<StoredPerson>();

/**
 * Makes a person whose address is known to be theirs: a link sent to it was followed, or a provider
 * that may speak for it said so. Null when there is one with this address already.
 */
export async function createPerson(
  env: Env,
  person: { email: string; name: string; passwordHash?: string },
  now = Date.now(),
): Promise<string | null> {
  const id = randomId();
  const at = new Date(now).toISOString();
  const [made] = await env.DB.batch([
    env.DB.prepare(
      `insert into people (id, name, email, email_verified, created_at, updated_at)
       values (?1, ?2, ?3, 1, ?4, ?4) on conflict (email) do nothing`,
    ).bind(id, person.name, person.email.toLowerCase(), at),
    ...(person.passwordHash
      ? [
          env.DB.prepare(
            `insert into accounts
               (id, person_id, account_id, provider_id, password, created_at, updated_at)
             select ?1, id, id, 'credential', ?2, ?3, ?3 from people where id = ?4`,
          ).bind(randomId(), person.passwordHash, at, id),
        ]
      : []),
  ]);
  return made?.meta.changes === 1 ? id : null;
}

/** Sets the password, also of a person who had none, and voids every link to set another. */
export async function storePassword(env: Env, personId: string, hash: string, now = Date.now()) {
  const at = new Date(now).toISOString();
  await env.DB.batch([
    env.DB.prepare(
      `insert into accounts (id, person_id, account_id, provider_id, password, created_at, updated_at)
       values (?1, ?2, ?2, 'credential', ?3, ?4, ?4)
       on conflict (provider_id, account_id) do update set password = ?3, updated_at = ?4`,
    ).bind(randomId(), personId, hash, at),
    env.DB.prepare(
      "delete from mail_tokens where person_id = ? and purpose = 'reset-password'",
    ).bind(personId),
  ]);
}

/** Ends the person's sessions, all or all but one. Returns how many. */
export async function endSessions(env: Env, personId: string, except = ''): Promise<number> {
  const { meta } = await env.DB.prepare('delete from sessions where person_id = ? and id <> ?')
    .bind(personId, except)
    .run();
  return meta.changes;
}
