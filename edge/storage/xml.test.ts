import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elements, escapeXml, textOf } from './xml.ts';

test('reads what S3 answers', () => {
  const xml = `<?xml version="1.0"?><ListPartsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
    <PartNumberMarker>0</PartNumberMarker><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag></Part>
    <Part>\n<PartNumber>2</PartNumber><ETag>&#34;b&#x22;</ETag></Part></ListPartsResult>`;
  const parts = elements(xml, 'Part');
  expect(parts.map((part) => [textOf(part, 'PartNumber'), textOf(part, 'ETag')])).toEqual([
    ['1', '"a"'],
    ['2', '"b"'],
  ]);
  expect(textOf(xml, 'PartNumberMarker')).toBe('0');
  expect(textOf(xml, 'Marker')).toBeNull();
  expect(elements('<Part><PartNumber>1', 'Part')).toEqual([]);
});

test('what was escaped is read back, inside of anything', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, around) => {
      const xml = `${escapeXml(around)}<Key>${escapeXml(text)}</Key>${escapeXml(around)}`;
      expect(textOf(xml, 'Key')).toBe(text);
    }),
  );
  fc.assert(
    fc.property(fc.string(), (text) => {
      elements(text, 'Key');
    }),
  );
});
