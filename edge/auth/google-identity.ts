/** Whose account an identity at Google is. */
import type { Context } from 'hono';
import * as v from 'valibot';
import type { AppContext } from '../app-types.ts';
import { emailSchema, nameSchema } from '../contract/people.ts';
import { openInvitation } from '../workspaces/invitations.ts';
import { tell } from './account-routes.ts';
import { notePerson } from './note.ts';
import { createPerson, findPersonByEmail, findPersonById } from './people.ts';
import { randomId } from './random.ts';
import { settingsOf } from './session.ts';

export interface Identity {
  /** Google's number for the person; the only thing about them that never becomes another's. */
  subject: string;
  /** Null when Google does not call it proven. */
  email: string | null;
  name: string;
}

interface Wanted {
  invitation: string | null;
  linkTo: string | null;
}

/** For the address bar of the sign-in screen; each has a sentence there. */
export type GoogleError =
  | 'google-refused'
  | 'google-linked-elsewhere'
  | 'google-sign-in-first'
  | 'sign-up-closed'
  | 'invitation-for-another-address';

type Found = { personId: string } | { error: GoogleError };

/**
 * Google speaks for its own mailboxes at any time. For another address it only knows that it was the
 * person's once, which is not enough to open the account of who has it here
 * (developers.google.com/identity/gsi/web/guides/verify-google-id-token).
 */
const isGoogleMailbox = (email: string) => /@(gmail|googlemail)\.com$/.test(email);

async function link(context: Context<AppContext>, personId: string, subject: string) {
  const at = new Date().toISOString();
  const { meta } = await context.env.DB.prepare(
    `insert into accounts (id, person_id, account_id, provider_id, created_at, updated_at)
     values (?1, ?2, ?3, 'google', ?4, ?4) on conflict (provider_id, account_id) do nothing`,
  )
    .bind(randomId(), personId, subject, at)
    .run();
  if (meta.changes === 0) return false;
  await notePerson(context, personId, 'person.account-linked', { detail: { provider: 'google' } });
  return true;
}

/** Links to an account that was there before; its owner is told. */
async function linkTold(context: Context<AppContext>, personId: string, subject: string) {
  const person = await findPersonById(context.env, personId);
  if (!person || !(await link(context, personId, subject))) return false;
  tell(context, person.email, 'google-linked');
  return true;
}

/** The person, found or made. Finds by Google's number first; by the address only where that is safe. */
export async function personOfIdentity(
  context: Context<AppContext>,
  identity: Identity,
  wanted: Wanted,
): Promise<Found> {
  const { env } = context;
  const { subject } = identity;
  const known = await env.DB.prepare(
    "select person_id as id from accounts where provider_id = 'google' and account_id = ?",
  )
    .bind(subject)
    .first<{ id: string }>();
  if (wanted.linkTo) {
    const isFree = !known && (await linkTold(context, wanted.linkTo, subject));
    const isLinked = isFree || known?.id === wanted.linkTo;
    return isLinked ? { personId: wanted.linkTo } : { error: 'google-linked-elsewhere' };
  }
  if (known) return { personId: known.id };
  if (!identity.email || !v.is(emailSchema, identity.email)) return { error: 'google-refused' };
  const person = await findPersonByEmail(env, identity.email);
  if (!person) return make(context, { ...identity, email: identity.email }, wanted);
  if (!isGoogleMailbox(identity.email)) return { error: 'google-sign-in-first' };
  const linked = await linkTold(context, person.id, subject);
  return linked ? { personId: person.id } : { error: 'google-refused' };
}

async function make(
  context: Context<AppContext>,
  identity: Identity & { email: string },
  { invitation }: Wanted,
): Promise<Found> {
  const { env } = context;
  const invited = invitation ? await openInvitation(env, invitation, Date.now()) : null;
  if (!invited && !settingsOf(context).openSignUp) return { error: 'sign-up-closed' };
  if (invited?.email && invited.email !== identity.email) {
    return { error: 'invitation-for-another-address' };
  }
  const name = v.safeParse(nameSchema, identity.name);
  const personId = await createPerson(env, {
    email: identity.email,
    name: name.success ? name.output : identity.email.split('@')[0]!,
  });
  if (!personId) return { error: 'google-refused' };
  await notePerson(context, personId, 'person.signed-up', { detail: { method: 'google' } });
  await link(context, personId, identity.subject);
  return { personId };
}
