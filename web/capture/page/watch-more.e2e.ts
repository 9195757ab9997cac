/** What the watcher tells of keys, marking, dragging, scrolling and navigation, in shadow roots and frames. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { PageEvent } from './page-event.ts';
import { noRedaction } from '../../core/redaction.ts';
import { openRecordedPages, type RecordedPages } from './test/recorded-page.ts';

let pages: RecordedPages;
let page: Page;
beforeAll(async () => {
  pages = await openRecordedPages();
  page = pages.page;
});
afterAll(() => pages?.close());

/** Kind, role, name and value of each, in short. */
const said = (events: PageEvent[]) =>
  events.map((e) => {
    const what = [e.kind, e.element?.role, e.element?.label, e.keys, e.value, e.target?.label];
    return what
      .map((w) => w ?? '-')
      .join('|')
      .replace(/(\|-)+$/, '');
  });

describe('keys', () => {
  it('that do something', async () => {
    await pages.open(
      `<input aria-label=Search><script>addEventListener('keydown', (e) => { if (e.key === 'j' || (e.ctrlKey && e.key === 'k')) e.preventDefault() })</script>`,
    );
    for (const key of ['Control+K', 'Control+Shift+Z', 'Escape', 'j', 'x', 'Tab', 'F2', 'Shift']) {
      await page.keyboard.press(key);
    }
    const events = await pages.events();
    expect(events.map((e) => e.keys)).toEqual([
      'Control+K',
      'Control+Shift+Z',
      'Escape',
      'J',
      'F2',
    ]);
  });
});

describe('names', () => {
  it('of what only a table or a text behind says, without keys that reach it', async () => {
    await pages.open(`
      <button accesskey=b title="Bold Text [B]" style="width:40px;height:20px"></button>
      <input id=q accesskey=f title="[F]" placeholder=Search>
      <input type=checkbox id=once><label for=once>&nbsp;</label> <span>Inject once after</span>
      <table><tr><th>Server<td><input id=server title="host[:port]">
        <tr><th>Due<td><select><option>now</select><td><input id=due></table>
      <table><thead><tr><th><th>Person<th>Age</thead>
        <tr><td><input type=checkbox id=carol><td>carol<td><input id=age></table>`);
    await page.getByRole('button').click();
    for (const id of ['once', 'carol']) await page.click(`#${id}`);
    for (const id of ['q', 'server', 'due', 'age']) {
      await page.focus(`#${id}`);
      await page.keyboard.type('x');
    }
    expect(said(await pages.events())).toEqual([
      'click|button|Bold Text',
      'choice|checkbox|Inject once after|-|true',
      'choice|checkbox|carol|-|true',
      'input|textbox|Search',
      'input|textbox|Server',
      'input|textbox|Due',
      'input|textbox|Age',
    ]);
  });

  it('of a row never hold what a rule hides in it', async () => {
    await pages.open(`<table><tr><td><input type=checkbox><td class=secret>carol<td>12</table>`, {
      rules: { ...noRedaction, selectors: [{ site: '*', selector: '.secret' }] },
    });
    await page.getByRole('checkbox').click();
    expect(JSON.stringify(await pages.events())).not.toContain('carol');
  });
});

describe('marking, dragging, scrolling', () => {
  it('marks text instead of clicking, and says it only where allowed', async () => {
    for (const text of [false, true]) {
      await pages.open(
        `<p id=p style="position:absolute;left:20px;top:20px;margin:0;font:20px monospace">One two three</p>`,
        { text },
      );
      await page.mouse.move(21, 32);
      await page.mouse.down();
      await page.mouse.move(60, 32, { steps: 3 });
      await page.mouse.move(104, 32, { steps: 3 });
      await page.mouse.up();
      const events = await pages.events();
      expect(events.map((e) => [e.kind, e.value])).toEqual([
        ['selection', text ? 'One two' : undefined],
      ]);
      expect(JSON.stringify(events).includes('One')).toBe(text);
      expect(events[0]!.element!.rect!.width).toBeLessThan(100);
    }
  });

  it('drags by the browser and by the pointer', async () => {
    await pages.open(`<style>div { position:absolute; width:80px; height:40px; background:#ddd }</style>
      <div draggable=true style="left:0;top:0" role=listitem aria-label=Task>T</div>
      <div id=done style="left:300px;top:0" role=list aria-label=Done ondragover="event.preventDefault()" ondrop="event.preventDefault()"></div>
      <div id=card style="left:0;top:200px;cursor:grab;user-select:none" role=listitem aria-label=Card></div>
      <div style="left:300px;top:200px" role=list aria-label=Shelf></div>
      <script>let from; card.onpointerdown = (e) => { from = [e.clientX, e.clientY]; card.setPointerCapture(e.pointerId) };
        card.onpointermove = (e) => { if (from) card.style.translate = (e.clientX - from[0]) + 'px ' + (e.clientY - from[1]) + 'px' };
        card.onpointerup = () => { from = null }</script>`);
    await page.mouse.move(20, 20);
    await page.mouse.down();
    await page.mouse.move(100, 20, { steps: 4 });
    await page.mouse.move(340, 20, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(20, 220);
    await page.mouse.down();
    await page.mouse.move(100, 220, { steps: 4 });
    await page.mouse.move(340, 220, { steps: 4 });
    await page.mouse.up();
    const events = await pages.events();
    expect(said(events)).toEqual(['drag|listitem|Task|-|-|Done', 'drag|listitem|Card|-|-|Shelf']);
    expect(events[1]!.target!.point).toEqual({ x: 340, y: 220 });
    expect(events[1]!.element!.rect).toEqual({ x: 0, y: 200, width: 80, height: 40 });
  });

  it('scrolls by hand that reveal, in containers too, and not by scripts', async () => {
    await pages.open(`<style>body{margin:0;height:3000px} #list { position:absolute; left:0; top:0; width:200px; height:200px; overflow:auto }</style>
      <div id=list role=region aria-label=Log><div style="height:2000px"></div></div>
      <button style="position:absolute;left:300px;top:20px">Stay</button>`);
    await page.mouse.move(100, 100);
    await page.mouse.wheel(0, 150);
    await page.waitForTimeout(700);
    await page.mouse.move(500, 300);
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(700);
    await page.mouse.wheel(0, 20);
    await page.waitForTimeout(1500);
    await page.evaluate(() => scrollTo(0, 1500));
    await page.waitForTimeout(700);
    const events = await pages.events();
    expect(events.map((e) => [e.kind, e.element?.label, e.distance])).toEqual([
      ['scroll', 'Log', { x: 0, y: 150 }],
      ['scroll', undefined, { x: 0, y: 400 }],
    ]);
  });
});

describe('navigation', () => {
  it('within the page, with its new title and without queries', async () => {
    await pages.open(`<title>Home</title><button onclick="history.pushState({}, '', '/users/7?token=abc'); setTimeout(() => document.title = 'Jane', 50)">User</button>
      <a href="#/settings?x=1">Settings</a><a href="#part">Part</a>`);
    await page.click('button');
    await page.waitForTimeout(300);
    await page.evaluate(() => history.replaceState({}, '', '?filter=1'));
    await page.click('a');
    await page.waitForTimeout(1700);
    const events = await pages.events();
    expect(events.every(({ traversed }) => !traversed)).toBe(true);
    expect(
      events.map((e) => [
        e.kind,
        e.page!.title,
        new URL(e.page!.url).pathname + new URL(e.page!.url).hash + new URL(e.page!.url).search,
      ]),
    ).toEqual([
      ['click', 'Home', '/'],
      ['navigation', 'Jane', '/users/7'],
      ['click', 'Jane', '/users/7'],
      ['navigation', 'Jane', '/users/7#/settings'],
    ]);
  });
});

it('says of a page that was gone back to that it was', async () => {
  await pages.open(
    `<title>First</title><a href=/second>On</a>`,
    { opened: true },
    {
      '/second': '<title>Second</title>',
    },
  );
  await page.click('a');
  await page.waitForURL('**/second');
  await page.goBack();
  await expect
    .poll(async () => (await pages.events()).map((e) => [e.kind, e.page!.title, e.traversed]))
    .toContainEqual(['navigation', 'First', true]);
});

describe('where', () => {
  it('inside shadow roots, open and slotted', async () => {
    await pages.open(`<my-bar id=bar>Label</my-bar><script>
      customElements.define('my-bar', class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: 'open' }).innerHTML = '<button id=go><slot></slot></button><select aria-label=Size><option>S<option>M</select>' } })
    </script>`);
    await page.click('my-bar button');
    await page.focus('my-bar select');
    await page.keyboard.press('ArrowDown');
    const events = await pages.events();
    expect(said(events)).toEqual(['click|button|Label', 'choice|combobox|Size|-|M']);
    expect(events[0]!.element!.selectors[0]).toBe('#bar >>> #go');
  });

  const inner = (name: string) =>
    `<body style="margin:0"><button style="position:absolute;left:30px;top:20px;width:90px;height:40px;border:0">${name}</button>`;

  it.each([
    ['of the same origin', '/inner'],
    ['of another site', '{other}/inner'],
    ['without an origin', 'srcdoc'],
  ])('inside frames %s, scrolled, padded and scaled', async (_, source) => {
    const attribute =
      source === 'srcdoc'
        ? `sandbox="allow-scripts" srcdoc='<html data-watch="{}">${inner('In').replaceAll("'", '')}'`
        : `src="${source}"`;
    await pages.open(
      `<title>Outer</title><body style="margin:0;height:3000px">
        <iframe ${attribute} style="position:absolute;left:100px;top:500px;width:400px;height:200px;border:5px solid;padding:10px;transform:scale(1.5);transform-origin:0 0"></iframe>`,
      {},
      { '/inner': inner('In') },
    );
    await page.waitForTimeout(500);
    await page.mouse.move(700, 20);
    await page.mouse.wheel(0, 300);
    await page.waitForTimeout(700);
    // left 100 + (5 + 10 + 30) × 1.5, top 500 − 300 + (5 + 10 + 20) × 1.5
    await page.mouse.click(100 + 75 * 1.5, 200 + 55 * 1.5);
    const event = (await pages.events()).find((e) => e.kind === 'click')!;
    expect(event.element).toMatchObject({ role: 'button', label: 'In' });
    expect(event.element!.rect).toEqual({ x: 167.5, y: 252.5, width: 135, height: 60 });
    expect(event.point).toEqual({ x: 212.5, y: 282.5 });
    expect(event.page).toMatchObject({ title: 'Outer' });
    expect(event.viewport!.width).toBe(await page.evaluate(() => innerWidth));
  });

  it('inside a frame of another site in a frame of another site', async () => {
    await pages.open(
      `<body style="margin:0"><iframe src="{other}/middle" style="position:absolute;left:50px;top:60px;width:500px;height:400px;border:0"></iframe>`,
      {},
      {
        '/middle': `<body style="margin:0"><iframe src="{origin}/inner" style="position:absolute;left:20px;top:10px;width:300px;height:200px;border:0"></iframe>`,
        '/inner': inner('Deep'),
      },
    );
    await page.waitForTimeout(1200);
    await page.mouse.move(110, 95);
    await page.waitForTimeout(200);
    await page.mouse.click(130, 110);
    const event = (await pages.events()).find((e) => e.kind === 'click')!;
    expect(event.element!.label).toBe('Deep');
    expect(event.element!.rect).toEqual({ x: 100, y: 90, width: 90, height: 40 });
  });
});
