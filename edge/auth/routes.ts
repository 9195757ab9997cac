/** Everything under /api/auth. No other way to sign in exists, but a workspace's own (sign-on). */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { accountRoutes } from './account-routes.ts';
import { googleRoutes } from './google-routes.ts';
import { passkeyRoutes } from './passkey-routes.ts';
import { withAccounts } from './refusals.ts';
import { resetRoutes } from './reset-routes.ts';
import { secondFactorRoutes } from './second-factor-routes.ts';
import { sessionRoutes } from './session-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { signUpRoutes } from './sign-up-routes.ts';
import { twoFactorRoutes } from './two-factor-routes.ts';

export const authRoutes = new Hono<AppContext>()
  .route('/', settingsRoutes)
  .use(withAccounts)
  .route('/', signUpRoutes)
  .route('/', signInRoutes)
  .route('/', secondFactorRoutes)
  .route('/', resetRoutes)
  .route('/', accountRoutes)
  .route('/', sessionRoutes)
  .route('/', twoFactorRoutes)
  .route('/', passkeyRoutes)
  .route('/', googleRoutes);
