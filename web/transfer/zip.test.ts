import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { openMember, readDirectory } from './zip-read.ts';
import { ZipWriter } from './zip-write.ts';

/** A disk in memory. */
function disk() {
  let data = new Uint8Array(0);
  return {
    write(part: Uint8Array, at: number) {
      if (at + part.length > data.length) {
        const larger = new Uint8Array(at + part.length);
        larger.set(data);
        data = larger;
      }
      data.set(part, at);
    },
    file: () => new Blob([data]),
    bytes: () => data,
  };
}

const content = (size: number) => Uint8Array.from({ length: size }, (_, i) => (i * 7) & 255);

async function zip(limit?: number) {
  const target = disk();
  const writer = new ZipWriter((part, at) => target.write(part, at), limit);
  await writer.addFile('recording/media.mp4', new Blob([content(5000)]), () => undefined);
  await writer.addFile('evidence/strip/0.webp', new Blob([content(10)]), () => undefined);
  await writer.addText('cairn.json', '{"ä":1}'.repeat(100));
  expect(writer.close()).toBe(target.bytes().length);
  return target;
}

describe.each([
  ['32 bits', undefined],
  ['64 bits', 1000],
])('a zip with sizes of %s', (_, limit) => {
  test('is one for others', async () => {
    const entries = unzipSync((await zip(limit)).bytes());
    expect(Object.keys(entries)).toEqual([
      'recording/media.mp4',
      'evidence/strip/0.webp',
      'cairn.json',
    ]);
    expect(entries['recording/media.mp4']).toEqual(content(5000));
    expect(new TextDecoder().decode(entries['cairn.json'])).toBe('{"ä":1}'.repeat(100));
  });

  test('comes back', async () => {
    const file = (await zip(limit)).file();
    const members = await readDirectory(file);
    expect(members.size).toBe(3);
    for (const [name, expected] of [
      ['recording/media.mp4', content(5000)],
      ['evidence/strip/0.webp', content(10)],
      ['cairn.json', new TextEncoder().encode('{"ä":1}'.repeat(100))],
    ] as const) {
      const stream = await openMember(file, members.get(name)!);
      expect(new Uint8Array(await new Response(stream).arrayBuffer())).toEqual(expected);
    }
  });

  test('cut off anywhere, it is refused', async () => {
    const file = (await zip(limit)).file();
    for (let size = 0; size < file.size; size += 37) {
      await expect(readDirectory(file.slice(0, size))).rejects.toMatchObject({
        code: 'cairn-damaged',
      });
    }
  });

  test('with any byte of its directory changed, it is read or refused, and nothing else', async () => {
    const whole = (await zip(limit)).bytes();
    for (let at = whole.length - 400; at < whole.length; at++) {
      const changed = whole.slice();
      changed[at]! ^= 0xff;
      const members = await readDirectory(new Blob([changed])).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'cairn-damaged' });
        return new Map<string, never>();
      });
      for (const member of members.values()) {
        await openMember(new Blob([changed]), member).catch((error: unknown) =>
          expect(error).toMatchObject({ code: 'cairn-damaged' }),
        );
      }
    }
  });
});
