import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { recordEvent, type AuditEvent } from '../audit/record.ts';
import { removeOldEntries } from '../audit/retention.ts';
import { findEntries } from '../audit/find.ts';
import { runDueJobs } from '../scheduled.ts';
import { BackupDamaged, chunkLength, decrypt, encrypt } from './cipher.ts';
import { backupJob, keptDays, makeBackup, prefix } from './make.ts';
import { readBackup, restore } from './restore.ts';
import { literal } from './sql.ts';

const secret = btoa(String.fromCharCode(...new Uint8Array(32).fill(7)));
const other = btoa(String.fromCharCode(...new Uint8Array(32).fill(8)));
const withBackups = { ...env, BACKUP_KEY: secret };
const day = 86_400_000;

async function* pieces(bytes: Uint8Array, length = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.slice(at, at + length);
}
async function joined(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return new Uint8Array(await new Blob(all as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
const random = (length: number) => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536)
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
};

describe('cipher', () => {
  test.each([0, 1, chunkLength - 1, chunkLength, chunkLength + 1, 3 * chunkLength, 200_001])(
    'gives %i bytes back',
    async (length) => {
      const plain = random(length);
      const sealed = await joined(encrypt(pieces(plain), secret));
      expect(await joined(decrypt(pieces(sealed, 777), secret))).toEqual(plain);
    },
  );

  test('opens nothing that was changed, swapped, cut off or made with another key', async () => {
    const sealed = await joined(encrypt(pieces(random(3 * chunkLength)), secret));
    const frame = chunkLength + 20;
    const attempts: Record<string, Uint8Array> = {
      empty: new Uint8Array(),
      'cut at a chunk': sealed.slice(0, 24 + 2 * frame),
      'cut within': sealed.slice(0, -5),
      longer: await joined(pieces(new Uint8Array([...sealed, 0]))),
      swapped: new Uint8Array([
        ...sealed.slice(0, 24),
        ...sealed.slice(24 + frame, 24 + 2 * frame),
        ...sealed.slice(24, 24 + frame),
        ...sealed.slice(24 + 2 * frame),
      ]),
    };
    for (const at of [0, 9, 24, 30, 24 + frame + 100, sealed.length - 1]) {
      attempts[`bit ${at}`] = sealed.slice();
      attempts[`bit ${at}`]![at]! ^= 1;
    }
    for (const [name, bytes] of Object.entries(attempts)) {
      await expect(joined(decrypt(pieces(bytes), secret)), name).rejects.toThrow(BackupDamaged);
    }
    await expect(joined(decrypt(pieces(sealed), other))).rejects.toThrow(BackupDamaged);
  });

  test('refuses a key of another length', async () => {
    await expect(joined(encrypt(pieces(random(1)), btoa('short')))).rejects.toThrow(/32 bytes/);
  });
});

const event = (workspaceId: string | null): AuditEvent => ({
  ...{ workspaceId, actorId: 'x', action: 'guide.viewed', outcome: 'success' },
  ...{ address: null, requestId: null },
});

describe('drill', () => {
  test('a backup restored into an empty database is the database', async () => {
    await env.DB.exec('create table blobs (id integer primary key, bytes blob, number real)');
    await env.DB.prepare('insert into blobs values (5, ?, 1.5), (9, null, null)')
      .bind(random(300).buffer)
      .run();
    await env.DB.batch(
      Array.from({ length: 450 }, (_, index) =>
        env.DB.prepare(
          'insert into workspaces (id, name, created_at, created_by) values (?, ?, ?, ?)',
        ).bind(`w${index}`, `Ünïcode \u2028 "${index}"`, index, 'x'),
      ),
    );
    await env.DB.prepare(`insert into members values ('w1', 'x', 'owner', 1)`).run();
    for (let at = 1; at <= 12; at += 1) await recordEvent(env, event('w1'), at);
    await removeOldEntries(env, 'w1', 5, 100);
    await recordEvent(env, event(null));
    const key = await makeBackup(withBackups, 1000);
    const stored = await env.BACKUPS!.get(key!);
    const report = await restore(
      { ...env, DB: env.EMPTY },
      readBackup(stored!.body as unknown as AsyncIterable<Uint8Array>, secret),
    );
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ at: 1000, rows: { workspaces: 450, blobs: 2, members: 1 } });
    expect(Object.keys(report.chains).sort()).toEqual(['installation', 'w1']);
    const everything = async (db: D1Database, table: string) =>
      (await db.prepare(`select * from ${table} order by 1, 2`).all()).results;
    for (const table of ['workspaces', 'members', 'blobs', 'audit_anchors', 'd1_migrations']) {
      expect(await everything(env.EMPTY, table)).toEqual(await everything(env.DB, table));
    }
    const objects = `select type, name, sql from sqlite_master where name not like '_cf_%' order by 1, 2`;
    expect((await env.EMPTY.prepare(objects).all()).results).toEqual(
      (await env.DB.prepare(objects).all()).results,
    );
    // It is a database to go on with, and the log's rules hold there too.
    await recordEvent({ ...env, DB: env.EMPTY }, event('w1'));
    await expect(env.EMPTY.prepare('delete from audit_events').run()).rejects.toThrow();
    await expect(
      restore({ ...env, DB: env.EMPTY }, readBackup(pieces(new Uint8Array()), secret)),
    ).rejects.toThrow(/not empty/);
  });

  test('nothing of the database can be read in the file', async () => {
    const key = await makeBackup(withBackups, 2000);
    const text = await (await env.BACKUPS!.get(key!))!.text();
    expect(text.startsWith('CAIRNBK1')).toBe(true);
    expect(text).not.toMatch(/create table|workspaces|installation/);
  });
});

test('without a bucket or a key there is no backup, and the job says so without failing', async () => {
  const { BACKUPS: _, ...withoutBucket } = withBackups;
  expect(await makeBackup(withoutBucket, 1)).toBeNull();
  expect(await makeBackup({ ...env }, 1)).toBeNull();
});

test('one a day, each kept seven days and gone after eight, the last one kept for ever', async () => {
  const begin = Date.UTC(2026, 5, 1);
  const keys = async () =>
    (await env.BACKUPS!.list({ prefix: `${prefix}2026` })).objects.map((one) => one.key);
  for (let hour = 0; hour < 24 * 12; hour += 12) {
    await runDueJobs(withBackups, begin + hour * (day / 24), [backupJob]);
  }
  const kept = await keys();
  expect(kept).toHaveLength(keptDays);
  expect(kept[0]).toBe(`${prefix}2026-06-05T00-00-00.000Z.cairn-backup`);
  await runDueJobs({ ...env }, begin + 60 * day, [backupJob]);
  expect(await keys()).toEqual([`${prefix}2026-06-12T00-00-00.000Z.cairn-backup`]);
  const made = await findEntries(env, 'installation', { action: 'backup' }, { limit: 100 });
  expect(made.filter((entry) => entry.action === 'backup.removed')).toHaveLength(13);
});

test.each([
  null,
  0,
  -1.5,
  'plain',
  "it's",
  'a\nb',
  'nul\0in\0it',
  '',
  '); drop table x; --',
  'é\u2028',
])('as SQL, %j stays what it is', async (value) => {
  const found = await env.DB.prepare(`select ${literal(value)} as value`).first<unknown>('value');
  expect(found).toBe(value);
});
