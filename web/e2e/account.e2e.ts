/**
 * Accounts as people use them, against the edge in real workerd: two people sign up by mail, one with
 * an authenticator app and one with a passkey, and share a workspace.
 */
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumArguments, chromiumPath } from '../cli/chromium.ts';
import { openEdge, type Edge } from './edge.ts';
import { totp } from './totp.ts';

const password = 'violet harbour tunes';
let edge: Edge;
let browser: Browser;
/** What should never be seen: errors of pages, and requests to others. */
const problems: string[] = [];

beforeAll(async () => {
  edge = await openEdge();
  browser = await chromium.launch({
    ...{ executablePath: chromiumPath(), args: chromiumArguments, headless: true },
  });
});
afterAll(async () => {
  await browser?.close();
  await edge?.close();
});

/** A browser of its own, as another person's. */
async function newPerson(): Promise<{ page: Page; requests: string[]; ofPage: string[] }> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const requests: string[] = [];
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:') requests.push(url.pathname);
    if (/^http/.test(url.protocol) && url.origin !== edge.origin) problems.push(request.url());
  });
  // What the page itself wants, without what the service worker keeps for later.
  const ofPage: string[] = [];
  const page = await context.newPage();
  page.on('request', (request) => ofPage.push(request.url()));
  page.setDefaultTimeout(60_000);
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    // A refusal is an answer, which Chromium calls an error: `status of 4…`.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) {
      problems.push(message.text());
    }
  });
  return { page, requests, ofPage };
}

const heading = (page: Page, name: string | RegExp) =>
  page.getByRole('heading', { name }).waitFor();
const press = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true }).click();
const passwordField = (page: Page) => page.getByRole('textbox', { name: 'Password', exact: true });

/** The address of who is invited by mail stands there already. */
async function signUp(page: Page, name: string, email: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  const field = page.getByLabel('E-mail address');
  if (await field.isEditable()) await field.fill(email);
  else expect(await field.inputValue()).toBe(email);
  await passwordField(page).fill(password);
  await press(page, 'Create account');
  await heading(page, 'Look into your inbox');
  await page.goto(await edge.linkTo(email, 'Confirm your address'));
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await passwordField(page).fill(password);
  await press(page, 'Sign in');
}

test('without an account nothing is asked of the edge', async () => {
  const { page, requests, ofPage } = await newPerson();
  await page.goto(edge.origin);
  await page.getByRole('link', { name: 'Sign in' }).waitFor();
  await page.goto(`${edge.origin}/settings`);
  await page.getByText('Not signed in').waitFor();
  expect(requests.filter((path) => path.startsWith('/api/'))).toEqual([]);
  const ownScreens = () => ofPage.filter((url) => /\/Account-[^/]+\.js$/.test(url));
  expect(ownScreens()).toEqual([]);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await heading(page, 'Sign in to Cairn');
  expect(ownScreens()).toHaveLength(1);
  expect(requests).toContain('/api/auth/session');
  await page.context().close();
});

test('two people sign up, prove who they are, and share a workspace', async () => {
  // Others than in a try before: accounts stay.
  const mark = crypto.randomUUID().slice(0, 8);
  const ada = { name: 'Ada Lovelace', email: `ada.${mark}@example.org` };
  const ben = { name: 'Ben Okafor', email: `ben.${mark}@example.org` };
  const { page } = await newPerson();
  await page.goto(`${edge.origin}/account/sign-up`);
  await page.getByLabel('Your name').fill(ada.name);
  await passwordField(page).fill('password1234');
  await page.getByLabel('E-mail address').fill(ada.email);
  await press(page, 'Create account');
  await page.getByText('list of common or stolen ones').waitFor();
  await signUp(page, ada.name, ada.email);
  await heading(page, 'Profile');
  expect(page.url()).toBe(`${edge.origin}/account`);

  // Two-factor sign-in, from the key as one types it in by hand.
  await page.getByRole('link', { name: 'Security' }).click();
  await press(page, 'Turn on…');
  await passwordField(page).fill(password);
  await press(page, 'Continue');
  await page.getByRole('img', { name: /QR code/ }).waitFor();
  const secret = await page
    .getByRole('textbox', { name: 'Or enter this key by hand' })
    .inputValue();
  await page.getByLabel('Six-digit code').fill(totp(secret));
  await press(page, 'Turn on');
  await heading(page, 'Keep your backup codes');
  const codes = await page.getByRole('dialog').getByRole('listitem').allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  await press(page, 'I have kept them');
  await press(page, 'Sign out');
  await signIn(page, ada.email);
  await heading(page, 'Second step');
  await press(page, 'Use a backup code');
  await page.getByLabel('Backup code').fill(codes[0]!);
  await press(page, 'Verify');
  await heading(page, 'Profile');

  // A workspace that lets in only who has two factors.
  await page.getByRole('link', { name: 'Workspaces' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Northwind');
  await press(page, 'New workspace');
  await heading(page, 'Members');
  await page.getByRole('link', { name: 'Security' }).click();
  await page.getByRole('switch', { name: /Two-factor sign-in for everybody/ }).check();
  await page.getByText('The rule is changed.').waitFor();
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Invite…' }).first().click();
  await page.getByLabel('E-mail address').fill(ben.email);
  await press(page, 'Send invitation');
  await page.getByText('Until').waitFor();

  const other = (await newPerson()).page;
  await other.goto(await edge.linkTo(ben.email, 'Invitation'));
  await heading(other, 'Join Northwind');
  await other.getByRole('link', { name: 'Create an account' }).click();
  await other.getByText('You were invited to Northwind').waitFor();
  await signUp(other, ben.name, ben.email);
  await press(other, 'Join');
  await other.getByText('asks for two-factor sign-in').waitFor();

  // A passkey counts as two factors.
  const authenticator = await other.context().newCDPSession(other);
  await authenticator.send('WebAuthn.enable');
  await authenticator.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true },
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  await other.getByRole('link', { name: 'Two-factor sign-in' }).click();
  await press(other, 'Add a passkey…');
  await other.getByLabel('Name of the passkey').fill('Laptop');
  await press(other, 'Add passkey');
  await other.getByRole('button', { name: 'Remove the passkey Laptop' }).waitFor();
  await press(other, 'Sign out');
  await press(other, 'Use a passkey');
  await heading(other, 'Profile');
  await other.getByRole('button', { name: /Switch workspace/ }).click();
  await other.getByRole('menuitem', { name: 'Northwind' }).click();
  await other.getByText('Your role').waitFor();
  await other.getByText('Editor', { exact: true }).waitFor();
  expect(await other.getByRole('link', { name: 'Audit log' }).count()).toBe(0);

  // The owner sees who came, changes a role, and finds all of it in the log.
  await page.reload();
  await page.getByLabel(`Role of ${ben.name}`).selectOption('viewer');
  await page.getByText(`${ben.name} is a viewer now.`).waitFor();
  await page.getByRole('link', { name: 'Audit log' }).click();
  const table = page.getByRole('table');
  for (const action of ['Role changed', 'Joined', 'Invited', 'Request denied']) {
    await table.getByText(action, { exact: true }).first().waitFor();
  }
  await page.getByLabel('Who', { exact: true }).selectOption({ label: ben.name });
  await table.getByText('Role changed', { exact: true }).waitFor({ state: 'detached' });
  await table.getByText('Joined', { exact: true }).waitFor();
  await press(page, 'Check integrity');
  await page.getByText(/entries are unchanged and complete/).waitFor();

  await other.reload();
  await other.getByText('Viewer', { exact: true }).waitFor();
  expect(problems).toEqual([]);
});
