/** The network that an address is likely one of: /24 of IPv4, /48 of IPv6. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address.split('.').slice(0, 3).join('.');
  const [left = '', right] = address.toLowerCase().split('::');
  const groups = left ? left.split(':') : [];
  // `::` stands for as many zero groups as are missing.
  const tail = right ? right.split(':') : [];
  while (right !== undefined && groups.length + tail.length < 8) groups.push('0');
  return [...groups, ...tail]
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
