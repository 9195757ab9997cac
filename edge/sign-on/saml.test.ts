import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Browser } from '../test/people.ts';
import { newId } from '../workspaces/random.ts';
import {
  addresses,
  company,
  connect,
  outcome,
  personOf,
  start,
  type Connected,
} from './company.ts';

const { saml } = addresses;

const samlCompany = async (certificates = [saml.certificate]): Promise<Connected> =>
  connect(await company(), {
    ...{ kind: 'saml', entityId: saml.entityId, entryPoint: saml.address, certificates },
  });

interface Form {
  action: string;
  SAMLResponse: string;
  RelayState: string;
}

/** What the real provider would have the browser post. */
async function answerOf(location: string, who: object, how: object = {}): Promise<Form> {
  const url = new URL(location);
  url.searchParams.set('as', JSON.stringify(who));
  url.searchParams.set('answer', JSON.stringify(how));
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`the provider: ${await response.text()}`);
  return response.json();
}

/** As a browser does: from the provider's page, so with its origin and without our cookies. */
const post = (form: Form) =>
  new Browser().fetch(new URL(form.action).pathname, {
    method: 'POST',
    headers: {
      origin: 'https://idp.example',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ ...form }).toString(),
  });

/** Posts, then follows into the browser that began. */
async function finish(browser: Browser, form: Form) {
  const posted = await post(form);
  const to = posted.headers.get('location') ?? '';
  return to.startsWith('/api/') ? browser.get(to) : posted;
}

const someone = (at: Connected, over: object = {}) => ({
  ...{ id: newId(), email: `ada@${at.domain}`, displayName: 'Ada' },
  ...over,
});

/** Begins, answers as `who`, and lets `change` have the form before it is posted. */
async function signOn(
  at: Connected,
  who: object,
  how: object = {},
  change: (xml: string) => string = (xml) => xml,
) {
  const browser = new Browser();
  const begun = await start(browser, at, '?returnTo=/library');
  const form = await answerOf(begun.headers.get('location')!, who, how);
  const xml = change(Buffer.from(form.SAMLResponse, 'base64').toString());
  form.SAMLResponse = Buffer.from(xml).toString('base64');
  const response = await finish(browser, form);
  return { browser, form, outcome: outcome(response), response };
}

describe('with a real provider', () => {
  test('somebody new becomes a member and comes back as the same', async () => {
    const at = await samlCompany();
    const who = someone(at);
    const first = await signOn(at, who);
    expect(first.response.headers.get('location')).toBe('/library');
    const person = (await personOf(first.browser))!;
    expect(person).toMatchObject({ email: who.email, method: 'sso' });
    const again = await signOn(at, { ...who, email: `l@${at.domain}` });
    expect((await personOf(again.browser))!.id).toBe(person.id);
    const members = await at.ask('GET', '/members');
    expect(await members.json()).toMatchObject({
      members: expect.arrayContaining([
        expect.objectContaining({ personId: person.id, name: 'Ada', role: 'viewer' }),
      ]),
    });
  });

  test('answer and assertion both signed', async () => {
    const at = await samlCompany();
    expect((await signOn(at, someone(at), { signResponse: true })).outcome).toBe('ok');
  });

  test('either of two certificates, while one replaces the other', async () => {
    const at = await samlCompany([saml.otherCertificate, saml.certificate]);
    expect((await signOn(at, someone(at))).outcome).toBe('ok');
    expect(
      (await signOn(at, someone(at, { email: `b@${at.domain}` }), { key: 'other' })).outcome,
    ).toBe('ok');
  });

  test('a second factor that it vouches for counts, others do not', async () => {
    const at = await samlCompany();
    const factors = async () =>
      (
        await env.DB.prepare(
          'select second_factor as one from sign_on_sessions where workspace_id = ?',
        )
          .bind(at.workspaceId)
          .all<{ one: number }>()
      ).results.map((row) => row.one);
    const who = someone(at);
    await signOn(at, who);
    expect(await factors()).toEqual([0]);
    await signOn(at, who, { authnContextClassRef: 'https://refeds.org/profile/mfa' });
    expect((await factors()).sort()).toEqual([0, 1]);
  });

  test('our metadata says where to send people', async () => {
    const at = await samlCompany();
    const response = await new Browser().get(`/api/sign-on/${at.connection.id}/metadata`);
    expect(response.headers.get('content-type')).toContain('application/samlmetadata+xml');
    const xml = await response.text();
    expect(xml).toContain(`entityID="${at.connection.ours.entityId}"`);
    expect(xml).toContain(`Location="${at.connection.ours.callback}"`);
    expect(xml).toContain('WantAssertionsSigned="true"');
  });

  test('an address of a domain that is not proven is refused', async () => {
    const at = await samlCompany();
    expect((await signOn(at, someone(at, { email: 'a@elsewhere.example' }))).outcome).toBe(
      'domain-not-proven',
    );
  });
});

/** What the log of the workspace says of the last sign-on that was refused. */
const whyIn = async (at: Connected) =>
  env.DB.prepare(
    `select json_extract(detail, '$.why') as why from audit_events
     where chain = ? and action = 'person.signed-in' and outcome = 'denied'
     order by sequence desc limit 1`,
  )
    .bind(at.workspaceId)
    .first<string>('why');

describe('an answer that is not to be trusted', () => {
  test.each([
    // What the library refuses, and then what we do, by our own words in the log.
    ['signed by somebody else', { key: 'other' }, 'Error'],
    ['not signed', { signAssertion: false }, 'Error'],
    ['not signed inside a signed one', { signAssertion: false, signResponse: true }, 'Error'],
    ['for another audience', { audience: 'https://somebody.example/metadata' }, 'Error'],
    ['that ended an hour ago', { lifetimeInSeconds: -3600 }, 'Error'],
    ['to another request in its subject', { inResponseTo: '_another' }, 'Error'],
    ['to no request', { inResponseTo: '' }, 'Error'],
    ['signed with SHA-1', { signatureAlgorithm: 'rsa-sha1' }, 'a weak algorithm'],
    ['digested with SHA-1', { digestAlgorithm: 'sha1' }, 'a weak algorithm'],
    ['for another recipient', { recipient: 'https://a.example/acs' }, 'for another recipient'],
    ['for no recipient', { recipient: '' }, 'ValiError'],
    ['from another provider', { issuer: 'urn:somebody' }, 'from another provider'],
  ])('%s', async (_, how, why) => {
    const at = await samlCompany();
    const { browser, outcome } = await signOn(at, someone(at), how);
    expect(outcome).toBe('not-trusted');
    expect(await whyIn(at)).toBe(why);
    expect(await personOf(browser)).toBeNull();
  });

  test('used twice, by the same attempt or by another', async () => {
    const at = await samlCompany();
    const browser = new Browser();
    const begun = await start(browser, at);
    const form = await answerOf(begun.headers.get('location')!, someone(at));
    expect(outcome(await finish(browser, form))).toBe('ok');
    expect(outcome(await finish(browser, form))).toBe('expired');
    const next = await start(browser, at);
    const state = new URL(next.headers.get('location')!).searchParams.get('RelayState')!;
    expect(outcome(await finish(browser, { ...form, RelayState: state }))).toBe('not-trusted');
  });

  test('the same assertion again, though its attempt is still there', async () => {
    const at = await samlCompany();
    const browser = new Browser();
    const begun = await start(browser, at);
    const form = await answerOf(begun.headers.get('location')!, someone(at));
    await post(form);
    await env.DB.prepare('update sign_on_attempts set claims = null, ticket_hash = null').run();
    expect(outcome(await finish(browser, form))).toBe('not-trusted');
    expect(await whyIn(at)).toBe('used before');
  });

  test('that nobody asked for', async () => {
    const at = await samlCompany();
    const browser = new Browser();
    const begun = await start(browser, at);
    const form = await answerOf(begun.headers.get('location')!, someone(at));
    expect(outcome(await finish(browser, { ...form, RelayState: newId() }))).toBe('expired');
    expect(outcome(await finish(browser, { ...form, RelayState: '' }))).toBe('expired');
  });

  test('brought into another browser than the one that began', async () => {
    const at = await samlCompany();
    const browser = new Browser();
    const begun = await start(browser, at);
    const form = await answerOf(begun.headers.get('location')!, someone(at));
    const other = new Browser();
    await start(other, at);
    expect(outcome(await finish(other, form))).toBe('expired');
    expect(await personOf(other)).toBeNull();
  });

  test('posted to another connection', async () => {
    const [at, other] = [await samlCompany(), await samlCompany()];
    const browser = new Browser();
    const begun = await start(browser, at);
    const form = await answerOf(begun.headers.get('location')!, someone(at));
    const moved = { ...form, action: other.connection.ours.callback };
    expect(outcome(await finish(browser, moved))).toBe('expired');
  });

  test('too large, of another type, or no XML', async () => {
    const at = await samlCompany();
    const large = await signOn(at, someone(at), {}, (xml) => xml + ' '.repeat(300_000));
    expect([400, 'not-trusted']).toContain(large.outcome);
    expect((await signOn(at, someone(at), {}, () => 'not xml')).outcome).toBe('not-trusted');
    expect((await signOn(at, someone(at), {}, () => '<a/>')).outcome).toBe('not-trusted');
    expect((await signOn(at, someone(at), {}, () => '')).outcome).toBe('not-trusted');
    const path = new URL(at.connection.ours.callback).pathname;
    expect((await new Browser().post(path, { SAMLResponse: 'x' })).status).toBe(400);
  });

  test.each([
    ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]>'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'],
    ['an entity within entities', '<!DOCTYPE a [<!ENTITY x "&y;&y;"><!ENTITY y "&z;&z;">]>'],
  ])('with %s', async (_, head) => {
    const at = await samlCompany();
    const changed = await signOn(at, someone(at), {}, (xml) => head + xml);
    expect(changed.outcome).toBe('not-trusted');
    expect(await whyIn(at)).toBe('a document type');
  });

  test('with a comment that would cut the name short', async () => {
    const at = await samlCompany();
    const who = someone(at, { id: `admin@${at.domain}.evil.example` });
    const cut = `admin@${at.domain}<!-- -->.evil.example`;
    const changed = await signOn(at, who, {}, (xml) => xml.replace(who.id, cut));
    // Comments are not signed, so the signature holds: the name must be read as a whole.
    if (changed.outcome === 'ok') {
      const row = await env.DB.prepare(
        'select subject from sign_on_identities where connection_id = ?',
      )
        .bind(at.connection.id)
        .first<string>('subject');
      expect(row).toBe(who.id);
    } else expect(changed.outcome).toBe('not-trusted');
  });
});

describe('a forged assertion beside a signed one (signature wrapping)', () => {
  const assertionOf = (xml: string) => /<saml:Assertion[\s\S]*<\/saml:Assertion>/.exec(xml)![0];
  const forge = (assertion: string, email: string, id: string) =>
    assertion
      .replace(/<Signature[\s\S]*<\/Signature>/, '')
      .replaceAll(email, 'evil@EVIL')
      .replace(/ID="[^"]+"/, `ID="${id}"`)
      .replace(/(<saml:NameID[^>]*>)[^<]*/, '$1evil');

  const ways: Record<string, (xml: string, email: string) => string> = {
    'the forged one first': (xml, email) => {
      const signed = assertionOf(xml);
      return xml.replace(signed, forge(signed, email, '_forged') + signed);
    },
    'the forged one last': (xml, email) => {
      const signed = assertionOf(xml);
      return xml.replace(signed, signed + forge(signed, email, '_forged'));
    },
    'the signed one inside the forged one': (xml, email) => {
      const signed = assertionOf(xml);
      const forged = forge(signed, email, '_forged');
      return xml.replace(
        signed,
        forged.replace(
          '</saml:Assertion>',
          `<saml:Advice>${signed}</saml:Advice></saml:Assertion>`,
        ),
      );
    },
    'the signed one inside the signature of the forged one': (xml, email) => {
      const signed = assertionOf(xml);
      const signature = /<Signature[\s\S]*<\/Signature>/.exec(signed)![0];
      const inner = signed.replace(signature, '');
      const wrapped = signature.replace('</Signature>', `<Object>${inner}</Object></Signature>`);
      const forged = forge(signed, email, '_forged');
      return xml.replace(signed, forged.replace('</saml:Issuer>', `</saml:Issuer>${wrapped}`));
    },
    'the same id twice': (xml, email) => {
      const signed = assertionOf(xml);
      const id = /ID="([^"]+)"/.exec(signed)![1]!;
      return xml.replace(signed, forge(signed, email, id) + signed);
    },
    'the signed one in an extension': (xml, email) => {
      const signed = assertionOf(xml);
      const extension = `<samlp:Extensions>${signed}</samlp:Extensions>`;
      return xml
        .replace(signed, forge(signed, email, '_forged'))
        .replace('<samlp:Status>', `${extension}<samlp:Status>`);
    },
    'the signature of the signed one on the forged one': (xml, email) => {
      const signed = assertionOf(xml);
      const signature = /<Signature[\s\S]*<\/Signature>/.exec(signed)![0];
      const id = /ID="([^"]+)"/.exec(signed)![1]!;
      const forged = forge(signed, email, id);
      return xml.replace(signed, forged.replace('</saml:Issuer>', `</saml:Issuer>${signature}`));
    },
  };

  test.each(Object.keys(ways))('%s', async (way) => {
    const at = await samlCompany();
    const who = someone(at);
    const evil = `evil@${at.domain}`;
    const { browser, outcome } = await signOn(at, who, {}, (xml) => {
      const forged = ways[way]!(xml, who.email).replaceAll('evil@EVIL', evil);
      expect(forged).toContain(evil);
      return forged;
    });
    expect(outcome).toBe('not-trusted');
    expect(await personOf(browser)).toBeNull();
    expect(
      await env.DB.prepare('select 1 from people where email = ?').bind(evil).first(),
    ).toBeNull();
  });
});

test('whatever is cut from an answer or put into it, nobody else comes in and nothing fails', async () => {
  const at = await samlCompany();
  const who = someone(at);
  const piece = fc.oneof(
    fc.constantFrom(
      '<',
      '>',
      '"',
      '&amp;',
      '<!-- -->',
      '<a/>',
      '<![CDATA[x]]>',
      '<?x y?>',
      '\u0000',
    ),
    fc.constantFrom('</saml:Assertion>', '<saml:Assertion>', '<Signature/>', '&#x3c;', '&x;', ' '),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(60),
    piece,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      const { outcome } = await signOn(at, who, {}, (xml) =>
        changes.reduce((text, one) => {
          const from = Math.floor(one.at * text.length);
          return text.slice(0, from) + one.piece + text.slice(from + one.cut);
        }, xml),
      );
      // What is around the signed part may be changed without harm.
      expect(['ok', 'not-trusted']).toContain(outcome);
    }),
    { numRuns: 25 },
  );
  const { results } = await env.DB.prepare(
    'select subject from sign_on_identities where connection_id = ?',
  )
    .bind(at.connection.id)
    .all<{ subject: string }>();
  for (const { subject } of results) expect(subject).toBe(who.id);
}, 60_000);
