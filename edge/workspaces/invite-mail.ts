import type { Role } from '../contract/roles.ts';
import { compose, oneLine } from '../mail/compose.ts';
import type { Mail } from '../mail/mailer.ts';

const names: Record<Role, string> = {
  owner: 'an owner',
  admin: 'an admin',
  editor: 'an editor',
  viewer: 'a viewer',
};

export function inviteMail(
  email: string,
  by: { workspace: string; inviter: string; role: Role; days: number; link: string },
): Mail {
  const workspace = oneLine(by.workspace);
  return compose(email, {
    subject: `Invitation to ${workspace}`,
    paragraphs: [
      `${oneLine(by.inviter)} invites you to the workspace “${workspace}” as ${names[by.role]}.`,
    ],
    link: { label: 'Join the workspace', address: by.link },
    after: [`The invitation is good for ${by.days} ${by.days === 1 ? 'day' : 'days'}, and once.`],
  });
}
