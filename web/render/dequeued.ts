/** Seconds are too long to wait for an event that a failed codec never sends. */
const longest = 250;

/** Settles when the codec has taken something from its queue, or a moment later: the caller looks again. */
export function dequeued(codec: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      codec.removeEventListener('dequeue', done);
      resolve();
    };
    const timer = setTimeout(done, longest);
    codec.addEventListener('dequeue', done, { once: true });
  });
}
