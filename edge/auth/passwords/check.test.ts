import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultPasswordRule } from '../../contract/policy.ts';
import { checkPassword } from './check.ts';
import { hashPassword, nobodysHash, verifyPassword } from './hash.ts';

const byDefault = (password: string, about: string[] = []) =>
  checkPassword(password, defaultPasswordRule, about);
const short = { minimumLength: 7, classes: 3 };

describe('by default', () => {
  test.each([
    'otter-piano-7-lantern',
    'vier häuser am fluss',
    'correct horse battery',
    'пять зелёных кошек',
    '九つの青い山と川と海と空と',
    'xK4#mPz!9qLw',
    `${'unlikely words '.repeat(4)}in a long one`,
  ])('%s is good', async (password) => {
    expect(await byDefault(password)).toBeNull();
  });

  test.each([
    ['otter-piano', 'password-too-short'],
    ['👩‍👩‍👧', 'password-too-short'],
    ['a'.repeat(129), 'password-too-long'],
    // In breaches: of the lists, in capitals, with a sign in full width.
    ['unbelievable', 'password-common'],
    ['UNBELIEVABLE', 'password-common'],
    ['password1234', 'password-common'],
    ['ｕnbelievable', 'password-common'],
    // In no list, and guessed all the same.
    ['aaaaaaaaaaaaaaaa', 'password-common'],
    ['abcabcabcabcabc', 'password-common'],
    ['abcdefghijklmnop', 'password-common'],
    ['0987654321098765', 'password-common'],
    ['qwertyuiopasdfgh', 'password-common'],
    ['cairncairncairn1', 'password-common'],
  ])('%s is refused: %s', async (password, code) => {
    expect(await byDefault(password)).toBe(code);
  });

  test('the person’s own name and address are no password', async () => {
    const about = ['maria.curie@institute.example', 'Maria Curie'];
    expect(await byDefault('MariaCurie1867', about)).toBe('password-common');
    expect(await byDefault('institute-maria', about)).toBe('password-common');
    expect(await byDefault('MariaCurie1867')).toBeNull();
  });
});

describe('by the rule of a workspace', () => {
  test('seven characters with three classes are the least', async () => {
    expect(await checkPassword('Tz7#kq2', short)).toBeNull();
    expect(await checkPassword('Tz7#kq', short)).toBe('password-too-short');
    expect(await checkPassword('tz7kq2w', short)).toBe('password-too-plain');
    expect(await checkPassword('Welcome1', short)).toBe('password-common');
    expect(await checkPassword('Summer2020', short)).toBe('password-common');
  });

  test('whatever it says, nothing less passes', async () => {
    const lax = { minimumLength: 1, classes: 1 };
    const small = fc.string({ maxLength: 6 });
    const plain = fc.string({ unit: fc.constantFrom(...'abcxyz019'), minLength: 7, maxLength: 11 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(small, plain), async (password) => {
        expect(await checkPassword(password, lax)).not.toBeNull();
      }),
    );
  });
});

test('at random, hardly any good password is taken for a breached one', async () => {
  const random = () => crypto.randomUUID().slice(0, 18);
  const verdicts = await Promise.all(Array.from({ length: 2000 }, () => byDefault(random())));
  // One in a thousand is expected: more than fifteen of 2000 come once in 10^9 runs.
  expect(verdicts.filter((verdict) => verdict !== null).length).toBeLessThan(15);
});

describe('hashes', () => {
  test('are salted, and check only what was hashed', async () => {
    const [one, two] = [await hashPassword('the same'), await hashPassword('the same')];
    expect(one).not.toBe(two);
    expect(one).toMatch(/^scrypt\$16384\$8\$5\$/);
    expect(await verifyPassword({ hash: one, password: 'the same' })).toBe(true);
    expect(await verifyPassword({ hash: one, password: 'The same' })).toBe(false);
    expect(await verifyPassword({ hash: nobodysHash, password: '' })).toBe(false);
    expect(await verifyPassword({ hash: 'unknown$1', password: '' })).toBe(false);
  });

  test('are of the same text however it is composed', async () => {
    const hash = await hashPassword('Ha\u0308user am Fluss');
    expect(await verifyPassword({ hash, password: 'H\u00e4user am Fluss' })).toBe(true);
  });
});
