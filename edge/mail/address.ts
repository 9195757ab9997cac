/** `name@host` or `Name <name@host>`, as the operator writes it. */
export function parseAddress(text: string): { name: string; email: string } {
  const match = /^\s*"?([^"<]*?)"?\s*<([^<>\s]+)>\s*$/.exec(text);
  return match ? { name: match[1]!, email: match[2]! } : { name: '', email: text.trim() };
}
