import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { passwordRuleSchema, policySchema } from '../contract/policy.ts';
import { judge, meetsRule, readPolicy, strictestRule, wouldLockOut } from './policy.ts';
import { person } from './probe.ts';

const rule = fc
  .record({
    minimumLength: fc.integer({ min: 0, max: 70 }),
    classes: fc.integer({ min: 0, max: 5 }),
  })
  .filter((one) => v.is(passwordRuleSchema, one));

test('no rule goes below seven characters, and below twelve only with three classes', () => {
  for (let minimumLength = 0; minimumLength < 70; minimumLength += 1) {
    for (let classes = 0; classes < 6; classes += 1) {
      const fits = classes >= 1 && classes <= 4 && minimumLength <= 64;
      const expected = fits && (minimumLength >= 12 || (minimumLength >= 7 && classes >= 3));
      expect(v.is(passwordRuleSchema, { minimumLength, classes })).toBe(expected);
    }
  }
});

test.each([
  ['Abcdef1', 7, 3, true],
  ['abcdef1', 7, 3, false],
  ['Abcdef-', 7, 3, true],
  ['Abcde1', 7, 3, false],
  ['Ab1-efg', 7, 4, true],
  ['correct horse battery', 12, 1, true],
  ['éÉ1aaaa', 7, 3, true],
  // Seven characters, though fourteen UTF-16 units.
  ['🗝🗝🗝🗝🗝🗝🗝', 12, 1, false],
])('%s with at least %i characters of %i classes: %s', (password, minimumLength, classes, met) => {
  expect(meetsRule(password, { minimumLength, classes })).toBe(met);
});

test('what meets the strictest rule meets each', () => {
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 5 }), fc.string({ maxLength: 80 }), (rules, text) => {
      if (meetsRule(text, strictestRule(rules))) {
        for (const one of rules) expect(meetsRule(text, one)).toBe(true);
      }
    }),
  );
});

test('a workspace that sets nothing asks for nothing', () => {
  expect(readPolicy('{}')).toEqual({
    twoFactorRequired: false,
    passwordRule: null,
    singleSignOnOnly: false,
    addressRanges: [],
    sessionHours: null,
  });
});

test('a policy cannot be stored that keeps its author out', () => {
  const policies = fc.record({
    twoFactorRequired: fc.boolean(),
    singleSignOnOnly: fc.boolean(),
    addressRanges: fc.constantFrom([], ['192.0.2.0/24'], ['198.51.100.0/24']),
    sessionHours: fc.constantFrom(null, 1, 720),
    passwordRule: fc.constant(null),
  });
  fc.assert(
    fc.property(
      ...[policies, fc.boolean(), fc.boolean(), fc.boolean()],
      (policy, twoFactor, isOwnSession, canSignOn) => {
        const question = {
          workspaceId: 'here',
          role: 'owner' as const,
          policy: v.parse(policySchema, policy),
          person: person({ twoFactor, method: isOwnSession ? 'sso' : 'password' }),
          session: {
            signOnWorkspaceId: isOwnSession ? 'here' : null,
            signOnSecondFactor: false,
            passwordRulesMet: [],
          },
          address: '192.0.2.1',
          now: Date.now(),
        };
        const verdict = judge({ ...question, action: 'policy.change' });
        const isIn = verdict === 'allowed' || verdict === 'way-back-in';
        const refused = wouldLockOut(question, canSignOn) !== null;
        expect(refused).toBe(!isIn || (policy.singleSignOnOnly && !canSignOn));
      },
    ),
  );
});

describe('password rule in a session', () => {
  const question = (method: 'password' | 'google', met: string[]) => ({
    ...{ workspaceId: 'here', role: 'viewer' as const, action: 'objects.read' as const },
    policy: v.parse(policySchema, { passwordRule: { minimumLength: 7, classes: 3 } }),
    person: person({ method }),
    session: { signOnWorkspaceId: null, signOnSecondFactor: false, passwordRulesMet: met },
    ...{ address: '192.0.2.1', now: Date.now() },
  });
  test('is asked of passwords only', () => {
    expect(judge(question('password', []))).toBe('policy-password');
    expect(judge(question('password', ['12:1']))).toBe('policy-password');
    expect(judge(question('password', ['12:1', '7:3']))).toBe('allowed');
    expect(judge(question('google', []))).toBe('allowed');
  });
});
