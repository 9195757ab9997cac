/** An export as a zip (docs/export-format.md), written while it is read: nothing is held but one piece. */
import { makeZip } from 'client-zip';
import type { AuditFilter } from '../contract/audit.ts';
import { streamText } from '../audit/export.ts';
import { streamEntries } from '../audit/find.ts';
import { anchorOf } from '../audit/verify.ts';
import type { Env } from '../env.ts';
import { described, fetchObject, objectsOf, pathOf, type Selection } from './media.ts';
import type { Rows } from './rows.ts';

export interface ExportContents {
  kind: 'person' | 'workspace';
  /** Of the person or workspace. */
  id: string;
  at: number;
  part: number;
  parts: number;
  rows: Rows;
  media: Selection;
  /** Workspaces whose media are left out, because their policy does not let this session in. */
  closed?: string[];
  /** Chains of the audit log, and which of their entries belong to the export. */
  logs: { chain: string; filters: AuditFilter[]; whole: boolean }[];
}

type Entry = { name: string; lastModified: Date; input: string | ReadableStream<Uint8Array> };

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

async function* logText(env: Env, { logs }: ExportContents): AsyncGenerator<string> {
  yield '[';
  let separator = '\n';
  for (const { chain, filters, whole } of logs) {
    const anchor = whole ? await anchorOf(env, chain) : null;
    yield `${separator}{"chain":${JSON.stringify(chain)},"anchor":${JSON.stringify(anchor)},"entries":[`;
    let inner = '\n';
    for (const filter of filters) {
      for await (const entry of streamEntries(env, chain, filter)) {
        yield inner + JSON.stringify(entry);
        inner = ',\n';
      }
    }
    yield '\n]}';
    separator = ',\n';
  }
  yield '\n]\n';
}

async function* entriesOf(env: Env, contents: ExportContents): AsyncGenerator<Entry> {
  const lastModified = new Date(contents.at);
  const { kind, id, at, part, parts, rows, media } = contents;
  const format = 'cairn-export';
  const madeAt = new Date(at).toISOString();
  const head = { format, version: 1, kind, id, at: madeAt, part, parts };
  yield { name: 'export.json', lastModified, input: json(head) };
  if (part === 1) {
    yield { name: 'records.json', lastModified, input: json(rows) };
    yield { name: 'activity.json', lastModified, input: streamText(logText(env, contents)) };
  }
  const objects = await objectsOf(env, media, part);
  const missing: string[] = [];
  for (const object of objects) {
    const input = await fetchObject(env, object);
    if (input) yield { name: pathOf(object), lastModified, input };
    else missing.push(object.id);
  }
  const list = {
    files: objects.filter((one) => !missing.includes(one.id)).map(described),
    missing,
    closedWorkspaces: contents.closed ?? [],
  };
  yield { name: 'media.json', lastModified, input: json(list) };
}

export function exportZip(env: Env, contents: ExportContents): Response {
  const { kind, at, part, parts } = contents;
  const name = [
    `cairn-${kind}-${new Date(at).toISOString().slice(0, 10)}`,
    ...(parts > 1 ? [`part-${part}-of-${parts}`] : []),
  ].join('-');
  return new Response(makeZip(entriesOf(env, contents)), {
    headers: {
      'Content-Type': 'application/zip',
      'Content-Disposition': `attachment; filename="${name}.zip"`,
      'Cache-Control': 'no-store',
    },
  });
}
