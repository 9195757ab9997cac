/** Invitations: made by members, looked at and accepted by whoever holds the token. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { take } from '../auth/limits.ts';
import { limitByAddress, tooMany } from '../auth/refusals.ts';
import { requirePerson, settingsOf } from '../auth/session.ts';
import { reaches } from '../contract/roles.ts';
import { inviteSchema, tokenSchema } from '../contract/workspaces.ts';
import { logError } from '../logs/log.ts';
import { openMailer } from '../mail/mailer.ts';
import { body, refuse } from '../requests.ts';
import { allow } from './allow.ts';
import {
  acceptInvitation,
  createInvitation,
  findInvitation,
  listInvitations,
  openInvitation,
  revokeInvitation,
} from './invitations.ts';
import { inviteMail } from './invite-mail.ts';
import { roleOf } from './members.ts';
import { memberOf, note, noteIn } from './note.ts';
import { workspaceOfSession } from './person.ts';
import { readPolicy } from './policy.ts';
import { readWorkspace } from './store.ts';

const dayMilliseconds = 86_400_000;
/** Open invitations at a time: more would be a way to send mail to strangers. */
const mostOpen = 200;

export const invitationRoutes = new Hono<AppContext>()
  .get('/:workspaceId/invitations', allow('invitations.read'), async (context) => {
    const { workspaceId } = memberOf(context);
    return context.json({
      invitations: await listInvitations(context.env, workspaceId, Date.now()),
    });
  })
  .post(
    '/:workspaceId/invitations',
    allow('members.invite'),
    body(inviteSchema),
    async (context) => {
      const { workspaceId, personId, role: own } = memberOf(context);
      const { email, role, days } = context.req.valid('json');
      if (!reaches(own, role)) {
        return refuse(context, 403, 'role-too-high', 'that role is above your own');
      }
      const mailer = email ? openMailer(context.env) : null;
      if (email && !mailer) {
        return refuse(context, 409, 'mail-not-configured', 'no mail can be sent; use a link');
      }
      if (email) {
        const taken = await take(context.env, 'mailByAccount', [email]);
        if (!taken.allowed) return tooMany(context, taken);
      }
      const now = Date.now();
      if ((await listInvitations(context.env, workspaceId, now)).length >= mostOpen) {
        return refuse(context, 409, 'conflict', `there are ${mostOpen} open invitations`);
      }
      const times = {
        createdAt: now,
        createdBy: personId,
        expiresAt: now + days * dayMilliseconds,
      };
      const { origin } = settingsOf(context);
      const made = await createInvitation(context.env, { workspaceId, email, role, ...times });
      // Behind `#`: neither servers on the way nor logs see it.
      const link = `${origin}/join#${made.token}`;
      if (email && mailer) {
        const workspace = (await readWorkspace(context.env, workspaceId, personId))?.name ?? '';
        const inviter = context.var.person!.name;
        try {
          await mailer.send(inviteMail(email, { workspace, inviter, role, days, link }));
        } catch (error) {
          logError('an invitation could not be sent', error);
          await revokeInvitation(context.env, workspaceId, made.id, now);
          return refuse(context, 502, 'mail-failed', 'the mail could not be sent');
        }
      }
      await note(context, 'member.invited', {
        target: { kind: 'invitation', id: made.id },
        detail: { role, by: email ? 'mail' : 'link' },
      });
      const view = { id: made.id, email, role, ...times };
      return context.json({ ...view, link: email ? null : link }, 201);
    },
  )
  .delete('/:workspaceId/invitations/:invitationId', allow('members.invite'), async (context) => {
    const { workspaceId, role: own } = memberOf(context);
    const id = context.req.param('invitationId');
    const now = Date.now();
    const invitation = await findInvitation(context.env, workspaceId, id, now);
    if (!invitation) return refuse(context, 404, 'not-found', 'no such invitation');
    if (!reaches(own, invitation.role)) {
      return refuse(context, 403, 'role-too-high', 'that role is above your own');
    }
    if (!(await revokeInvitation(context.env, workspaceId, id, now))) {
      return refuse(context, 404, 'not-found', 'no such invitation');
    }
    await note(context, 'member.invitation-revoked', { target: { kind: 'invitation', id } });
    return context.json({ id });
  });

const invalid = 'used, taken back, run out, or never made';

/** Mounted at /api/invitations: these belong to no workspace before they are accepted. */
export const acceptRoutes = new Hono<AppContext>()
  .post('/look', limitByAddress('tokenByAddress'), body(tokenSchema), async (context) => {
    const { token } = context.req.valid('json');
    const invitation = await openInvitation(context.env, token, Date.now());
    if (!invitation) return refuse(context, 404, 'invitation-invalid', invalid);
    const { workspaceName, role, email, policy } = invitation;
    const { passwordRule } = readPolicy(policy);
    return context.json({ workspaceName, role, email, passwordRule });
  })
  .post(
    '/accept',
    requirePerson,
    limitByAddress('tokenByAddress'),
    body(tokenSchema),
    async (context) => {
      const person = context.var.person!;
      const now = Date.now();
      const invitation = await openInvitation(context.env, context.req.valid('json').token, now);
      if (!invitation) return refuse(context, 404, 'invitation-invalid', invalid);
      const { workspaceId, role, email } = invitation;
      const only = await workspaceOfSession(context);
      if (only !== null && only !== workspaceId) {
        return refuse(context, 403, 'session-of-one-workspace', 'sign in with your own account');
      }
      if (email && !(person.emailVerified && person.email.toLowerCase() === email)) {
        return refuse(
          ...([context, 403, 'invitation-for-another-address'] as const),
          'this invitation was sent to another address',
        );
      }
      if (await roleOf(context.env, workspaceId, person.id)) {
        return refuse(context, 409, 'already-member', 'you are a member already');
      }
      if (!(await acceptInvitation(context.env, invitation, person.id, now))) {
        return refuse(context, 404, 'invitation-invalid', invalid);
      }
      await noteIn(context, workspaceId, 'member.joined', {
        target: { kind: 'person', id: person.id },
        detail: { role, by: 'invitation' },
      });
      return context.json((await readWorkspace(context.env, workspaceId, person.id))!);
    },
  );
