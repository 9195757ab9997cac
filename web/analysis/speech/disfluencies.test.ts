import { describe, expect, it } from 'vitest';
import type { Word } from '../../core/evidence.ts';
import { sourceTime } from '../../core/time.ts';
import { findDisfluencies } from './disfluencies.ts';

/** Words of 0.3 s each; "|" is a pause of 0.5 s. */
function say(text: string): Word[] {
  let at = 0;
  return text.split(' ').flatMap((token) => {
    if (token === '|') {
      at += 0.5;
      return [];
    }
    const word = { text: token, start: sourceTime(at), end: sourceTime(at + 0.3), confidence: 1 };
    at += 0.3;
    return [word];
  });
}
const found = (text: string) => findDisfluencies(say(text)).map((d) => [d.kind, d.text]);

describe('disfluencies', () => {
  it('takes out the first of two copies', () => {
    const [only, ...rest] = findDisfluencies(say('to honor the the women'));
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ kind: 'repeat', text: 'the' });
    expect(only!.start).toBeCloseTo(0.6);
    expect(only!.end).toBeCloseTo(0.9);
    expect(only!.confidence).toBeGreaterThan(0.8);
  });

  it('finds longer repeats as one', () => {
    expect(found('so I think I think we go')).toEqual([['repeat', 'I think']]);
  });

  it('sees through a filler between the copies', () => {
    const words = say('and the um the door');
    const um = words[2]!;
    const filler = { ...um, signals: ['transcribed' as const] };
    expect(findDisfluencies(words, [filler]).map((d) => d.text)).toEqual(['the']);
  });

  it('finds words broken off and sentences begun again', () => {
    expect(found('the pro- project is new')).toEqual([['false-start', 'pro-']]);
    expect(found('we can | we could try')).toEqual([['false-start', 'we can']]);
  });

  it('leaves what people say twice on purpose', () => {
    expect(found('it is very very good')).toEqual([]);
    expect(found('he had had enough')).toEqual([]);
    expect(found('I know. I know that')).toEqual([]);
    expect(found('dial five 5 5 nine')).toEqual([]);
    expect(found('we went and we saw it')).toEqual([]);
  });
});
