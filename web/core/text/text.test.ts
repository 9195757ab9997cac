import { describe, expect, test } from 'vitest';
import type { Word } from '../evidence.ts';
import { sourceRange } from '../time.ts';
import { restoreSentences, sentenceText } from './sentences.ts';
import { titleFrom } from './titles.ts';

/** Words at 0.3 s each; `|` is a pause of 0.7 s, `||` of 1.5 s. */
function spoken(text: string): Word[] {
  let time = 0;
  const words: Word[] = [];
  for (const part of text.split(/\s+/)) {
    if (part === '|') time += 0.7;
    else if (part === '||') time += 1.5;
    else words.push({ ...sourceRange(time, (time += 0.3)), text: part, confidence: 0.9 });
  }
  return words;
}
const restored = (text: string, language = 'en') =>
  restoreSentences({ words: spoken(text), fillers: [], disfluencies: [], language }).map(
    (s) => s.text,
  );

test.each([
  ["So now I'm going to click on the settings button.", 'Click the settings button'],
  ['You want to open your profile.', 'Open your profile'],
  [
    "And then let's go to the billing page, because that's where the invoices are.",
    'Go to the billing page',
  ],
  [
    'Next, type the name of the project into the field.',
    'Type the name of the project into the field',
  ],
  ['Here you can see the list of all projects.', 'List of all projects'],
  [
    'First of all, we need to open our account menu and choose preferences.',
    'Open your account menu and choose preferences',
  ],
  ["In this video I'll show you how to invite a colleague.", 'How to invite a colleague'],
  ['To save your changes, click Save.', 'Click Save'],
  ['Okay, so what I want to do is select the first row.', 'Select the first row'],
  ["I'm clicking on Invite now.", 'Click Invite'],
  ['After that, just press Enter.', 'Press Enter'],
  ["Then I've created a new board.", 'Create a new board'],
  ['Once it has loaded, you should see the dashboard.', 'Dashboard'],
  ['Finally, click Publish and you are done.', 'Click Publish'],
  ['Let me drag the card over to the done column.', 'Drag the card over to the done column'],
  ["The first thing we'll do is open the terminal.", 'Open the terminal'],
  ['This is the overview page.', 'Overview page'],
  ['Go ahead and tick the box next to monthly reports.', 'Tick the box next to monthly reports'],
])('%s → %s', (sentence, title) => {
  expect(titleFrom(sentence, 'en')).toBe(title);
});

test('a title never dangles, never breaks a word, never grows long', () => {
  const long =
    'Click on the very long button at the bottom of the page that takes us to the settings of the whole company account.';
  const title = titleFrom(long, 'en');
  expect(title.length).toBeLessThanOrEqual(60);
  expect(long.toLowerCase()).toContain(title.toLowerCase().replace('click ', ''));
  expect(title).not.toMatch(/\b(the|of|that|at|to|on|a)$/i);
  expect(titleFrom('Now click on the', 'en')).toBe('Click');
});

test('titles in other languages are the first clause without its opener', () => {
  expect(
    titleFrom('Als Nächstes klicken wir auf Einstellungen, weil dort alles steht.', 'de'),
  ).toBe('Klicken wir auf Einstellungen');
  expect(titleFrom('Ensuite, cliquez sur le bouton Enregistrer.', 'fr')).toBe(
    'Cliquez sur le bouton Enregistrer',
  );
  expect(titleFrom('次に、設定を開きます。', 'ja')).toBe('設定を開きます');
});

test('a filler that is only suspected takes no word out of the text', () => {
  const words = spoken('Ask what you can do.');
  const at = (confidence: number) => [{ ...words[0]!, text: 'um', confidence }];
  const text = (confidence: number) =>
    restoreSentences({ words, fillers: at(confidence), disfluencies: [], language: 'en' })[0]?.text;
  expect(text(0.3)).toBe('Ask what you can do.');
  expect(text(0.9)).toBe('What you can do.');
});

describe('sentences', () => {
  test('from words without punctuation, cut at pauses and openers', () => {
    expect(
      restored(
        "okay i'm going to open the menu | then i choose export | and now we wait for the file",
      ),
    ).toEqual([
      "Okay I'm going to open the menu.",
      'Then I choose export.',
      'And now we wait for the file.',
    ]);
  });

  test('fillers, slips and stage directions go; what they ended stays ended', () => {
    expect(restored('[Music] Um, so the the menu, uh. Then click Save. ♪ la la ♪ Done.')).toEqual([
      'So the menu.',
      'Then click Save.',
      'Done.',
    ]);
  });

  test('found fillers and false starts are taken by their time', () => {
    const words = spoken('Click on the red I mean the blue button.');
    const [from, to] = [words[2]!.start, words[5]!.end];
    const [sentence] = restoreSentences({
      words,
      fillers: [],
      disfluencies: [sourceRange(from, to)],
      language: 'en',
    });
    expect(sentence!.text).toBe('Click on the blue button.');
  });

  test('run-ons are cut where the speaker goes on', () => {
    const parts = restored(
      'So here I open the project and I look at all of the files that are in it and there are quite a few of them and then I click on the button in the corner to add another one to the list of files.',
    );
    expect(parts).toHaveLength(2);
    expect(parts[1]).toMatch(/^And then I click/);
  });

  test('abbreviations end nothing and nothing is punctuated twice', () => {
    expect(restored('Pick a colour, e.g. blue, and save it.')).toEqual([
      'Pick a colour, e.g. blue, and save it.',
    ]);
    expect(sentenceText(['and', 'so,', '.'], 'en')).toBe('And so.');
    expect(sentenceText(['wait...'], 'en')).toBe('Wait...');
    expect(sentenceText(['iPhone', 'settings'], 'en')).toBe('iPhone settings.');
    expect(sentenceText(['設定', 'を', '開く'], 'ja')).toBe('設定を開く。');
  });

  test('capitals of old subtitles come down', () => {
    expect(restored('CLICK THE BUTTON IN THE TOP RIGHT CORNER OF THE PAGE. I WAIT.')).toEqual([
      'Click the button in the top right corner of the page.',
      'I wait.',
    ]);
  });
});
