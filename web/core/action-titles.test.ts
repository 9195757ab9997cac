import { expect, test } from 'vitest';
import { deedTitle, namelessTitle, type Deed } from './action-titles.ts';
import { groupActions, pageName } from './actions.ts';
import type { Interaction } from './interaction.ts';
import { sourceTime } from './time.ts';

test.each<[Deed, string]>([
  [{ kind: 'click', role: 'button', label: 'Invite' }, 'Click **Invite**'],
  [
    { kind: 'choice', role: 'combobox', label: 'Role', value: 'Editor' },
    'Choose **Editor** in *Role*',
  ],
  [{ kind: 'input', role: 'textbox', label: 'Email address *' }, 'Type the email address'],
  [
    { kind: 'input', role: 'textbox', label: 'Username or Email Address' },
    'Type the username or email address',
  ],
  [{ kind: 'input', role: 'textbox', label: 'URL of the page' }, 'Type the URL of the page'],
  [{ kind: 'input', role: 'textbox', label: 'Your name:' }, 'Type your name'],
  [{ kind: 'input', role: 'searchbox', label: 'Search posts' }, 'Type in **Search posts**'],
  [{ kind: 'input', role: 'textbox', label: 'Title', value: 'Hello' }, 'Type **Hello** in *Title*'],
  [
    { kind: 'choice', role: 'checkbox', label: 'Send an email.', value: 'false' },
    'Untick **Send an email**',
  ],
  [{ kind: 'choice', role: 'switch', label: 'Dark mode', value: 'true' }, 'Turn on **Dark mode**'],
  [{ kind: 'key', keys: 'Control+K' }, 'Press **Control+K**'],
  [{ kind: 'drag', label: 'Task', target: { label: 'Done' } }, 'Drag **Task** to **Done**'],
  [{ kind: 'context-menu', label: 'report.pdf' }, 'Right-click **report.pdf**'],
  [{ kind: 'choice', role: 'button', label: 'Add files' }, 'Choose a file with **Add files**'],
  [{ kind: 'choice', role: 'button' }, 'Choose a file'],
  [
    { kind: 'choice', role: 'button', label: 'Photo', value: 'me.png' },
    'Choose **me.png** in *Photo*',
  ],
  [{ kind: 'click', role: 'button', label: '  ' }, ''],
  [{ kind: 'click', role: 'menuitem', label: 'Rename F2' }, 'Click **Rename**'],
  [{ kind: 'click', role: 'button', label: 'Bold (Ctrl+B)' }, 'Click **Bold**'],
  [{ kind: 'click', role: 'button', label: 'Italic - [ctrl-I]' }, 'Click **Italic**'],
  [{ kind: 'click', role: 'menuitem', label: 'Save as… ⇧⌘S' }, 'Click **Save as**'],
  [{ kind: 'click', role: 'menuitem', label: 'Paste Ctrl+Shift+V' }, 'Click **Paste**'],
  [{ kind: 'click', role: 'link', label: 'Formula 1' }, 'Click **Formula 1**'],
  [{ kind: 'click', role: 'button', label: 'F2' }, 'Click **F2**'],
  [{ kind: 'input', role: 'textbox', label: 'Enter your name' }, 'Enter your name'],
  [
    { kind: 'input', role: 'textbox', label: 'Enter a name', value: 'Jo' },
    'Type **Jo** in *Enter a name*',
  ],
])('%j is titled %s', (deed, title) => {
  expect(deedTitle(deed)).toBe(title);
});

test('what has no name is told by what was done to it', () => {
  expect(namelessTitle({ kind: 'click', role: 'button' })).toBe('Click the button');
  expect(namelessTitle({ kind: 'input', role: 'textbox' })).toBe('Type in the marked field');
});

test.each([
  ['Dashboard ‹ My site — WordPress', 'Dashboard'],
  ['Add New User | Acme', 'Add New User'],
  ['Well-known pages', 'Well-known pages'],
])('the page %s is called %s', (title, name) => {
  expect(pageName(title)).toBe(name);
});

const page = (title: string) => ({ title, url: 'https://x.test/' });
const at = (time: number, it: Omit<Interaction, 'time'>): Interaction => ({
  time: sourceTime(time),
  ...it,
});

test('opening a menu and choosing from it is one action, told by the choice', () => {
  const actions = groupActions([
    at(1, { kind: 'click', role: 'button', label: 'More' }),
    at(3, { kind: 'click', role: 'menuitem', label: 'Delete' }),
    at(9, { kind: 'click', role: 'button', label: 'Confirm' }),
  ]);
  expect(actions.map(({ deed, indices }) => [deedTitle(deed), indices])).toEqual([
    ['Choose **Delete** in *More*', [0, 1]],
    ['Click **Confirm**', [2]],
  ]);
});

test.each([
  [1.2, undefined],
  [40, 'Photo'],
])('a file is chosen with what opened the picker, after %f s', (time, label) => {
  const actions = groupActions([
    at(1, { kind: 'click', role: 'button', label: 'Upload' }),
    at(time, { kind: 'choice', role: 'button', label }),
  ]);
  expect(actions.map(({ deed, index }) => [deedTitle(deed), index])).toEqual([
    ['Choose a file with **Upload**', 0],
  ]);
});

const box = (y: number) => ({ rect: { x: 10, y, width: 90, height: 20 } });
const titlesOf = (interactions: Interaction[]) =>
  groupActions(interactions).map(({ deed }) => deedTitle(deed) || namelessTitle(deed));

test('what has no name is another thing where it is elsewhere, or on the next page', () => {
  const titles = titlesOf([
    at(1, { kind: 'click', role: 'button', label: 'Add', ...box(0) }),
    at(1.4, { kind: 'navigation', page: page('People') }),
    at(1.8, { kind: 'choice', role: 'checkbox', value: 'true', ...box(100) }),
    at(2.5, { kind: 'click', role: 'button', label: 'Delete', ...box(200) }),
  ]);
  expect(titles).toEqual(['Click **Add**', 'Tick the marked box', 'Click **Delete**']);
});

test('fields of one name in several rows are several fields', () => {
  const field = { kind: 'input', role: 'textbox', label: 'Price' } as const;
  const titles = titlesOf([
    at(1, { ...field, ...box(0) }),
    at(2, { ...field, ...box(0) }),
    at(3, { ...field, ...box(40) }),
  ]);
  expect(titles).toEqual(['Type the price', 'Type the price']);
});

test('a file field that was pressed itself is not the button before it', () => {
  const titles = titlesOf([
    at(1, { kind: 'click', role: 'link', label: 'Upload', ...box(0) }),
    at(2, { kind: 'choice', role: 'button', label: 'Select files…', point: { x: 9, y: 9 } }),
    at(2.9, { kind: 'click', role: 'button', label: 'Upload', ...box(90) }),
  ]);
  expect(titles).toEqual([
    'Click **Upload**',
    'Choose a file with **Select files**',
    'Click **Upload**',
  ]);
});

test('a list that goes along with the letters is chosen from once', () => {
  const list = { kind: 'choice', role: 'combobox', tag: 'select', label: 'Type' } as const;
  const titles = titlesOf([
    at(1, { ...list, value: 'decimal', ...box(0) }),
    at(1.1, { ...list, value: 'date', ...box(0) }),
    at(2, { ...list, value: 'text', ...box(50) }),
  ]);
  expect(titles).toEqual(['Choose **date** in *Type*', 'Choose **text** in *Type*']);
});

test.each([
  [true, ['Click **Edit**', 'Go to **People**']],
  [undefined, ['Click **Edit**']],
])('going back is a step, being sent on is none (traversed: %s)', (traversed, titles) => {
  const told = titlesOf([
    at(1, { kind: 'click', role: 'link', label: 'Edit', page: page('People') }),
    at(1.4, { kind: 'navigation', page: page('Edit') }),
    at(3, { kind: 'navigation', page: page('People'), traversed }),
  ]);
  expect(told).toEqual(titles);
});

test('a part begins where another page is first acted on', () => {
  const actions = groupActions([
    at(1, { kind: 'click', role: 'link', label: 'Users', page: page('Home') }),
    at(2, { kind: 'navigation', page: page('Users') }),
    at(4, { kind: 'click', role: 'button', label: 'Add', page: page('Users') }),
    at(6, { kind: 'click', role: 'button', label: 'Save', page: page('Users') }),
  ]);
  expect(actions.map(({ section }) => section)).toEqual([null, 'Users', null]);
});
