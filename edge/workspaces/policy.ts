/** Decides whether a session is good enough for a workspace. Pure: everything it knows comes in. */
import * as v from 'valibot';
import type { Person } from '../app-types.ts';
import {
  defaultPasswordRule,
  policySchema,
  type PasswordRule,
  type Policy,
  type PolicyRefusal,
} from '../contract/policy.ts';
import type { Role } from '../contract/roles.ts';
import { isWithin } from './addresses.ts';
import type { Action } from './permissions.ts';

export const readPolicy = (json: string): Policy => v.parse(policySchema, JSON.parse(json));

export const ruleKey = (rule: PasswordRule) => `${rule.minimumLength}:${rule.classes}`;

/** Characters, not UTF-16 units; the classes are small and capital letters, digits, and all others. */
export function meetsRule(password: string, rule: PasswordRule): boolean {
  const classes = [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u];
  return (
    [...password].length >= rule.minimumLength &&
    classes.filter((one) => one.test(password)).length >= rule.classes
  );
}

/** What meets this meets every one of `rules`. */
export const strictestRule = (rules: readonly PasswordRule[]): PasswordRule =>
  rules.length === 0
    ? defaultPasswordRule
    : {
        minimumLength: Math.max(...rules.map((rule) => rule.minimumLength)),
        classes: Math.max(...rules.map((rule) => rule.classes)),
      };

/** What the database knows of a session besides the session itself. */
export interface SessionFacts {
  /** Workspace whose own provider opened the session; null for a session of the person's own. */
  signOnWorkspaceId: string | null;
  /** Whether that provider says that it asked for a second factor. */
  signOnSecondFactor: boolean;
  /** Keys of the rules that the person's password met when last seen. */
  passwordRulesMet: readonly string[];
}

/** What an owner may still do, with two factors, when only single sign-on is let in: mend it. */
export const wayBackIn: readonly Action[] = [
  'workspace.read',
  'policy.read',
  'policy.change',
  'sign-on.read',
  'sign-on.change',
];

/** `way-back-in`: allowed, and to be written into the audit log. */
export type Verdict = 'allowed' | 'way-back-in' | PolicyRefusal;

export interface Question {
  workspaceId: string;
  role: Role;
  action: Action;
  policy: Policy;
  person: Person;
  session: SessionFacts;
  address: string;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * A session that one workspace's provider opened is good for that workspace only: whoever runs the
 * provider can be any of its people, and must not become a member of another workspace by that.
 */
export function judge(question: Question): Verdict {
  const { workspaceId, role, action, policy, person, session } = question;
  const isOwn = session.signOnWorkspaceId === workspaceId;
  if (!isOwn && (session.signOnWorkspaceId !== null || person.method === 'sso')) {
    return 'policy-other-workspace';
  }
  const ranges = policy.addressRanges;
  if (ranges.length > 0 && !isWithin(question.address, ranges)) return 'policy-address';
  const age = question.now - person.sessionCreatedAt;
  if (policy.sessionHours !== null && age > policy.sessionHours * 3_600_000) {
    return 'policy-session-age';
  }
  const twoFactors = isOwn ? person.twoFactor || session.signOnSecondFactor : person.twoFactor;
  if (policy.twoFactorRequired && !twoFactors) return 'policy-two-factor';
  const rule = policy.passwordRule;
  if (rule && person.method === 'password' && !session.passwordRulesMet.includes(ruleKey(rule))) {
    return 'policy-password';
  }
  if (policy.singleSignOnOnly && !isOwn) {
    const mayMend = role === 'owner' && twoFactors && wayBackIn.includes(action);
    return mayMend ? 'way-back-in' : 'policy-single-sign-on';
  }
  return 'allowed';
}

/** Whether `policy` would let its author in again; a refusal when not. Asked before it is stored. */
export function wouldLockOut(
  question: Omit<Question, 'action'>,
  canSignOn: boolean,
): PolicyRefusal | null {
  const verdict = judge({ ...question, action: 'policy.change' });
  if (question.policy.singleSignOnOnly && !canSignOn) return 'policy-single-sign-on';
  // A session that is too old, or a password to be renewed, is mended by signing in.
  const mended = ['allowed', 'way-back-in', 'policy-session-age', 'policy-password'];
  return mended.includes(verdict) ? null : (verdict as PolicyRefusal);
}
