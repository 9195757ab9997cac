import fc from 'fast-check';
import { Marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { buildArticle, stillFileNames, type Article } from '../core/article.ts';
import type { Project, Step } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { articleHtml } from './html.ts';
import { inlineHtml } from './html-text.ts';
import { parseInline, plainText, safeHref } from './inline.ts';
import { articleMarkdown } from './markdown.ts';
import { articleText } from './rich-text.ts';
import type { Still } from './stills.ts';

const article = (...paragraphs: string[]): Article => ({
  title: 'Save & share <now>',
  language: 'en',
  sections: [
    {
      id: 'a',
      part: null,
      heading: '1. Open *it* [x] #',
      paragraphs,
      image: { time: sourceTime(1), alt: 'The "menu" ]', target: null },
    },
  ],
});
const still: Still = {
  data: new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' }),
  type: 'png',
  width: 4,
  height: 3,
};
async function html(a: Article): Promise<string> {
  const parts: string[] = [];
  for await (const part of articleHtml(a, new Map([['a', still]]))) parts.push(part);
  return parts.join('');
}

describe('the inline Markdown of steps', () => {
  test('what every format can show', () => {
    const pieces = parseInline(
      'Press **Save *now*** or `a < b`, see [the page](https://example.org/a?b="c").',
    );
    expect(inlineHtml(pieces)).toBe(
      'Press <strong>Save <em>now</em></strong> or <code>a &#60; b</code>, see ' +
        '<a href="https://example.org/a?b=%22c%22" rel="noopener noreferrer">the page</a>.',
    );
    expect(plainText(pieces)).toBe('Press Save now or a < b, see the page.');
  });

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' data:text/html,x',
    'vbscript:x',
    'file:///etc',
    '/relative',
    '//host',
    '',
  ])('no link leads to %j', (href) => {
    expect(safeHref(href)).toBeNull();
    expect(inlineHtml(parseInline(`[x](<${href}>)`))).not.toContain('<a ');
  });

  test('raw HTML is the text that it is', () => {
    const attack =
      '<img src=x onerror=alert(1)><script>alert(1)</script> ![a](https://evil.example/p.png)';
    const out = inlineHtml(parseInline(attack));
    expect(out).not.toMatch(/<(?!\/?(a|em|strong|code|br)\b)/);
    expect(out).toContain('&#60;script&#62;');
  });

  test('whatever is typed, only known tags come out', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'`*_[]()!\\ax:/ \n-=') }), (text) => {
        expect(inlineHtml(parseInline(text))).not.toMatch(
          /<(?!\/?(?:em|strong|code)>|br>|\/a>|a href="[^"<>]*" rel="noopener noreferrer">)/,
        );
      }),
    ));
});

describe('HTML', () => {
  test('one file: no script, no address but data:, everything escaped', async () => {
    const page = await html(article('Hello <b>you</b>'));
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<title>Save &#38; share &#60;now&#62;</title>');
    expect(page).toContain(
      '<img src="data:image/png;base64,AQID" alt="The &#34;menu&#34; ]" width="4" height="3">',
    );
    expect(page).toContain('Hello &#60;b&#62;you&#60;/b&#62;');
    expect(page).not.toMatch(/<script|<link|src="(?!data:)|url\(|@import/i);
    expect(page.match(/<h1>/g)).toHaveLength(1);
    expect(page.match(/<li>/g)).toHaveLength(1);
  });
});

describe('Markdown', () => {
  const render = (markdown: string) => new Marked().parse(markdown, { async: false });

  test('blocks, images and escapes', () => {
    const markdown = articleMarkdown(
      article('2. Then -> *go* to snake_case [x]', '# not a title'),
      new Map([['a', 'images/step-01.png']]),
    );
    expect(markdown).toBe(
      [
        '# Save & share \\<now>',
        '## 1. Open *it* \\[x\\] \\#',
        '2\\. Then -> *go* to snake_case \\[x\\]',
        '\\# not a title',
        '![The "menu" \\]](images/step-01.png)\n',
      ].join('\n\n'),
    );
  });

  test('links, in angle brackets only where needed', () => {
    const text = '[a](https://example.org/x) and [b](https://example.org/f(1))';
    const markdown = articleMarkdown(article(text), new Map());
    expect(markdown).toContain('[a](https://example.org/x) and [b](<https://example.org/f(1)>)');
  });

  test('a reader sees the words as they were typed', () =>
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(...'<>&"`*_[]()!\\ab1.):/ -=+#~|'),
          minLength: 1,
          size: 'large',
        }),
        (text) => {
          const heading = text.replace(/\s+/g, ' ').trim();
          if (!heading) return;
          const shown = render(
            articleMarkdown({ ...article(), title: heading, sections: [] }, new Map()),
          );
          const decoded = shown
            .replace(/<\/?h1>/g, '')
            .replace(
              /&(lt|gt|amp|quot|#39);/g,
              (_, n: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" })[n]!,
            )
            .trim();
          expect(decoded).toBe(heading);
        },
      ),
    ));

  test('emphasis beside emphasis stays emphasis', () => {
    const text = articleMarkdown(article('*a*_b_ **c**__d__'), new Map());
    expect(text).toContain('*ab* **cd**');
  });

  test('inline Markdown survives being written and read again', () =>
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'<>&`*_[]()\\ab1. -+#') }), (text) => {
        const paragraph = text.replace(/\s+/g, ' ').trim();
        if (!paragraph) return;
        const shown = render(articleMarkdown({ ...article(paragraph), title: 't' }, new Map()));
        const strip = (s: string) =>
          s
            .replace(/<[^>]+>/g, '')
            .replace(/&(lt|gt|amp|quot|#\d+);/g, (_, n: string) =>
              n[0] === '#'
                ? String.fromCharCode(Number(n.slice(1)))
                : { lt: '<', gt: '>', amp: '&', quot: '"' }[n]!,
            )
            .replace(/\s+/g, '');
        const body = shown.slice(shown.indexOf('</h2>') + 5);
        expect(strip(body)).toBe(strip(inlineHtml(parseInline(paragraph))));
      }),
    ));
});

test('parts of the article stand above their steps', async () => {
  const [first] = article('Press Save.').sections;
  const whole = {
    ...article(),
    sections: [
      { ...first!, part: 'Team & people', heading: 'Click **Invite**', image: null },
      { ...first!, id: 'b', part: null, heading: 'Choose **Editor** in *Role*', image: null },
    ],
  };
  expect(articleMarkdown(whole, new Map())).toContain(
    '## Team & people\n\n### Click **Invite**\n\nPress Save.\n\n### Choose **Editor** in *Role*',
  );
  const page = await html(whole);
  expect(page).toContain('<p class="part">Team &#38; people</p>');
  expect(page).toContain('<h2>Click <strong>Invite</strong></h2>');
  expect(page).toContain('<h2>Choose <strong>Editor</strong> in <em>Role</em></h2>');
});

test('plain text for the clipboard', () => {
  expect(articleText(article('Press **Save**.'))).toBe(
    'Save & share <now>\n\n1. 1. Open it [x] #\n\nPress Save.\n',
  );
});

test('from project to article', () => {
  const step = (id: string, still: Step['still']): Step => ({
    id,
    start: sourceTime(0),
    end: sourceTime(1),
    title: ` Open\n${id} `,
    text: 'One\nline.\r\n\r\n\r\nTwo.',
    claim: 'said',
    still,
    stillChoices: [],
    interaction: null,
  });
  const project = {
    title: '',
    steps: [
      step('a', { time: sourceTime(3), alt: '' }),
      step('b', null),
      step('c', { time: sourceTime(1), alt: 'Menu' }),
    ],
  } as unknown as Project;
  const recording = { name: 'demo', files: [{ video: {} }] } as unknown as Recording;
  const built = buildArticle(project, recording, 'de');
  expect(built.title).toBe('demo');
  expect(built.sections.map((s) => s.heading)).toEqual(['Open a', 'Open b', 'Open c']);
  expect(built.sections[0]!.paragraphs).toEqual(['One\nline.', 'Two.']);
  expect(built.sections.map((s) => s.image?.alt)).toEqual(['Open a', undefined, 'Menu']);
  expect([...stillFileNames(project, { c: 'webp' })]).toEqual([
    ['a', 'images/step-01.png'],
    ['c', 'images/step-03.webp'],
  ]);
  const soundOnly = buildArticle(
    project,
    { name: 'x', files: [{ video: null }] } as unknown as Recording,
    'de',
  );
  expect(soundOnly.sections.every((s) => s.image === null)).toBe(true);
});
