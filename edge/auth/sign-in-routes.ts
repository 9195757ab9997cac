/** Signing in with a password, and out again. */
import { Hono, type Context } from 'hono';
import type { AppContext } from '../app-types.ts';
import { signInSchema, type PersonView } from '../contract/people.ts';
import { body, refuse } from '../requests.ts';
import { notePassword } from '../workspaces/passwords.ts';
import { inBackground } from './background.ts';
import { removeCookie } from './cookies.ts';
import { knows, readDevice } from './device.ts';
import { giveBack, limits, take, tried, type LimitName } from './limits.ts';
import { notePerson } from './note.ts';
import { nobodysHash, verifyPassword } from './passwords/hash.ts';
import { findPersonByEmail } from './people.ts';
import { networkSubject, tooMany } from './refusals.ts';
import { settingsOf } from './session.ts';
import { sessionCookie, startSession } from './start-session.ts';

/**
 * Which counters a try at this account counts in. Never one that others can fill up alone: from each
 * address one has tries of one's own, fewer while the account is under attack, and in a browser that
 * signed in to the account before, always ten.
 */
async function countersOf(context: Context<AppContext>, email: string, personId: string | null) {
  const { env } = context;
  const device = await readDevice(context, settingsOf(context).secret);
  const network = networkSubject(context);
  const attacked = (await tried(env, 'passwordByAccount', [email])) > limits.passwordByAccount.most;
  if (await knows(device, personId)) {
    return [['passwordByDevice', [email, device!.id]]] satisfies [LimitName, string[]][];
  }
  const own = attacked ? 'passwordUnderAttack' : 'passwordByAccountAndAddress';
  return [
    [own, [email, network]],
    ['passwordByAddress', [network]],
  ] satisfies [LimitName, string[]][];
}

export const signInRoutes = new Hono<AppContext>()
  .get('/session', (context) => {
    const { person } = context.var;
    const view: PersonView | null = person && {
      id: person.id,
      email: person.email,
      name: person.name,
      twoFactor: person.twoFactor,
      method: person.method,
    };
    return context.json({ person: view });
  })
  /** `second-factor`: nobody is signed in yet; a code comes next, within ten minutes. */
  .post('/sign-in', body(signInSchema), async (context) => {
    const { env } = context;
    const { email, password } = context.req.valid('json');
    const known = await findPersonByEmail(env, email);
    const counters = await countersOf(context, email, known?.id ?? null);
    for (const [name, subject] of counters) {
      const taken = await take(env, name, subject);
      if (taken.allowed) continue;
      inBackground(context, () =>
        notePerson(context, known?.id ?? null, 'person.locked-out', { outcome: 'denied' }),
      );
      return tooMany(context, taken);
    }
    // The library's own route asks the database once more for known addresses: not used here.
    const hash = known?.password ?? nobodysHash;
    if (!(await verifyPassword({ hash, password })) || !known?.password) {
      inBackground(context, async () => {
        await take(env, 'passwordByAccount', [email]);
        await notePerson(context, known?.id ?? null, 'person.signed-in', {
          outcome: 'denied',
          detail: { method: 'password' },
        });
      });
      return refuse(context, 401, 'credentials-wrong', 'address or password is wrong');
    }
    for (const [name, subject] of counters) await giveBack(env, name, subject);
    await notePassword(env, known.id, password);
    const begin = { personId: known.id, method: 'password', secondFactor: 'ask' } as const;
    const { step } = await startSession(context, begin);
    return context.json({ next: step });
  })
  .post('/sign-out', async (context) => {
    const { person } = context.var;
    if (person) {
      await context.env.DB.prepare('delete from sessions where id = ?')
        .bind(person.sessionId)
        .run();
      await notePerson(context, person.id, 'person.signed-out');
    }
    removeCookie(context, sessionCookie);
    // Nothing of the person stays behind in the browser's copies of our answers.
    context.header('Clear-Site-Data', '"cache"');
    return context.json({ next: 'signed-out' as const });
  });
