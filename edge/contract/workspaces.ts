/** Bodies of the routes of workspaces, members and invitations. */
import * as v from 'valibot';
import { personIdSchema } from './ids.ts';
import { emailSchema } from './people.ts';
import { roles, type Role } from './roles.ts';

/** No control characters: names are shown in mails and logs. */
export const nameSchema = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1),
  v.maxLength(100),
  v.regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'text without control characters'),
);

const role = v.picklist(roles);

export const createWorkspaceSchema = v.strictObject({ name: nameSchema });
export const renameWorkspaceSchema = v.strictObject({ name: nameSchema });
/** The name once more, so that nobody deletes by a slip. */
export const deleteWorkspaceSchema = v.strictObject({ name: v.pipe(v.string(), v.maxLength(200)) });
export const transferSchema = v.strictObject({ personId: personIdSchema });
export const changeRoleSchema = v.strictObject({ role });

export const invitationDays = 7;
export const inviteSchema = v.strictObject({
  /** Without one, the answer holds a link to hand over. */
  email: v.optional(v.nullable(emailSchema), null),
  role,
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), invitationDays),
});

/** 256 random bits as hex. */
export const tokenSchema = v.strictObject({
  token: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
});

export interface WorkspaceView {
  id: string;
  name: string;
  role: Role;
  createdAt: number;
  /** When it will be gone, once an owner has asked for that. */
  purgeAt: number | null;
}

export interface MemberView {
  personId: string;
  name: string;
  /** Only for owners and admins. */
  email: string | null;
  role: Role;
  joinedAt: number;
}

export interface InvitationView {
  id: string;
  email: string | null;
  role: Role;
  createdAt: number;
  createdBy: string;
  expiresAt: number;
}
