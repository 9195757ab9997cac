/** Until the function that comes back is called, or the page or worker goes. */
export async function holdLock(name: string): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  void navigator.locks.request(name, () => {
    held.resolve();
    return release.promise;
  });
  await held.promise;
  return release.resolve;
}
