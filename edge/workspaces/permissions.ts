/**
 * Who may do what in a workspace: the only table of it. `allow` (allow.ts) checks it on every request,
 * docs/security.md prints it, and permissions.test.ts compares both cell by cell.
 */
import type { Role } from '../contract/roles.ts';

const everyone: readonly Role[] = ['owner', 'admin', 'editor', 'viewer'];
const editors: readonly Role[] = ['owner', 'admin', 'editor'];
const admins: readonly Role[] = ['owner', 'admin'];
const owners: readonly Role[] = ['owner'];

export const permissions = {
  'workspace.read': everyone,
  'workspace.update': admins,
  'workspace.transfer': owners,
  'workspace.export': owners,
  'workspace.delete': owners,
  'members.read': everyone,
  'members.invite': admins,
  'members.change': admins,
  'members.remove': admins,
  'members.leave': everyone,
  'invitations.read': admins,
  'policy.read': admins,
  'policy.change': owners,
  'sign-on.read': admins,
  'sign-on.change': owners,
  'settings.read': admins,
  'storage.change': owners,
  'retention.change': owners,
  'connectors.read': editors,
  'connectors.change': admins,
  'objects.read': everyone,
  'objects.write': editors,
  'objects.delete': editors,
  'guides.read': everyone,
  'guides.write': editors,
  'guides.delete': editors,
  'audit.read': admins,
  'audit.export': admins,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof permissions;
export const actions = Object.keys(permissions) as Action[];

export const mayDo = (role: Role, action: Action) => permissions[action].some((r) => r === role);
