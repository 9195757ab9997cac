/** `ontick` gets the seconds left, down to 1. Rejects at once with the signal's reason when it is aborted. */
export async function countDown(
  seconds: number,
  signal: AbortSignal,
  ontick: (left: number) => void,
): Promise<void> {
  signal.throwIfAborted();
  for (let left = seconds; left > 0; left--) {
    ontick(left);
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      }, 1000);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
