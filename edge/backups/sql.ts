/** A backup as SQL, for databases that are only reached by a command line. */
import type { DumpLine, Value } from './dump.ts';

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function literal(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object') {
    const bytes = Uint8Array.from(atob(value.base64), (letter) => letter.charCodeAt(0));
    return `x'${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}'`;
  }
  // A NUL would end the text where SQL is read as C strings.
  if (value.includes('\0')) {
    const parts = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
    return `(${parts.join(' || char(0) || ')})`;
  }
  return `'${value.replaceAll("'", "''")}'`;
}

/** One statement a piece; triggers and indexes come behind the rows. */
export async function* sqlOf(lines: AsyncIterable<DumpLine>): AsyncGenerator<string> {
  const later: string[] = [];
  let insert = '';
  yield 'pragma defer_foreign_keys = on;\n';
  for await (const line of lines) {
    if (Array.isArray(line)) yield `${insert} values (${line.map(literal).join(', ')});\n`;
    else if ('table' in line) {
      insert = `insert into ${quoted(line.table)} (${line.columns.map(quoted).join(', ')})`;
    } else if ('object' in line) {
      if (line.object === 'table') yield `${line.sql};\n`;
      else later.push(`${line.sql};\n`);
    }
  }
  yield* later;
}
