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

  it('on the box around the field of a list, and on long text without a name', async () => {
    await pages.open(`<div style="border:1px solid;width:300px;height:30px"><span id=shown>Choose…</span><input role=combobox aria-label=Country style="width:1px;border:0"></div>
      <section><h2>Plans</h2><p>${'Many words. '.repeat(20)}</p></section>`);
    await page.click('#shown');
    await page.click('section p');
    await page.click('h2');
    expect(await told()).toEqual(['click|combobox|Country', 'click', 'click|heading|Plans']);
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

  it('an option of an open list by the list', async () => {
    await pages.open(`<select size=3 aria-label=Plan><option>Free<option>Paid</select>`);
    await page.mouse.click(20, 32);
    const [event, more] = await pages.events();
    expect(more).toBeUndefined();
    expect(event).toMatchObject({ kind: 'choice', value: 'Paid', element: { label: 'Plan' } });
  });

  it('what programs choose for the person, but not what a widget keeps in step', async () => {
    await pages.open(`<select aria-label=Plan><option>Free<option>Paid</select>
      <div role=option onclick="s.value='B'; s.dispatchEvent(new Event('input', { bubbles: true })); s.dispatchEvent(new Event('change', { bubbles: true }))">B</div>
      <select id=s><option>A<option>B</select>`);
    await page.selectOption('select', 'Paid');
    await page.click('[role=option]');
    expect(await told()).toEqual(['choice|combobox|Plan|-|Paid', 'click|option|B']);
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
