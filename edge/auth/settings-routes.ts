import { Hono } from 'hono';
import type { AppContext } from '../app-types.ts';
import { defaultPasswordRule, type PasswordRule } from '../contract/policy.ts';
import { openMailer } from '../mail/mailer.ts';
import { passwordRuleFor } from '../workspaces/passwords.ts';
import { readAuthSettings } from './settings.ts';

/** What the sign-in screen may offer. */
export interface AuthOffer {
  /** Without accounts the app records, edits and exports all the same. */
  accounts: boolean;
  signUp: 'open' | 'invitation';
  google: boolean;
  mail: boolean;
  /** For a new password: of the workspaces of who is signed in, else the default. */
  passwordRule: PasswordRule;
}

export const settingsRoutes = new Hono<AppContext>().get('/settings', async (context) => {
  const { person } = context.var;
  const settings = readAuthSettings(context.env, context.req.url);
  const offer: AuthOffer = {
    accounts: settings !== null,
    signUp: settings?.openSignUp ? 'open' : 'invitation',
    google: settings?.google != null,
    mail: openMailer(context.env) !== null,
    passwordRule: person ? await passwordRuleFor(context.env, person.id) : defaultPasswordRule,
  };
  context.header('Cache-Control', 'no-store');
  return context.json(offer);
});
