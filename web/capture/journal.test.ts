import { expect, test } from 'vitest';
import { encodeEntry, readJournal, type JournalEntry } from './journal.ts';

const entries: JournalEntry[] = [
  {
    kind: 'begin',
    version: 1,
    id: 'a',
    name: 'Überblick',
    source: 'web',
    startedAt: 1,
    files: [{ role: 'screen', name: 'screen.mp4', format: 'mp4' }],
  },
  ...Array.from({ length: 50 }, (_, i) => ({
    kind: 'run' as const,
    track: i % 3,
    offset: 2 ** 33 + i * 1000,
    packets: Array.from({ length: i }, (_, n) => ({
      timestamp: i * 1e6 + n * 33_333,
      duration: 33_333,
      size: 2 ** 30 + n,
      key: n % 30 === 0,
    })),
  })),
  { kind: 'notice', notice: 'microphone-lost' },
  { kind: 'end', duration: 12.5 },
];
const bytes = entries.map(encodeEntry);

async function read(file: Blob, block?: number): Promise<JournalEntry[]> {
  const found: JournalEntry[] = [];
  for await (const entry of readJournal(file, block)) found.push(entry);
  return found;
}

test('entries come back, whatever the size of the blocks that are read', async () => {
  expect(await read(new Blob(bytes))).toEqual(entries);
  expect(await read(new Blob(bytes), 100)).toEqual(entries);
});

test('cut off anywhere, the whole records before are there', async () => {
  const all = new Uint8Array(await new Blob(bytes).arrayBuffer());
  const ends: number[] = [];
  bytes.reduce((at, b) => (ends.push(at + b.length), at + b.length), 0);
  for (let cut = 0; cut <= all.length; cut += 97) {
    const whole = ends.filter((end) => end <= cut).length;
    expect(await read(new Blob([all.subarray(0, cut)]), 512)).toEqual(entries.slice(0, whole));
  }
});

test('damage ends the journal: nothing after it is believed', async () => {
  const all = new Uint8Array(await new Blob(bytes).arrayBuffer());
  const third = bytes[0]!.length + bytes[1]!.length + bytes[2]!.length;
  all[third + 40]! ^= 1;
  expect(await read(new Blob([all]))).toEqual(entries.slice(0, 3));
  // A file system may hand out zeros for what was not on the disk yet.
  all.fill(0, third);
  expect(await read(new Blob([all]))).toEqual(entries.slice(0, 3));
});
