/** Roles of a workspace, highest first. Each role may do what the ones after it may, and more. */
export const roles = ['owner', 'admin', 'editor', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** Whether `role` stands at least as high as `other`. */
export const reaches = (role: Role, other: Role) => roles.indexOf(role) <= roles.indexOf(other);
