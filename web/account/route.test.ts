import { expect, test } from 'vitest';
import { doorPath, pagePath, parseAccountRoute, workspacePath } from './route.ts';

test('every address leads to the page that it is made for', () => {
  expect(parseAccountRoute(doorPath('reset-password'))).toEqual({
    kind: 'door',
    door: 'reset-password',
  });
  expect(parseAccountRoute(pagePath('profile'))).toEqual({ kind: 'page', page: 'profile' });
  expect(parseAccountRoute(pagePath('sessions'))).toEqual({ kind: 'page', page: 'sessions' });
  const id = '00112233445566778899aabbccddeeff';
  expect(parseAccountRoute(workspacePath(id))).toEqual({
    ...{ kind: 'workspace', id, section: 'general' },
  });
  expect(parseAccountRoute(workspacePath(id, 'sign-on'))).toEqual({
    ...{ kind: 'workspace', id, section: 'sign-on' },
  });
});

test('addresses that mails and providers send people to are known', () => {
  const door = (path: string) => {
    const route = parseAccountRoute(path);
    return route.kind === 'door' ? route.door : route.kind;
  };
  expect(door('/account/verify-email')).toBe('verify-email');
  expect(door('/account/change-email')).toBe('change-email');
  expect(door('/account/two-factor')).toBe('second-factor');
  expect(door('/sign-in')).toBe('sign-in');
  expect(door('/join')).toBe('join');
});

test.each(['/account/nothing', '/account/security/more', '/workspaces/a/b/c', '/workspaces/a/b'])(
  '%s leads nowhere',
  (path) => expect(parseAccountRoute(path)).toEqual({ kind: 'missing' }),
);
