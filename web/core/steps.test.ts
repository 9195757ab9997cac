import { describe, expect, test } from 'vitest';
import type { SceneChange, ScreenEvidence, Word } from './evidence.ts';
import type { Interaction } from './interaction.ts';
import { draftSteps, type StepInput } from './steps.ts';
import { sourceRange, sourceTime } from './time.ts';

/** Sentences at given times, 0.32 s a word. */
function said(lines: readonly [time: number, text: string][]): Word[] {
  return lines.flatMap(([time, text]) =>
    text.split(' ').map((word, i) => ({
      ...sourceRange(time + i * 0.32, time + i * 0.32 + 0.27),
      text: word,
      confidence: 0.9,
    })),
  );
}

type Shown = [time: number, settled: number, area?: number, state?: number, reverts?: boolean];
function screen(duration: number, shown: readonly Shown[]): ScreenEvidence {
  const frames = Math.floor(duration * 10);
  const times = Float64Array.from({ length: frames }, (_, i) => i / 10);
  const changes = shown.map(
    ([time, settled, area = 0.3, state, reverts = false], i): SceneChange => {
      const box = { x: 0.1, y: 0.1, width: 0.8, height: Math.min(0.9, area) };
      return {
        time: sourceTime(time),
        settled: sourceTime(settled),
        area,
        box,
        state: state ?? i + 1,
        reverts,
      };
    },
  );
  const activity = Float32Array.from(times, (t) =>
    shown.some(([from, to]) => t >= from && t <= to) ? 0.2 : 0,
  );
  return {
    times,
    activity,
    sharpness: new Float32Array(frames).fill(400),
    changes,
    idle: [],
    thumbnails: null,
  };
}

const draft = (input: Partial<StepInput>) =>
  draftSteps({
    words: [],
    silences: [],
    fillers: [],
    disfluencies: [],
    screen: null,
    interactions: [],
    duration: 60,
    language: 'en',
    ...input,
  });

const tutorial: [number, string][] = [
  [0.5, "Hi everyone, in this video I'll show you how to invite a colleague to your workspace."],
  [7, 'First, click on the settings button in the sidebar.'],
  [14, 'Here you can see everything about the workspace.'],
  [19, 'Then open the members tab.'],
  [26, "Now I'm going to press the invite button."],
  [34, 'Type the address of your colleague into the field.'],
  [43, 'And finally click send.'],
  [50, "That's it, thanks for watching."],
];
const shown: Shown[] = [
  [10.5, 11.6],
  [21.5, 22],
  [29.5, 31.8, 0.2],
  [38, 41, 0.004],
  [45.5, 46, 0.25],
  [46.3, 46.8, 0.02],
];

describe('a narrated tutorial', () => {
  const steps = draft({ words: said(tutorial), screen: screen(58, shown), duration: 58 });

  test('has a step for its introduction and for each action, with telling titles', () => {
    expect(steps.map((s) => s.title)).toEqual([
      'How to invite a colleague to your workspace',
      'Click the settings button in the sidebar',
      'Open the members tab',
      'Press the invite button',
      'Type the address of your colleague into the field',
      'Click send',
    ]);
    [7, 19, 26, 34, 43].forEach((at, i) => {
      expect(Math.abs(steps[i + 1]!.start - at)).toBeLessThan(0.5);
    });
  });

  test('puts each sentence in one step and touches nothing else', () => {
    expect(steps.map((s) => s.text).join(' ')).toBe(tutorial.map(([, text]) => text).join(' '));
    expect(steps[1]!.text).toContain('everything about the workspace');
    for (const [a, b] of steps.slice(1).map((s, i) => [steps[i]!, s] as const)) {
      expect(a.end).toBeLessThanOrEqual(b.start + 1e-9);
    }
  });

  test('shows the settled result before the next change', () => {
    const settled = [0, 11.6, 22, 31.8, 41, 46.8];
    const until = [10.5, 21.5, 29.5, 38, 45.5, 58];
    steps.forEach((s, i) => {
      expect(s.stills[0]!.time).toBeGreaterThan(settled[i]!);
      expect(s.stills[0]!.time).toBeLessThan(until[i]!);
    });
    expect(steps.map((s) => s.claim)).toEqual([
      'said',
      'shown',
      'shown',
      'shown',
      'shown',
      'shown',
    ]);
  });
});

test('a result that loads into the next sentence still belongs to its step', () => {
  const words = said([
    [1, 'Click on reports to load them.'],
    [5, 'Then choose the last month from the list.'],
  ]);
  const steps = draft({
    words,
    screen: screen(20, [
      [4, 7.5],
      [9, 9.4],
    ]),
    duration: 20,
  });
  expect(steps).toHaveLength(2);
  expect(steps[0]!.stills[0]!.time).toBeGreaterThan(7.5);
  expect(steps[0]!.stills[0]!.time).toBeLessThan(9);
  expect(steps[1]!.stills[0]!.time).toBeGreaterThan(9.4);
});

test('a notice that goes away again is the result; so is a page after its skeleton', () => {
  const words = said([
    [1, 'Click save to keep your work.'],
    [12, 'Open the dashboard from the menu.'],
  ]);
  const steps = draft({
    words,
    screen: screen(24, [
      [3, 3.2, 0.03, 1],
      [7, 7.2, 0.03, 0, true],
      [14, 14.1, 0.7, 2],
      [14.6, 14.9, 0.6, 3],
    ]),
    duration: 24,
  });
  expect(steps[0]!.stills[0]!.time).toBeGreaterThan(3.2);
  expect(steps[0]!.stills[0]!.time).toBeLessThan(7);
  expect(steps[1]!.stills[0]!.time).toBeGreaterThan(14.9);
  expect(steps[1]!.stills.length).toBeGreaterThan(1);
});

describe('interactions', () => {
  const interactions: Interaction[] = [
    { kind: 'click', time: sourceTime(5), role: 'button', label: 'Invite' },
    { kind: 'click', time: sourceTime(10), role: 'textbox', label: 'E-mail' },
    { kind: 'input', time: sourceTime(11), role: 'textbox', label: 'E-mail' },
    { kind: 'input', time: sourceTime(13), role: 'textbox', label: 'E-mail' },
    { kind: 'scroll', time: sourceTime(15) },
    { kind: 'click', time: sourceTime(20), role: 'link', label: 'Members' },
    {
      kind: 'navigation',
      time: sourceTime(20.8),
      page: { title: 'Members', url: 'https://x.test/' },
    },
  ];

  test('are the steps', () => {
    const steps = draft({
      interactions,
      duration: 30,
      screen: screen(30, [
        [5.1, 5.9],
        [11, 13.2, 0.01],
        [20.2, 22],
      ]),
    });
    expect(steps.map((s) => [s.title, s.claim, s.interaction])).toEqual([
      ['Click **Invite**', 'shown', 0],
      ['Type the e-mail', 'shown', 2],
      ['Click **Members**', 'shown', 5],
    ]);
    const [a, b, c] = steps.map((s) => s.stills[0]!.time);
    expect(a! > 5.9 && a! < 10).toBe(true);
    expect(b! > 13.2 && b! < 20).toBe(true);
    expect(c).toBeGreaterThan(22);
  });

  test('begin with the sentence that announces them', () => {
    const words = said([
      [2, 'Now click invite.'],
      [7, 'Enter the address.'],
      [17, 'Then open the members page.'],
    ]);
    const steps = draft({ words, interactions, duration: 30 });
    expect(steps.map((s) => s.text)).toEqual([
      'Now click invite.',
      'Enter the address.',
      'Then open the members page.',
    ]);
    expect(steps[1]!.start).toBeLessThan(7.01);
    expect(steps[1]!.stills).toEqual([]);
  });
});

test('what only sounds like an instruction opens no step', () => {
  const talk: [number, string][] = [
    [1, 'The build runs every night on our servers.'],
    [8, 'On the left you can see the share of failures.'],
    [15, 'After the build it is copied to the archive.'],
    [22, 'You can change the hour in the file.'],
  ];
  expect(draft({ words: said(talk), duration: 30, screen: screen(30, []) })).toHaveLength(1);
});

test('an instruction may stand behind a condition', () => {
  const words = said([
    [1, 'Click on reports.'],
    [8, 'If anything is unclear, open the help page.'],
  ]);
  expect(draft({ words, duration: 14 }).map((s) => s.title)).toEqual([
    'Click reports',
    'Open the help page',
  ]);
});

describe('less usual recordings', () => {
  test('a short talk is one step, a long one has chapters', () => {
    const talk = Array.from({ length: 60 }, (_, i): [number, string] => [
      i * 7 + (i % 12 === 0 ? 2.5 : 0),
      'It was the best of times and the worst of times in those days.',
    ]);
    expect(draft({ words: said(talk.slice(0, 8)), duration: 56 })).toHaveLength(1);
    const long = draft({ words: said(talk), duration: 425 });
    expect(long.length).toBeGreaterThan(1);
    expect(long.length).toBeLessThan(8);
    expect(long.every((s) => s.claim === 'said' && s.stills.length === 0)).toBe(true);
  });

  test('a silent one is cut where the screen changes, and invents no words', () => {
    const steps = draft({
      screen: screen(40, [
        [5, 5.5],
        [6, 6.2],
        [15, 16],
        [25, 25.2, 0.001],
        [30, 31],
      ]),
      duration: 40,
    });
    expect(steps.map((s) => [s.title, s.text])).toEqual([
      ['Step 1', ''],
      ['Step 2', ''],
      ['Step 3', ''],
    ]);
    const stills = steps.map((s) => s.stills[0]!.time);
    expect(stills[0]! > 6.2 && stills[0]! < 15).toBe(true);
    expect(stills[1]! > 16 && stills[1]! < 30).toBe(true);
    expect(stills[2]! > 31).toBe(true);
  });

  test('an empty one has nothing to say and does not fail', () => {
    expect(draft({ duration: 0 })).toEqual([]);
    expect(draft({ duration: 10, screen: screen(0, []) })).toMatchObject([
      { title: 'Step 1', stills: [] },
    ]);
  });

  test('a language without a table goes by screen and pauses', () => {
    const words = said([
      [1, 'Avaa asetukset vasemmalta.'],
      [9, 'Valitse kieli listasta.'],
      [17, 'Paina tallenna.'],
    ]);
    const steps = draft({
      words,
      language: 'fi',
      duration: 25,
      screen: screen(25, [
        [3, 4],
        [11, 12],
        [19, 19.5],
      ]),
    });
    expect(steps.map((s) => s.title)).toEqual([
      'Avaa asetukset vasemmalta',
      'Valitse kieli listasta',
      'Paina tallenna',
    ]);
  });
});
