/** What the watcher tells of pages that do nasty things, pressed and typed by the browser's own input. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { PageEvent } from './page-event.ts';
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
const told = async () => said(await pages.events());

describe('clicks', () => {
  it('on an icon is on its button, with its name, role, selectors and place', async () => {
    await pages.open(`<title>Members</title>
      <style>body { margin: 0 } button { position: absolute; left: 40px; top: 30px; width: 120px; height: 50px }</style>
      <button data-testid="invite" aria-label="Invite"><svg width="16" height="16"><rect width="16" height="16"/></svg></button>`);
    await page.mouse.click(100, 55);
    const [event] = await pages.events();
    expect(event).toMatchObject({
      kind: 'click',
      state: 'done',
      element: { role: 'button', label: 'Invite', tag: 'button' },
      point: { x: 100, y: 55 },
    });
    expect(event!.element!.rect).toEqual({ x: 40, y: 30, width: 120, height: 50 });
    expect(event!.element!.selectors.slice(0, 2)).toEqual([
      '[data-testid="invite"]',
      'button[aria-label="Invite"]',
    ]);
    expect(event!.page!.title).toBe('Members');
    expect(event!.page!.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(Math.abs(event!.time - Date.now())).toBeLessThan(10_000);
    expect((await pages.reports())[0]!.state).toBe('begun');
  });

  it('reach it on pages that stop propagation', async () => {
    await pages.open(`<button>Save</button><script>
      for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
        for (const to of [window, document]) to.addEventListener(type, (e) => { e.stopImmediatePropagation(); e.preventDefault(); }, true);
    </script>`);
    await page.click('button');
    expect(await told()).toEqual(['click|button|Save']);
  });

  it('on what the page takes away on the press', async () => {
    await pages.open(`<div id=app></div><script>
      const draw = (n) => { app.innerHTML = '<button>Step ' + n + '</button>';
        app.firstChild.onpointerdown = () => draw(n + 1) };
      draw(1);
    </script>`);
    await page.click('button');
    await page.waitForTimeout(600);
    await page.click('button');
    expect(await told()).toEqual(['click|button|Step 1', 'click|button|Step 2']);
  });

  it.each(['pointerdown', 'mousedown', 'click'])('that navigate away on %s', async (type) => {
    await pages.open(
      `<button>Leave</button><script>document.querySelector('button').addEventListener('${type}', () => { location.href = '/next' })</script>`,
      { opened: true },
      { '/next': '<title>Next</title>there' },
    );
    await page.click('button').catch(() => undefined);
    await page.waitForURL('**/next');
    await expect.poll(told).toEqual(['navigation', 'click|button|Leave', 'navigation']);
    const events = await pages.events();
    expect(events[2]!.page).toMatchObject({ title: 'Next' });
  });

  it('in a menu that closes on blur', async () => {
    await pages.open(`<input id=field onfocus="menu.hidden=false" onblur="menu.hidden=true" aria-label=Tag>
      <ul id=menu hidden role=menu><li role=menuitem>Urgent</li></ul>
      <script>menu.onmousedown = () => field.blur()</script>`);
    await page.click('#field');
    await page.click('li');
    expect(await told()).toEqual(['click|textbox|Tag', 'click|menuitem|Urgent']);
  });

  it('that are double, third and by the other buttons', async () => {
    await pages.open(`<p style="user-select:none">Row</p><a href="/x" onauxclick="event.preventDefault()">Open</a><hr>
      <div role=button oncontextmenu="event.preventDefault()">Menu</div>`);
    await page.dblclick('p');
    await page.click('[role=button]', { button: 'right' });
    await page.click('a', { button: 'middle' });
    expect(await told()).toEqual(
      ['double-click|paragraph|Row', 'context-menu|button|Menu', 'click|link|Open'].map((s) =>
        s.replace('paragraph', '-'),
      ),
    );
  });

  it('on something clickable that does not say so', async () => {
    await pages.open(
      `<div style="cursor:pointer" class=card><b><i>Plan</i> Pro</b></div><div>nothing</div>`,
    );
    await page.click('i');
    const [event] = await pages.events();
    expect(event!.element).toMatchObject({ tag: 'div', label: 'Plan Pro' });
  });

  it('by the keyboard, and Enter that submits', async () => {
    await pages.open(
      `<form onsubmit="event.preventDefault()"><input aria-label=Name><button>Send</button></form>`,
    );
    await page.focus('button');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Space');
    await page.focus('input');
    await page.keyboard.press('Enter');
    expect(await told()).toEqual([
      'click|button|Send',
      'click|button|Send',
      'key|textbox|Name|Enter',
    ]);
  });

  it('not those of scripts, nor on what is disabled', async () => {
    await pages.open(`<button disabled>Off</button><button id=b onclick="0">On</button>`);
    await page.evaluate(() => document.getElementById('b')!.click());
    await page.locator('button').first().click({ force: true });
    expect(await told()).toEqual([]);
  });
});

describe('controls', () => {
  it('a label is its control, once', async () => {
    await pages.open(`<label for=a>Accept terms</label> <input type=checkbox id=a>
      <fieldset><legend>Role</legend><label><input type=radio name=r> Editor</label></fieldset>`);
    await page.click('label[for=a]');
    await page.click('#a');
    await page.click('fieldset label');
    expect(await told()).toEqual([
      'choice|checkbox|Accept terms|-|true',
      'choice|checkbox|Accept terms|-|false',
      'choice|radio|Editor|-|Editor',
    ]);
  });

  it('a native select by the option that was chosen', async () => {
    await pages.open(`<label>Role <select><option>Viewer<option>Editor</select></label>
      <select aria-label="Month" autocomplete="cc-exp-month"><option>1<option>2</select>`);
    await page.focus('select');
    await page.keyboard.press('ArrowDown');
    await page.focus('select[aria-label]');
    await page.keyboard.press('ArrowDown');
    expect(await told()).toEqual(['choice|combobox|Role|-|Editor', 'choice|combobox|Month']);
  });

  it('a file field by its label, without the name of the file', async () => {
    await pages.open(`<button onclick="file.click()">Upload</button>
      <label for=file>Photo</label><input type=file id=file style="display:none">`);
    const chooser = page.waitForEvent('filechooser');
    await page.click('button');
    await (await chooser).setFiles(path.join(import.meta.dirname, 'test/secret-name.txt'));
    const events = await pages.events();
    expect(said(events)).toEqual(['click|button|Upload', 'choice|button|Photo']);
    expect(JSON.stringify(events)).not.toContain('secret-name');
    expect(events[1]!.element!.rect!.width).toBeGreaterThan(20);
  });

  it('a slider by where it ended', async () => {
    await pages.open(
      `<input type=range aria-label=Volume min=0 max=100 value=0 style="width:200px;margin:0;position:absolute;left:0;top:0">`,
    );
    await page.mouse.move(8, 8);
    await page.mouse.down();
    await page.mouse.move(60, 8, { steps: 4 });
    await page.mouse.move(192, 8, { steps: 4 });
    await page.mouse.up();
    expect(await told()).toEqual(['choice|slider|Volume|-|100']);
  });
});

describe('typing', () => {
  const form = `<label>City <input></label><input type=password aria-label=Password><input aria-label="Card number">
    <input aria-label=Given autocomplete=given-name><textarea aria-label=Notes></textarea>
    <div contenteditable role=textbox aria-label=Body></div>`;
  const typeAll = async () => {
    for (const [selector, text] of [
      ['label input', 'Oslo'],
      ['[type=password]', 'hunter2'],
      ['[aria-label="Card number"]', '4111'],
      ['[autocomplete]', 'Jane'],
      ['textarea', 'a\nb'],
      ['[contenteditable]', 'Hello'],
    ] as const) {
      await page.focus(selector);
      await page.keyboard.type(text);
    }
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  };

  it('says where, and no text unless that is allowed', async () => {
    await pages.open(form);
    await typeAll();
    const events = await pages.events();
    expect(said(events)).toEqual([
      'input|textbox|City',
      'input|textbox|Password',
      'input|textbox|Card number',
      'input|textbox|Given',
      'input|textbox|Notes',
      'input|textbox|Body',
    ]);
    expect(events.every((e) => e.state === 'done' && e.end! >= e.time)).toBe(true);
    expect(JSON.stringify(await pages.reports())).not.toMatch(/Oslo|hunter2|4111|Jane|Hello/);
  });

  it('says the text of fields that are not private, where that is allowed', async () => {
    await pages.open(form, { text: true });
    await typeAll();
    expect((await pages.events()).map((e) => e.value)).toEqual([
      'Oslo',
      undefined,
      undefined,
      undefined,
      'a b',
      'Hello',
    ]);
  });

  it('keeps a password private that the page shows', async () => {
    await pages.open(
      `<input type=password aria-label=Key><button onclick="document.querySelector('input').type='text'">Show</button>`,
      { text: true },
    );
    await page.click('input');
    await page.keyboard.type('open');
    await page.click('button');
    await page.click('input');
    await page.keyboard.type('sesame');
    await page.click('button');
    expect(JSON.stringify(await pages.reports())).not.toMatch(/open|sesame/);
  });

  it('keeps what the page empties on Enter', async () => {
    await pages.open(
      `<input aria-label=Message onkeydown="if (event.key==='Enter') this.value=''">
      <div contenteditable aria-label=Chat role=textbox onkeydown="if (event.key==='Enter') { event.preventDefault(); this.textContent='' }"></div>`,
      { text: true },
    );
    await page.focus('input');
    await page.keyboard.type('hi');
    await page.keyboard.press('Enter');
    await page.focus('[contenteditable]');
    await page.keyboard.type('yo');
    await page.keyboard.press('Enter');
    expect(await told()).toEqual([
      'input|textbox|Message|-|hi',
      'key|textbox|Message|Enter',
      'input|textbox|Chat|-|yo',
      'key|textbox|Chat|Enter',
    ]);
  });

  it('is not part of the names of things around it', async () => {
    await pages.open(
      `<div role=row onclick="0" style="cursor:pointer"><span>Jane</span> <input aria-label=Salary value=99999></div>`,
    );
    await page.click('span');
    expect(JSON.stringify(await pages.reports())).not.toContain('99999');
  });
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
