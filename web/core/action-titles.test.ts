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

test('a part begins where another page is first acted on', () => {
  const actions = groupActions([
    at(1, { kind: 'click', role: 'link', label: 'Users', page: page('Home') }),
    at(2, { kind: 'navigation', page: page('Users') }),
    at(4, { kind: 'click', role: 'button', label: 'Add', page: page('Users') }),
    at(6, { kind: 'click', role: 'button', label: 'Save', page: page('Users') }),
  ]);
  expect(actions.map(({ section }) => section)).toEqual([null, 'Users', null]);
});
