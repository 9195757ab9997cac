/** That nothing hidden can be read: pictures of pages are the same whatever the hidden text is. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { defaultRedaction, noRedaction, type RedactionRules } from '../../core/redaction.ts';
import type { Picked } from './pick-element.ts';
import { openRecordedPages, type RecordedPages } from './test/recorded-page.ts';

let pages: RecordedPages;
let page: Page;
beforeAll(async () => {
  pages = await openRecordedPages();
  page = pages.page;
});
afterAll(() => pages?.close());

const style = `<style>
  body { margin: 10px; font: 16px/1.4 monospace; background: #fff; color: #000; caret-color: transparent }
  input, textarea, select, button { font: inherit; outline: none }
</style>`;

/** Two of each kind, of the same length. */
const secrets = [
  [
    'jane.doe@example.com',
    '4111 1111 1111 1111',
    '+49 30 1234567',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
  ],
  [
    'adam.fox@another.org',
    '5500 0055 5555 5559',
    '+44 20 7654321',
    'sk_live_7aB81XwPoiQZmnvcR5yhu2kd',
  ],
] as const;
type Secrets = (typeof secrets)[number];

interface Scene {
  html(secrets: Secrets): string;
  more?(secrets: Secrets): Record<string, string>;
  /** What is done before the picture. */
  act?(secrets: Secrets): Promise<void>;
  rules?: RedactionRules;
}

/** Pixels that differ between the two texts: hidden, and as a check of the test itself, shown. */
async function compare({ html, more, act, rules = defaultRedaction }: Scene) {
  const hidden: string[] = [];
  const shown: string[] = [];
  for (const each of secrets) {
    await pages.open(style + html(each), { redact: true, rules }, more?.(each) ?? {});
    await page.mouse.move(900, 700);
    await act?.(each);
    await page.waitForTimeout(80);
    hidden.push(await pages.screenshot());
    await pages.ask('undo');
    // A page's own transitions would show the text only by and by.
    await page.evaluate(() => document.getAnimations().forEach((each) => each.finish()));
    shown.push(await pages.screenshot());
  }
  const [a, b] = hidden;
  const [c, d] = shown;
  return { hidden: await pages.different(a!, b!), shown: await pages.different(c!, d!) };
}

const chosen = (selector: string): RedactionRules => ({
  ...noRedaction,
  selectors: [{ site: '*', selector }],
});

const scenes: Record<string, Scene> = {
  'text of all kinds, in one line and over several, in parts and in cells': {
    html: ([email, card, phone, key]) => `
      <p>Write to ${email} today</p> <a href="#">${email}</a> <button>${phone}</button>
      <p>Card <b>${card.slice(0, 9)}</b>${card.slice(9)} and <i><u>${phone}</u></i></p>
      <p style="width:120px">Call ${phone} or pay with ${card}</p>
      <table><tr><td>${email}<td>${card}</table><ul><li>${key}</ul>
      <div>${card
        .split(' ')
        .map((part) => `<span>${part}</span>\n  `)
        .join('')}</div>`,
  },
  'text drawn with shadows, outlines, gradients and other highlights': {
    html: ([email, , phone]) => `<style>
        #s { text-shadow: 2px 2px 3px red, 0 0 8px blue } #f { -webkit-text-fill-color: green }
        #g { background: linear-gradient(90deg, red, blue); background-clip: text; color: transparent }
        #o { -webkit-text-stroke: 2px orange } #t { transition: all 3s } #i { color: red !important }
        #d { text-decoration: underline wavy; font-style: italic; font-size: 40px; line-height: .8 }
        ::highlight(mine) { color: red; background: yellow }
      </style>${['s', 'f', 'g', 'o', 't', 'i', 'd'].map((id) => `<p id=${id}>${email}</p>`).join('')}
      <p id=h>${phone}</p><script>const r = new Range(); r.selectNodeContents(h); CSS.highlights.set('mine', new Highlight(r))</script>
      <svg width=400 height=30><text x=5 y=20>${email}</text></svg>`,
  },
  'text that scripts add, change and mark': {
    html: ([
      email,
      card,
      phone,
    ]) => `<p id=a>nothing</p><div id=b></div><p id=c>${email.slice(0, 8)}</p>
      <style>::selection { color: red; background: yellow }</style>
      <script>setTimeout(() => { a.firstChild.data = '${email}'; b.innerHTML = '<p>${card}</p>'; c.append('${email.slice(8)}');
        b.append('${phone}'); getSelection().selectAllChildren(document.body) }, 50)</script>`,
    act: () => page.waitForTimeout(150),
  },
  'what fields hold, are given and show': {
    html: ([
      email,
      card,
      phone,
    ]) => `<input value="${email}"><input id=b placeholder="${email}"><input id=c>
      <textarea>${phone}</textarea><select><option>${email}</select><input type=submit value="${email}">
      <style>#d { -webkit-text-security: none !important }</style><input id=d><div contenteditable>${card}</div>
      <select multiple><option>${card}<option>x</select>
      <script>setTimeout(() => { c.value = '${card}'; d.value = '${email}' }, 50)</script>`,
    act: () => page.waitForTimeout(150),
  },
  'what is typed into fields that will hold such': {
    html: () =>
      `<input type=email><input name=phone><input autocomplete=cc-number><input aria-label=Any>`,
    async act([email, card, phone]) {
      for (const [i, text] of [
        email.slice(0, 6),
        phone.slice(0, 8),
        card.slice(0, 7),
        email,
      ].entries()) {
        await page.locator('input').nth(i).focus();
        await page.keyboard.type(text);
      }
    },
  },
  'what is being written in an editor': {
    html: () => `<div contenteditable></div><p contenteditable></p>`,
    async act([email, card]) {
      await page.focus('div');
      await page.keyboard.type(`Pay ${card.slice(0, 8)}`);
      await page.focus('p');
      await page.keyboard.type(`Write to ${email.slice(0, 12)}`);
    },
  },
  'text in shadow roots and frames': {
    html: ([email, , phone]) => `<my-box></my-box><my-safe></my-safe><div id=late></div>
      <iframe src="/inner" width=300 height=60></iframe><iframe src="{other}/inner" width=300 height=60></iframe>
      <script>for (const [name, mode] of [['my-box', 'open'], ['my-safe', 'closed']])
        customElements.define(name, class extends HTMLElement { constructor() { super();
          this.attachShadow({ mode }).innerHTML = '<p>${email}</p><input value="${phone}"><slot></slot>' } });
        setTimeout(() => late.attachShadow({ mode: 'open' }).innerHTML = '<b>${email}</b>', 200)</script>`,
    more: ([email]) => ({ '/inner': `${style}<p>${email}</p>` }),
    act: () => page.waitForTimeout(600),
  },
  'chosen elements, whatever is in them': {
    html: ([email, card]) => `<style>.x { transition: all 2s; color: red }</style>
      <p class=x>${email.slice(0, 6)}</p><span class=x>${card.slice(0, 4)}</span> <em><b class=x>${email}</b></em>
      <div class=x style="overflow:visible;width:50px;height:20px;white-space:nowrap">${email}</div>
      <canvas class=x id=c width=200 height=30></canvas><input class=x value="${email}">
      <svg class=x width=200 height=30><text y=20>${email}</text></svg>
      <svg width=200 height=30><text class=x y=20>${email.slice(0, 8)}</text></svg>
      <table><tr class=x><td>${email.slice(0, 5)}<td>${card.slice(0, 4)}</table><select class=x><option>${email}</select>
      <style>.x.y { filter: none !important; background: none !important }</style><div class="x y">${email.slice(0, 5)}</div>
      <p><span class=x style="display:contents">${email.slice(0, 5)}</span></p>
      <script>c.getContext('2d').fillText('${email}', 5, 20); c.insertAdjacentHTML('afterend', '<p class=x>${email}</p>')</script>`,
    rules: chosen('.x'),
  },
  'chosen elements inside shadow roots': {
    html: ([
      email,
    ]) => `<my-card></my-card><script>customElements.define('my-card', class extends HTMLElement { constructor() { super();
      this.attachShadow({ mode: 'open' }).innerHTML = '<p class=x>${email}</p>' } })</script>`,
    rules: chosen('my-card >>> .x'),
  },
  'custom patterns': {
    html: ([email]) => `<p>Ticket ACME-${email.slice(0, 4)}</p>`,
    rules: { ...noRedaction, patterns: [{ name: 'Ticket', source: 'ACME-\\w+' }] },
  },
  'every field, where that is asked for': {
    html: () => `<input><textarea></textarea><div contenteditable style="min-height:20px"></div>`,
    async act([email]) {
      for (const selector of ['input', 'textarea', '[contenteditable]']) {
        await page.focus(selector);
        await page.keyboard.type(email.slice(0, 4));
      }
    },
    rules: { ...noRedaction, fields: 'all' },
  },
};

describe('the picture is the same whatever is in', () => {
  it.each(Object.entries(scenes))('%s', async (_, scene) => {
    const { hidden, shown } = await compare(scene);
    expect(shown, 'pixels that differ without redaction').toBeGreaterThan(50);
    expect(hidden, 'pixels that differ with redaction').toBe(0);
  });
});

it('leaves everything else to be read', async () => {
  const html = `${style}<p>Order 2024-01-15, 12.99 EUR</p><button>Save</button><input value="Berlin">`;
  const pictures: string[] = [];
  for (const redact of [true, false]) {
    await pages.open(html, { redact, rules: defaultRedaction });
    pictures.push(await pages.screenshot());
  }
  expect(await pages.different(pictures[0]!, pictures[1]!)).toBe(0);
});

it('shows no frame with what pages add', async () => {
  // Black on white; the mask is grey. A frame that shows text has dark pixels.
  const html = `<body style="margin:0;background:#fff;font:bold 30px monospace"><div id=box style="padding-top:100px"></div>
    <script>let n = 0; setInterval(() => { box.innerHTML = '<p>user' + ++n + '@example.com</p>' }, 40)</script>`;
  await pages.open(html, { redact: true, rules: defaultRedaction });
  const frames = await pages.screencast(1500);
  expect(frames.length).toBeGreaterThan(10);
  expect(Math.max(...frames)).toBe(0);
  await pages.open(html, { redact: false, rules: defaultRedaction });
  const open = await pages.screencast(300);
  expect(Math.max(...open)).toBeGreaterThan(100);
});

it.each([0, 300])('shows no frame of a page that opens, with rules after %i ms', async (late) => {
  const html = `<body style="margin:0;background:#fff;font:bold 30px monospace"><p>jane@example.com</p><script>const until = Date.now() + 300; while (Date.now() < until);</script><p>more@example.com`;
  const record = async (redact: boolean) => {
    const options = { redact, late, rules: defaultRedaction };
    await pages.open('');
    const [frames] = await Promise.all([pages.screencast(1500), pages.open(html, options)]);
    return frames;
  };
  expect(Math.max(...(await record(false)))).toBeGreaterThan(100);
  const frames = await record(true);
  expect(frames.length).toBeGreaterThan(0);
  expect(Math.max(...frames)).toBe(0);
});

it('changes no text of the page, and takes everything back', async () => {
  const html = `<title>jane@example.com</title><style>${'body{font:16px monospace}'}</style>
    <p title="jane@example.com">jane@example.com <b>+49 30 1234567</b></p><input value="jane@example.com"><p class=x>x</p>`;
  const rules = { ...defaultRedaction, ...chosen('.x'), kinds: defaultRedaction.kinds };
  const look = () =>
    page.evaluate(() => [
      document.title,
      document.body.innerHTML.replace(/ title="[^"]*"| data-cairn-hidden=""/g, ''),
      document.querySelector('p')!.title,
      document.querySelector('input')!.outerHTML,
      document.adoptedStyleSheets.length,
    ]);
  await pages.open(html);
  const plain = await look();
  const before = await pages.screenshot();
  await pages.open(html, { redact: true, rules });
  const hidden = await look();
  expect(hidden[1]).toBe(plain[1]);
  expect([hidden[0], hidden[2]]).toEqual(['•••••', '•••••']);
  await pages.ask('undo');
  expect(await look()).toEqual(plain);
  expect(await pages.different(await pages.screenshot(), before)).toBe(0);
});

it('hides by other rules from the moment it is told', async () => {
  const scene: Scene = {
    html: ([email, , phone]) => `<p class=x>${email}</p><my-card></my-card><input value="${phone}">
      <script>customElements.define('my-card', class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: 'closed' }).innerHTML = '<p>${phone}</p>' } })</script>`,
    rules: noRedaction,
    act: () => pages.ask({ rules: defaultRedaction }) as Promise<void>,
  };
  const { hidden, shown } = await compare(scene);
  expect(hidden).toBe(0);
  expect(shown).toBeGreaterThan(0);
  await pages.open(scene.html(secrets[0]), { redact: true, rules: defaultRedaction });
  const before = await pages.screenshot();
  await pages.ask({ rules: noRedaction });
  expect(await pages.different(await pages.screenshot(), before)).toBeGreaterThan(0);
});

it('hides in the list of a select, which the browser draws', async () => {
  await pages.open(`<select><option>Nobody<option value=1>jane@example.com</select>`, {
    redact: true,
    rules: defaultRedaction,
    text: true,
  });
  const options = () =>
    page.evaluate(() =>
      [...document.querySelector('select')!.options].map(({ label, text, value }) => [
        label,
        text,
        value,
      ]),
    );
  const second = page.locator('option').nth(1);
  expect((await options())[1]).toEqual(['•••••', 'jane@example.com', '1']);
  await second.evaluate((option) => (option.textContent = 'Adam'));
  await expect.poll(options).toEqual([
    ['Nobody', 'Nobody', 'Nobody'],
    ['Adam', 'Adam', '1'],
  ]);
  await second.evaluate((option) => (option.textContent = 'adam@example.com'));
  await expect.poll(async () => (await options())[1]![0]).toBe('•••••');
  await pages.ask('undo');
  expect((await options())[1]![0]).toBe('adam@example.com');
});

it('hides the same in events', async () => {
  const rules = { ...defaultRedaction, ...chosen('.x'), kinds: defaultRedaction.kinds };
  await pages.open(
    `<title>Mail to jane@example.com</title><button aria-label="Delete jane@example.com">x</button>
     <button class=x>Salary 5000</button><div style="cursor:pointer" id=row>Jane <b class=x>Doe-Smith</b></div>
     <input aria-label=Search><input aria-label=Who class=x>
     <script>history.replaceState({}, '', '/users/jane@example.com/edit')</script>`,
    { rules, redact: true, text: true },
  );
  for (const selector of ['button', 'button.x', '#row']) await page.click(selector);
  for (const [label, text] of [
    ['Search', 'mail jane@example.com'],
    ['Who', 'Adam'],
  ]) {
    await page.focus(`[aria-label=${label}]`);
    await page.keyboard.type(text!);
  }
  await page.keyboard.press('Escape');
  const events = await pages.events();
  expect(JSON.stringify(await pages.reports())).not.toMatch(/jane|Salary|5000|Doe-Smith|Adam/);
  expect(events.filter((e) => e.element).map((e) => e.element!.label)).toEqual([
    'Delete •••••',
    '•••••',
    'Jane •••••',
    'Search',
    '•••••',
    '•••••',
  ]);
  expect(events.at(-1)!.page).toMatchObject({ title: 'Mail to •••••' });
  expect(decodeURIComponent(new URL(events.at(-1)!.page!.url).pathname)).toBe('/users/•••••/edit');
});

describe('the picker', () => {
  it('picks what is pointed at, in shadow roots and dialogs, and the page hears nothing', async () => {
    await pages.open(`<style>body{margin:0}</style><my-card id=card></my-card><dialog style="margin:0;top:100px;left:0"><p id=price style="width:100px;height:30px">9</p></dialog>
      <script>customElements.define('my-card', class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: 'open' }).innerHTML = '<section id=all><p id=name style="width:100px;height:30px;margin:0">Jane</p></section>' } });
        let heard = 0; addEventListener('click', () => heard++); addEventListener('pointerdown', () => heard++)</script>`);
    let picked = pages.ask('pick');
    await page.waitForTimeout(100);
    await page.mouse.move(20, 10);
    await page.mouse.click(20, 10);
    expect(await picked).toMatchObject({ element: { tag: 'p', label: 'Jane' } });
    expect(((await picked) as Picked).selectors[0]).toBe('#card >>> #name');
    picked = pages.ask('pick');
    await page.waitForTimeout(100);
    await page.mouse.move(22, 12);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    expect(((await picked) as Picked).selectors[0]).toBe('#card >>> #all');
    await page.evaluate(() => document.querySelector('dialog')!.showModal());
    picked = pages.ask('pick');
    await page.waitForTimeout(100);
    await page.mouse.click(30, 140);
    expect(((await picked) as Picked).selectors[0]).toBe('#price');
    picked = pages.ask('pick');
    await page.waitForTimeout(100);
    await page.keyboard.press('Escape');
    expect(await picked).toBe(null);
    expect(
      await page.evaluate(() => [eval('heard'), document.querySelectorAll('cairn-picker').length]),
    ).toEqual([0, 0]);
  });
});
