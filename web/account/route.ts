/** Which page of the account an address means. Tokens stand behind `#`, where no server sees them. */

export const workspaceSections = [
  ...(['general', 'members', 'security', 'sign-on', 'storage', 'retention'] as const),
  ...(['connectors', 'audit'] as const),
] as const;
export type WorkspaceSection = (typeof workspaceSections)[number];

const doors = [
  ...(['sign-in', 'sign-up', 'second-factor', 'verify-email', 'forgot-password'] as const),
  ...(['reset-password', 'change-email'] as const),
] as const;
const pages = ['profile', 'security', 'sessions', 'data'] as const;

/** Pages for who is not signed in, or not yet. */
export type Door = (typeof doors)[number];
export type AccountPage = (typeof pages)[number];

export type AccountRoute =
  | { kind: 'door'; door: Door }
  | { kind: 'join' }
  | { kind: 'page'; page: AccountPage }
  | { kind: 'workspaces' }
  | { kind: 'workspace'; id: string; section: WorkspaceSection }
  | { kind: 'missing' };

const among = <T extends string>(list: readonly T[], text: string): T | undefined =>
  list.find((one) => one === text);

export function parseAccountRoute(path: string): AccountRoute {
  const [first, second, third, ...rest] = path.split('/').filter(Boolean);
  const missing = { kind: 'missing' } as const;
  if (rest.length > 0) return missing;
  if (first === 'join' && !second) return { kind: 'join' };
  if (first === 'sign-in' && !second) return { kind: 'door', door: 'sign-in' };
  if (first === 'account' && !third) {
    if (!second) return { kind: 'page', page: 'profile' };
    if (second === 'two-factor') return { kind: 'door', door: 'second-factor' };
    const [door, page] = [among(doors, second), among(pages, second)];
    if (door) return { kind: 'door', door };
    return page ? { kind: 'page', page } : missing;
  }
  if (first === 'workspaces') {
    if (!second) return { kind: 'workspaces' };
    const section = among(workspaceSections, third ?? 'general');
    return section ? { kind: 'workspace', id: decodeURIComponent(second), section } : missing;
  }
  return missing;
}

export const doorPath = (door: Door) => `/account/${door}`;
export const pagePath = (page: AccountPage) =>
  page === 'profile' ? '/account' : `/account/${page}`;
export const workspacePath = (id: string, section: WorkspaceSection = 'general') =>
  `/workspaces/${encodeURIComponent(id)}${section === 'general' ? '' : `/${section}`}`;
