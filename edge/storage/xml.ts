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
export const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map(
    (match) => match[1] ?? '',
  );

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
