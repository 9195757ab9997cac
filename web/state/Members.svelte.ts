/** Who belongs to a workspace, and who is invited. */
import { reaches, type Role } from '../../edge/contract/roles.ts';
import type { InvitationView, MemberView } from '../../edge/contract/workspaces.ts';
import {
  invite,
  listInvitations,
  revokeInvitation,
  type MadeInvitation,
} from '../api/invitations.ts';
import { changeRole, listMembers, removeMember } from '../api/members.ts';
import type { AppError } from '../core/errors.ts';
import { Fetched } from './Fetched.svelte.ts';

export class Members {
  #workspaceId: string;
  #list: Fetched<MemberView[]>;
  #invitations: Fetched<InvitationView[]>;

  constructor(workspaceId: string) {
    this.#workspaceId = workspaceId;
    this.#list = new Fetched(() => listMembers(workspaceId));
    this.#invitations = new Fetched(() => listInvitations(workspaceId));
  }

  /** Null until known. */
  get list(): readonly MemberView[] | null {
    return this.#list.value;
  }
  get invitations(): readonly InvitationView[] | null {
    return this.#invitations.value;
  }
  get error(): AppError | null {
    return this.#list.error ?? this.#invitations.error;
  }
  get owners(): number {
    return this.list?.filter(({ role }) => role === 'owner').length ?? 0;
  }

  /** `withInvitations`: whether the person may see them. */
  async load({ withInvitations }: { withInvitations: boolean }): Promise<void> {
    await Promise.all([this.#list.load(), withInvitations ? this.#invitations.load() : null]);
  }

  name(personId: string): string | null {
    return this.list?.find((member) => member.personId === personId)?.name ?? null;
  }

  /** Why `own` may not change or remove this member; null when they may. */
  hindrance(own: Role, member: MemberView): 'above' | 'last-owner' | null {
    if (!reaches(own, member.role)) return 'above';
    return member.role === 'owner' && this.owners === 1 ? 'last-owner' : null;
  }

  async setRole(member: MemberView, role: Role): Promise<void> {
    await changeRole(this.#workspaceId, member.personId, role);
    this.#list.set(
      (this.list ?? []).map((m) => (m.personId === member.personId ? { ...m, role } : m)),
    );
  }

  async remove(personId: string): Promise<void> {
    await removeMember(this.#workspaceId, personId);
    this.#list.set((this.list ?? []).filter((m) => m.personId !== personId));
  }

  async invite(email: string | null, role: Role, days: number): Promise<MadeInvitation> {
    const made = await invite(this.#workspaceId, { email, role, days });
    this.#invitations.set([...(this.invitations ?? []), made]);
    return made;
  }

  async revoke(invitation: InvitationView): Promise<void> {
    await revokeInvitation(this.#workspaceId, invitation.id);
    this.#invitations.set((this.invitations ?? []).filter(({ id }) => id !== invitation.id));
  }

  /** Takes an invitation back and makes another of the same kind. */
  async renew(invitation: InvitationView): Promise<MadeInvitation> {
    const { email, role, createdAt, expiresAt } = invitation;
    const days = Math.min(30, Math.max(1, Math.round((expiresAt - createdAt) / 86_400_000)));
    await this.revoke(invitation);
    return this.invite(email, role, days);
  }
}
