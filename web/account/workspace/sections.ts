/** Which pages of a workspace a member sees; what they may change there is decided on the page. */
import type { Action } from '../../../edge/workspaces/permissions.ts';
import type { Workspace } from '../../state/Workspace.svelte.ts';
import { workspaceSections, type WorkspaceSection } from '../route.ts';

const needed: Record<WorkspaceSection, Action> = {
  general: 'workspace.read',
  members: 'members.read',
  security: 'policy.read',
  'sign-on': 'sign-on.read',
  storage: 'settings.read',
  retention: 'settings.read',
  connectors: 'settings.read',
  audit: 'audit.read',
};

/** A workspace that waits to be deleted shows only what an owner may still do. */
export const sectionsFor = (workspace: Workspace): WorkspaceSection[] =>
  workspace.isClosed
    ? ['general']
    : workspaceSections.filter((section) => workspace.may(needed[section]));
