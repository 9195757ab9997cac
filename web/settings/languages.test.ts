import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { languages } from './languages.ts';

test('every language of the embedded model has a name, and no other is offered', () => {
  const file = new URL('../models/files/whisper-base/generation_config.json', import.meta.url);
  const { lang_to_id } = JSON.parse(readFileSync(file, 'utf8')) as { lang_to_id: object };
  const known = Object.keys(lang_to_id).map((token) => token.slice(2, -2));
  const offered = languages(['*']);
  expect(offered.map((l) => l.code).sort()).toEqual(known.sort());
  expect(offered.filter((l) => l.name === l.code)).toEqual([]);
});

test('a model for one language offers that one', () => {
  expect(languages(['en'])).toEqual([{ code: 'en', name: 'English' }]);
});
