import { expect, test } from 'vitest';
import { failure } from './failure.ts';

const details = { name: 'clip.avi' };

test.each([
  // Seen with a picture of 16000 × 12000 pixels.
  'x264 [error]: malloc of size 501162176 failed\nError submitting video frame to the encoder\nAborted()',
  'RuntimeError: memory access out of bounds',
  'Error while decoding: Cannot allocate memory',
])('names lack of memory: %s', (text) => {
  expect(failure(text, details)).toMatchObject({ code: 'conversion-out-of-memory', details });
});

test('calls nothing else so', () => {
  const text = 'Error while decoding stream #0:0: Invalid data found when processing input';
  expect(failure(text, details).code).toBe('conversion-failed');
});
