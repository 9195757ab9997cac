import { describe, expect, it } from 'vitest';
import { ibanIsValid, luhn, privateKinds } from './private-text.ts';
import {
  checkPattern,
  defaultRedaction,
  findPrivate,
  findUnfinished,
  hiddenText,
  hidesField,
  noRedaction,
  redactText,
  selectorsFor,
} from './redaction.ts';

const redact = (text: string) => redactText(text, defaultRedaction);

describe('what is hidden', () => {
  const hidden: Record<string, string[]> = {
    email: [
      'jane.doe@example.com',
      'jane+list@mail.example.co.uk',
      "o'neil@example.ie",
      'jürgen@müller.de',
      'a_b-c%d@sub-domain.example.museum',
    ],
    phone: [
      '+49 30 1234567',
      '+1 (212) 555-0100',
      '+442079460958',
      '+33 1 23 45 67 89',
      '0044 20 7946 0958',
      '(212) 555-0100',
      '212-555-0100',
      '212.555.0100',
      '1-800-555-0199',
      '030 1234567',
      '0171/2345678',
      '01 23 45 67 89',
      '020 7946 0958',
      '+91 98765 43210',
    ],
    card: [
      '4111 1111 1111 1111',
      '4111-1111-1111-1111',
      '5500005555555559',
      '378282246310005',
      '3782 822463 10005',
      '6011111111111117',
      '2223003122003222',
      '4242\u00a04242\u00a04242\u00a04242',
    ],
    iban: [
      'DE89370400440532013000',
      'DE89 3704 0044 0532 0130 00',
      'GB29 NWBK 6016 1331 9268 19',
      'FR14 2004 1010 0505 0001 3M02 606',
      'nl91 abna 0417 1643 00',
      'NO9386011117947',
      'MT84MALT011000012345MTLCAST001S',
    ],
    key: [
      'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U',
      'sk-proj-abc123DEF456ghi789JKL012',
      'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
      'AKIAIOSFODNN7EXAMPLE',
      'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
      'glpat-xyzXYZ_123-abcdefgh',
      'AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
      'wJalrXUtnFEMI7MDENGbPxRfiCYEXAMPLEKEY1',
      '9b74c9897bac770ffc029102a200c5de',
      'xoxb-123456789012-abcdefGHIJKL',
    ],
  };
  for (const [kind, examples] of Object.entries(hidden)) {
    it.each(examples)(`${kind}: %s`, (text) => {
      expect(redact(text)).toBe(hiddenText);
      expect(redact(`Before ${text}, after`)).toBe(`Before ${hiddenText}, after`);
      expect(redact(`(${text})`)).toBe(`(${hiddenText})`);
      const only = { ...noRedaction, kinds: privateKinds.filter((k) => k !== kind) };
      expect(redactText('nothing here', only)).toBe('nothing here');
    });
  }
  it('a number that is called a phone, without its name', () => {
    expect(redact('Phone: 5550109')).toBe(`Phone: ${hiddenText}`);
    expect(redact('Call 555 0109 now')).toBe(`Call ${hiddenText} now`);
  });
  it('an account number, without the words after it', () => {
    expect(redact('DE89 3704 0044 0532 0130 00 is yours')).toBe(`${hiddenText} is yours`);
  });
  it('user and password in an address', () => {
    expect(redact('https://jane:s3cret@example.com/a')).not.toContain('s3cret');
  });
  it('a private key with its body', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
    expect(redact(key)).toBe(hiddenText);
  });
  it('every one of several', () => {
    expect(redact('a@example.com, b@example.org')).toBe(`${hiddenText}, ${hiddenText}`);
  });
});

describe('what stays readable', () => {
  it.each([
    '$1,234,567.89',
    '1.234.567,89 €',
    '1 234 567,89 EUR',
    'EUR 12.500.000',
    '2024-01-15',
    '15.01.2024',
    '01.02.2024 12:30',
    '01/02/2024 – 03/04/2024',
    '2024-01-15T12:30:45.123Z',
    '12:30:45',
    'Version 10.15.7',
    'v2.0.0-beta.11',
    '192.168.100.200',
    '@types/node@24.19.2',
    'icon@2x.png',
    'git@github.com',
    '@jane',
    'Order 20240115001234',
    'Order 1234567890123456',
    '4111 1111 1111 1112',
    'DE00 3704 0044 0532 0130 00',
    '1,000,000,000',
    '100 000 000 inhabitants',
    'ISBN 978-3-16-148410-0',
    '3.14159265358979',
    '550e8400-e29b-41d4-a716-446655440000',
    'ThisIsAVeryLongCamelCaseIdentifierOfAFactory2Bean',
    'a-very-long-slug-of-an-article-about-2024-and-more',
    'web/capture/page/element-facts.browser.test.ts',
    'INTERNATIONALIZATION_AND_LOCALIZATION_20',
    'Donaudampfschifffahrtsgesellschaftskapitän',
    '1920x1080 at 60 fps, 4.5 Mbit/s',
    '10.0.0.0/24, port 8080',
    '2023-2024',
    '12 / 345',
    '48.858844, 2.294351',
    'Task-1234-5678',
    '20:15 – 21:45, room 0.12',
    'ab12cd34',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('rules', () => {
  it('hides custom patterns, and ignores broken ones', () => {
    const patterns = [
      { name: 'Ticket', source: 'ACME-\\d+' },
      { name: 'Person', source: 'jane', ignoreCase: true },
      { name: 'Broken', source: '(' },
    ];
    expect(redactText('Jane opened ACME-77', { ...noRedaction, patterns })).toBe(
      `${hiddenText} opened ${hiddenText}`,
    );
  });
  it('says what is wrong with a pattern', () => {
    expect(checkPattern('ACME-\\d+')).toBe('ok');
    expect(checkPattern('(?:\\d{3}-){2}\\d+')).toBe('ok');
    expect(checkPattern('[(a+)]+x')).toBe('ok');
    expect(checkPattern('(')).toBe('invalid');
    expect(checkPattern(' ')).toBe('invalid');
    expect(checkPattern('a*')).toBe('empty');
    expect(checkPattern('(a+)+b')).toBe('slow');
    expect(checkPattern('((a)+b?){2,}c')).toBe('slow');
  });
  it('merges what overlaps', () => {
    const rules = { ...defaultRedaction, patterns: [{ name: 'x', source: 'example\\.com/\\w+' }] };
    expect(findPrivate('jane@example.com/page x', rules)).toEqual([{ start: 0, end: 21 }]);
  });
  it('knows the sites of selectors', () => {
    const rules = {
      ...noRedaction,
      selectors: [
        { site: 'example.com', selector: '.price' },
        { site: '*.example.org', selector: ' .name ' },
        { site: '*', selector: '[data-private]' },
      ],
    };
    expect(selectorsFor(rules, 'www.example.com')).toEqual(['.price', '[data-private]']);
    expect(selectorsFor(rules, 'EXAMPLE.org')).toEqual(['.name', '[data-private]']);
    expect(selectorsFor(rules, 'notexample.com')).toEqual(['[data-private]']);
  });
  it.each(['jane@', 'jane@exam', '+49 30', '4111 11', 'DE89 37', 'sk-', 'jane@example.com'])(
    'hides a field from the moment it may become private: %s',
    (value) => expect(hidesField(value, defaultRedaction)).toBe(true),
  );
  it.each(['', 'Jane', '2024', '2024-01-15', 'Hello world', '12', '4.99', 'Version 4'])(
    'leaves a field alone: %s',
    (value) => expect(hidesField(value, defaultRedaction)).toBe(false),
  );
  it.each([
    ['Pay with 4111 11', 'Pay with '],
    ['Write to jane@exa', 'Write to '],
    ['Call +49 301', 'Call '],
    ['IBAN DE89 3704', 'IBAN '],
    ['The key sk-proj', 'The key '],
  ])('hides what is being written at the end of: %s', (text, shown) => {
    const span = findUnfinished(text, defaultRedaction);
    expect(text.slice(0, span?.start)).toBe(shown);
  });
  it.each(['Pay with 4111', 'Meet @jane', 'On 2024-01-15', 'jane@example hello', 'Room 0.12', ''])(
    'leaves what is being written: %s',
    (text) => expect(findUnfinished(text, defaultRedaction)).toBe(null),
  );
  it('hides every field when told so', () => {
    expect(hidesField('Hello', { ...noRedaction, fields: 'all' })).toBe(true);
    expect(hidesField('', { ...noRedaction, fields: 'all' })).toBe(false);
  });
});

describe('check digits', () => {
  it('Luhn', () => {
    expect(luhn('79927398713')).toBe(true);
    expect(luhn('79927398710')).toBe(false);
    expect(luhn('')).toBe(false);
  });
  it('mod 97', () => {
    expect(ibanIsValid('GB82WEST12345698765432')).toBe(true);
    expect(ibanIsValid('GB83WEST12345698765432')).toBe(false);
    expect(ibanIsValid('XX82WEST12345698765432')).toBe(false);
  });
});

it('takes time in proportion to the text', () => {
  const texts = [
    '1 '.repeat(50_000),
    'a@'.repeat(50_000),
    'a.b-'.repeat(25_000),
    '0'.repeat(100_000),
  ];
  for (const text of texts) {
    const began = performance.now();
    findPrivate(text, defaultRedaction);
    expect(performance.now() - began, text.slice(0, 8)).toBeLessThan(2000);
  }
});
