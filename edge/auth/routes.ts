/** Everything under /api/auth. No other way to sign in exists. */
import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { withAccounts } from './refusals.ts';
import { signInRoutes } from './sign-in-routes.ts';
import { signUpRoutes } from './sign-up-routes.ts';

export const authRoutes = new Hono<AppContext>()
  .use(withAccounts)
  .route('/', signUpRoutes)
  .route('/', signInRoutes);
