/** By which site rules know the page of a frame. */

/** Host name; a frame that has no address of its own has its parent's, and files are the site "file". */
export function siteOfPage(): string {
  const addresses = [location.href, self.origin, ...(location.ancestorOrigins ?? [])];
  for (const address of addresses) {
    const host = URL.canParse(address) ? new URL(address).hostname : '';
    if (host) return host;
  }
  return location.protocol === 'file:' ? 'file' : '';
}
