import { expect, test } from 'vitest';
import { decodeJson, encodeJson } from './json.ts';

test('typed arrays and endless numbers come back', () => {
  const value = {
    peaks: new Int8Array([-127, 0, 127]),
    times: new Float64Array([0, 1 / 3, 1e9]),
    part: new Float32Array([9, 0.5, 0.25]).subarray(1),
    loudness: -Infinity,
    text: 'as it is',
    none: null,
    empty: new Float64Array(),
  };
  const read = decodeJson(encodeJson(value));
  expect(read).toEqual({ ...value, part: new Float32Array([0.5, 0.25]) });
});

test.each([
  '{"$":"BigInt64Array","base64":""}',
  '{"$":"constructor","base64":""}',
  '{"$":"Float64Array","base64":"AAAA"}',
  '{"$":"Float64Array","base64":"??"}',
  '{"$":"number","value":"1"}',
  '{"$":1}',
])('%s is refused', (text) => expect(() => decodeJson(text)).toThrow());
