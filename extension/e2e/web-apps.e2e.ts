/**
 * Sessions in real web applications that nobody here wrote, through the extension. What should have become of each
 * deed is written beside it, as a person would title the step. Figures over all are printed at the end.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { sharedFolder } from '../../web/e2e/test-media-plugin.ts';
import { printScores, score, totals, type Score } from './score.ts';
import { Session } from './session.ts';
import { startActual, startDjango, startWordPress, type WebApp } from './web-apps.ts';

const scores: Score[] = [];
afterAll(() => {
  if (scores.length > 0) printScores(scores);
});

/** Of steps, and of stills. */
const least = 0.95;

const speech = path.join(sharedFolder, 'media/speech/jfk.wav');
const voice = existsSync(speech) ? speech : undefined;
/** Any file, to be uploaded. */
const picture = path.resolve(import.meta.dirname, '../../web/public/icon-192.png');

interface Play {
  app: WebApp;
  /** Where it begins, with a slash in front. */
  at: string;
  scale?: number;
  /** Before the recording. */
  prepare?: (page: Page) => Promise<void>;
  work: (session: Session, page: Page) => Promise<void>;
}

async function record(name: string, { app, at, scale, prepare, work }: Play): Promise<void> {
  try {
    const session = await Session.start({ address: `${app.origin}${at}`, voice, scale }, prepare);
    try {
      await work(session, session.page);
      const found = await score(name, session.deeds, await session.finish());
      scores.push(found);
      // What a slow machine does to one step of thirty is no reason to stop; the figure over all is the goal.
      const { right, steps } = totals([found]);
      expect(right / steps, found.faults.join('\n')).toBeGreaterThanOrEqual(0.9);
    } finally {
      await session.close();
    }
  } finally {
    app.stop();
  }
}

test('WordPress: posts, media, people', async ({ skip }) => {
  const app = await startWordPress();
  if (!app) return skip();
  await record('WordPress', {
    app,
    at: '/wp-login.php',
    async work(s, page) {
      const menu = (name: string) => page.getByRole('link', { name, exact: true }).first();
      const add = page.locator('a.page-title-action').first();
      const addUser = page.getByRole('button', { name: /^Add (?:New )?User$/ });
      await s.type(
        'Type the username or email address',
        page.getByLabel('Username or Email'),
        'admin',
      );
      await s.type('Type the password', page.getByLabel('Password', { exact: true }), 'adminpw');
      await s.press('Click **Log In**', page.getByRole('button', { name: 'Log In' }));
      await s.press('Click **Posts**', menu('Posts'));
      await s.rest(page.locator('a.row-title').first());
      const quick = page.getByRole('button', { name: /Quick edit/ }).first();
      await s.press('Click **Quick edit “Hello world!” inline**', quick);
      const row = page.locator('tr.inline-editor');
      await s.type('Type the title', row.getByLabel('Title'), ' again');
      await s.choose('Choose **Draft** in *Status*', row.locator('select[name=_status]'), 'd');
      await s.press('Click **Update**', row.getByRole('button', { name: 'Update' }));
      await s.type('Type in **Search Posts**', page.getByLabel('Search Posts:'), 'hello');
      await s.press('Click **Search Posts**', page.getByRole('button', { name: 'Search Posts' }));
      await s.press('Click **Title**', page.locator('thead').getByRole('link', { name: /^Title/ }));
      await s.press('Click **Media**', menu('Media'));
      await s.press('Click **Add New**', add);
      const files = page.getByRole('button', { name: 'Select Files' });
      await s.upload('Choose a file with **Select Files**', files, picture);
      await s.press('Click **Users**', menu('Users'));
      await s.press('Click **Add New**', add);
      // Too early: the form complains.
      await s.press('Click **Add New User**', addUser);
      await s.type('Type the username', page.getByLabel(/^Username/), 'carol');
      await s.type('Type the email', page.getByLabel(/^Email/), 'carol@example.org');
      await s.choose('Choose **Editor** in *Role*', page.getByLabel('Role'), 'e');
      const notify = page.getByLabel(/Send the new user/);
      await s.press('Untick **Send the new user an email about their account**', notify);
      await s.press('Click **Add New User**', addUser);
      await s.press('Click **Posts**', menu('Posts'));
      await s.press('Click **Add New**', add);
      await s.press('Click **Close dialog**', page.getByRole('button', { name: 'Close dialog' }));
      const title = page.getByRole('textbox', { name: 'Add title' });
      await s.type('Type in **Add title**', title, 'Summer party');
      await s.key(null, 'Enter');
      const paragraph = 'Type in **Empty block; start writing or type forward slash**';
      await s.write(paragraph, 'Everyone is invited.');
      const publish = page.getByRole('button', { name: 'Publish', exact: true });
      await s.press('Click **Publish**', publish.first());
      const really = page.getByRole('region', { name: 'Editor publish' });
      await s.press(
        'Click **Publish**',
        really.getByRole('button', { name: 'Publish', exact: true }),
      );
      await s.press('Click **View Posts**', page.getByRole('link', { name: 'View Posts' }));
    },
  });
});

test('Django: groups and users, at 125 %', async ({ skip }) => {
  const app = await startDjango();
  if (!app) return skip();
  await record('Django', {
    app,
    at: '/admin/',
    scale: 1.25,
    async work(s, page) {
      const link = (name: string) => page.getByRole('link', { name }).first();
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      await s.type('Type the username', page.getByLabel('Username'), 'admin');
      await s.type('Type the password', page.getByLabel('Password'), 'wrong');
      await s.press('Click **Log in**', button('Log in'));
      await s.type('Type the password', page.getByLabel('Password'), 'adminpw');
      await s.key(null, 'Enter');
      await s.press('Click **Groups**', link('Groups'));
      await s.press('Click **Add group**', link('Add group'));
      await s.type('Type the name', page.getByLabel('Name:'), 'Editors');
      await s.press('Click **Save**', button('Save'));
      const one = page.getByRole('checkbox', { name: /Select this object/ });
      await s.press('Tick **Select this object for an action - Editors**', one);
      await s.choose(
        'Choose **Delete selected groups** in *Action*',
        page.getByLabel('Action:'),
        'd',
      );
      await s.press('Click **Go**', button('Go'));
      await s.press('Click **No, take me back**', page.getByText('No, take me back'));
      await s.press('Click **Home**', link('Home'));
      await s.press('Click **Users**', link('Users'));
      await s.type('Type in **Search**', page.locator('#searchbar'), 'adm');
      await s.press('Click **Search**', button('Search'));
      await s.press(
        'Click **Username**',
        page.locator('thead').getByRole('link', { name: 'Username' }),
      );
      await s.press('Click **admin**', page.locator('tbody').getByRole('link', { name: 'admin' }));
      await s.type('Type the first name', page.getByLabel('First name:'), 'Ann');
      await s.press('Untick **Superuser status**', page.getByLabel('Superuser status'));
      await s.press('Tick **Superuser status**', page.getByLabel('Superuser status'));
      await s.press('Click **Save and continue editing**', button('Save and continue editing'));
    },
  });
});

test('Actual: a budget in one page, with menus, dialogs and drag and drop', async ({ skip }) => {
  const app = await startActual();
  if (!app) return skip();
  await record('Actual', {
    app,
    at: '/',
    async prepare(page) {
      await page.getByText('Try the demo').click();
      await page.getByRole('alert').getByRole('button', { name: 'Close' }).click();
      await page.getByRole('alert').waitFor({ state: 'hidden' });
    },
    async work(s, page) {
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      const text = (name: string) => page.getByText(name, { exact: true }).first();
      const dialog = page.getByRole('dialog');
      await s.press('Click **Add account**', button('Add account'));
      await s.type('Type the name', dialog.getByLabel('Name:'), 'Holidays');
      await s.type('Type the balance', dialog.getByLabel('Balance:'), '250');
      await s.press('Tick **Off budget**', dialog.getByLabel('Off budget'));
      await s.press(
        'Click **Create**',
        dialog.getByRole('button', { name: 'Create', exact: true }),
      );
      await s.press('Click **Add New**', button('Add New'));
      await s.press('Click **Cancel**', button('Cancel'));
      await s.type('Type in **Search**', page.getByPlaceholder('Search'), 'start');
      await s.press('Click **Filter**', button('Filter'));
      await s.press('Click **Payee**', button('Payee').last());
      await s.key('Press **Escape**', 'Escape');
      await s.press('Click **Budget**', page.getByRole('link', { name: 'Budget', exact: true }));
      await s.press('Click **400.00**', text('400.00'));
      await s.key('Press **Escape**', 'Escape');
      await s.press('Right-click **Gift**', text('Gift'), { button: 'right' });
      await s.press('Click **Hide**', button('Hide'));
      await s.drag('Drag **Clothing** to **Restaurants**', text('Clothing'), text('Restaurants'));
      await s.press('Click **More**', button('More'));
      await s.press('Click **Settings**', page.getByRole('link', { name: 'Settings' }));
    },
  });
});

test('over all, at least 95 % of the steps and of their stills are right', ({ skip }) => {
  if (scores.length === 0) return skip();
  const { right, steps, rightStills } = totals(scores);
  expect(right / steps).toBeGreaterThanOrEqual(least);
  expect(rightStills / right).toBeGreaterThanOrEqual(least);
});
