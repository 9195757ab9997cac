/** The little XML that S3 speaks. */

const entities: Record<string, string> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
};

const decode = (text: string): string =>
  text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(parseInt(hex, 16)))
    .replace(/&#(\d+);/g, (_, digits: string) => String.fromCodePoint(Number(digits)))
    .replace(/&(?:amp|lt|gt|quot|apos);/g, (entity) => entities[entity] ?? entity);

/** What stands between every `<name>` and its end, still as XML; of names that hold none of their own. */
export function elements(xml: string, name: string): string[] {
  const [open, close] = [`<${name}`, `</${name}>`];
  const found: string[] = [];
  for (let at = xml.indexOf(open); at >= 0; at = xml.indexOf(open, at + 1)) {
    // `<Part>` and `<Part xmlns=…>`, but not `<PartNumber>`.
    if (!/[\s>]/.test(xml[at + open.length] ?? '')) continue;
    const begin = xml.indexOf('>', at) + 1;
    const end = xml.indexOf(close, begin);
    if (begin === 0 || end < 0) break;
    found.push(xml.slice(begin, end));
    at = end;
  }
  return found;
}

/** Text of the first `<name>`, null when there is none. */
export function textOf(xml: string, name: string): string | null {
  const found = elements(xml, name)[0];
  return found === undefined ? null : decode(found);
}

export const escapeXml = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (sign) => Object.entries(entities).find(([, value]) => value === sign)![0],
  );
