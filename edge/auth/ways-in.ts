import type { Env } from '../env.ts';

interface Leaving {
  /** Id of the passkey that is to go. */
  passkey?: string;
  /** Provider of the identity that is to go. */
  provider?: string;
}

/** Whether a person could still sign in without what is to go: by password, provider or passkey. */
export async function hasOtherWayIn(env: Env, personId: string, leaving: Leaving) {
  const row = await env.DB.prepare(
    `select (select count(*) from passkeys where person_id = ?1 and id <> ?2)
       + (select count(*) from accounts where person_id = ?1 and provider_id <> ?3) as ways`,
  )
    .bind(personId, leaving.passkey ?? '', leaving.provider ?? '')
    .first<{ ways: number }>();
  return (row?.ways ?? 0) > 0;
}
