/** The audit log as a file, written while it is read. */
import { canonicalJson, type ChainedEntry } from './chain.ts';
import type { Anchor } from './verify.ts';

/**
 * A CSV field by RFC 4180. Spreadsheets run what begins with one of these signs, so such a value gets
 * a quotation mark in front (ASVS 1.2.10).
 */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r\n\0＝＋－＠]/.test(text);
  const safe = isFormula ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || isFormula ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const columns = [
  ...['sequence', 'time', 'actor', 'action', 'targetKind', 'target', 'outcome'],
  ...['address', 'request', 'detail', 'previousHash', 'hash'],
];

const csvLine = (values: (string | number | null)[]) => `${values.map(csvField).join(',')}\r\n`;

async function* csvOf(entries: AsyncIterable<ChainedEntry>): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const entry of entries) {
    yield csvLine([
      ...[entry.sequence, new Date(entry.at).toISOString(), entry.actorId, entry.action],
      ...[entry.targetKind, entry.targetId, entry.outcome, entry.address, entry.requestId],
      ...[entry.detail && canonicalJson(entry.detail), entry.previousHash, entry.hash],
    ]);
  }
}

async function* jsonOf(
  entries: AsyncIterable<ChainedEntry>,
  head: { chain: string; anchor: Anchor | null },
): AsyncGenerator<string> {
  yield `{"chain":${JSON.stringify(head.chain)},"anchor":${JSON.stringify(head.anchor)},"entries":[`;
  let separator = '\n';
  for await (const entry of entries) {
    yield separator + JSON.stringify(entry);
    separator = ',\n';
  }
  yield '\n]}\n';
}

const chunkLength = 32 * 1024;

/** Pieces of text as a stream of bytes in chunks; nothing is read ahead of who takes it. */
export function streamText(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
      while (text.length < chunkLength) {
        const next = await pieces.next();
        if (next.done) {
          if (text) controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += next.value;
      }
      controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}

export function exportEntries(
  format: 'csv' | 'json',
  entries: AsyncIterable<ChainedEntry>,
  head: { chain: string; anchor: Anchor | null },
): Response {
  const type = format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/json';
  return new Response(streamText(format === 'csv' ? csvOf(entries) : jsonOf(entries, head)), {
    headers: {
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="audit-log.${format}"`,
      'Cache-Control': 'no-store',
    },
  });
}
