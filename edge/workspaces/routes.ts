/** All routes of workspaces, their members, policies and sign-on. Mounted at /api/workspaces. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { signOnAdminRoutes } from '../sign-on/admin-routes.ts';
import { invitationRoutes } from './invitation-routes.ts';
import { memberRoutes } from './member-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { workspaceRoutes } from './workspace-routes.ts';

export const tenantRoutes = new Hono<AppContext>()
  .route('/', workspaceRoutes)
  .route('/', memberRoutes)
  .route('/', invitationRoutes)
  .route('/', policyRoutes)
  .route('/', signOnAdminRoutes);
