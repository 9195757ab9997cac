import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Env } from '../env.ts';
import app from '../index.ts';
import { capturedMails } from './capture.ts';
import { compose, oneLine } from './compose.ts';
import { openMailer } from './mailer.ts';

const mail = { to: 'a@example.org', subject: 'Hello', text: 'Text', html: '<p>Text</p>' };
const MAIL_FROM = 'Cairn <mail@cairn.example>';
const environment = (more: Partial<Env>): Env => ({ ...env, MAIL_FROM, ...more });

describe('carriers', () => {
  const sent = vi.spyOn(globalThis, 'fetch');
  afterEach(() => sent.mockReset());
  const answer = (status: number) => sent.mockResolvedValue(new Response('{}', { status }));
  const request = () => {
    const [address, init] = sent.mock.calls[0]!;
    return { address, init, body: JSON.parse(String(init?.body)) as unknown };
  };

  test('Resend gets what its API asks for', async () => {
    answer(200);
    await openMailer(environment({ MAILER: 'resend', RESEND_API_KEY: 're_1' }))!.send(mail);
    const { address, init, body } = request();
    expect(address).toBe('https://api.resend.com/emails');
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer re_1');
    expect(body).toEqual({ ...mail, from: MAIL_FROM, to: ['a@example.org'] });
  });

  test('Postmark gets what its API asks for, and follows nobody', async () => {
    answer(200);
    await openMailer(environment({ MAILER: 'postmark', POSTMARK_SERVER_TOKEN: 'pm' }))!.send(mail);
    const { address, init, body } = request();
    expect(address).toBe('https://api.postmarkapp.com/email');
    expect(new Headers(init?.headers).get('x-postmark-server-token')).toBe('pm');
    expect(body).toMatchObject({
      ...{ From: MAIL_FROM, To: mail.to, Subject: 'Hello', TextBody: 'Text' },
      ...{ HtmlBody: mail.html, TrackOpens: false, TrackLinks: 'None' },
    });
  });

  test('Cloudflare gets it through the binding', async () => {
    const send = vi.fn(() => Promise.resolve({ messageId: '1' }));
    const EMAIL = { send } as unknown as SendEmail;
    await openMailer(environment({ MAILER: 'cloudflare', EMAIL }))!.send(mail);
    const sender = { name: 'Cairn', email: 'mail@cairn.example' };
    expect(send).toHaveBeenCalledWith({ ...mail, from: sender });
  });

  test('an error of the carrier is one here, and tells nothing of the mail', async () => {
    answer(422);
    const mailer = openMailer(environment({ MAILER: 'resend', RESEND_API_KEY: 're_1' }))!;
    await expect(mailer.send(mail)).rejects.toThrow('the mail carrier answered 422');
  });

  test.each([
    ['no carrier', { MAILER: '' }],
    ['one that does not exist', { MAILER: 'pigeon' }],
    ['no key', { MAILER: 'resend' }],
    ['no sender', { MAILER: 'resend', RESEND_API_KEY: 're_1', MAIL_FROM: '' }],
    ['capture outside of local mode', { MAILER: 'capture', LOCAL_MODE: '' }],
  ])('there is none with %s', (_, more) => {
    expect(openMailer(environment(more))).toBeNull();
  });
});

describe('a mail', () => {
  test.each([
    { to: 'a@example.org\r\nBcc: b@example.org' },
    { subject: 'Hello\nX-Header: 1' },
    { subject: 'Hello\u0000' },
  ])('with a line break or another control character in its head is not sent: %j', async (over) => {
    const mailer = openMailer(environment({ MAILER: 'capture' }))!;
    await expect(mailer.send({ ...mail, ...over })).rejects.toThrow('control character');
    expect(await capturedMails(env)).toEqual([]);
  });

  test('is text and HTML, with what people typed escaped', () => {
    const made = compose('a@example.org', {
      subject: 'One\r\ntwo',
      paragraphs: ['<img src=x onerror=alert(1)> & "more"'],
      link: { label: 'Open', address: 'https://cairn.test/#token="><script>' },
    });
    expect(made.subject).toBe('One two');
    expect(made.html).not.toMatch(/<img|<script/);
    expect(made.html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;more&quot;');
    expect(made.text).toContain('Open:\nhttps://cairn.test/#token="><script>');
  });

  test('has one line where it should', () => {
    expect(oneLine('a\r\n b\u2028c\u202Ed')).toBe('a b c d');
  });
});

describe('/dev/inbox', () => {
  const open = (address: string, more: Partial<Env> = {}) =>
    app.request(address, {}, environment({ MAILER: 'capture', ...more }));

  test('shows the mails, on this machine only', async () => {
    await openMailer(environment({ MAILER: 'capture' }))!.send({
      ...mail,
      text: 'Follow https://cairn.test/account#token=1 <b>',
      html: '<p onclick="x">"quoted"</p>',
    });
    const page = await (await open('http://localhost:8787/dev/inbox')).text();
    expect(page).toContain('<a href="https://cairn.test/account#token=1">');
    expect(page).toContain('&lt;b&gt;');
    expect(page).toContain('srcdoc="&lt;p onclick=&quot;x&quot;&gt;');
    const { mails } = await (
      await open('http://127.0.0.1:8787/dev/inbox/mails?to=a@example.org')
    ).json<{ mails: unknown[] }>();
    expect(mails).toHaveLength(1);
  });

  test.each([
    ['by another name', 'https://cairn.test/dev/inbox', {}],
    ['by a name that leads here', 'http://evil.test:8787/dev/inbox', {}],
    ['in production', 'http://localhost:8787/dev/inbox', { LOCAL_MODE: '' }],
    ['in production, as JSON', 'http://localhost:8787/dev/inbox/mails', { LOCAL_MODE: '' }],
  ])('does not exist %s', async (_, address, more) => {
    const response = await open(address, more);
    expect(response.status).toBe(404);
    expect(await response.text()).not.toContain('Hello');
  });
});
