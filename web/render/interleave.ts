/** Two streams that are made at the same time and written in order of time. */

/**
 * Runs ahead of its reader until `limit` is held, so that both work at once. Counted are items, or
 * what `sizeOf` says of each.
 */
export function prefetch<T>(
  source: AsyncGenerator<T, void>,
  limit: number,
  sizeOf: (item: T) => number = () => 1,
): AsyncGenerator<T, void> {
  const queue: T[] = [];
  let held = 0;
  let isDone = false;
  let isStopped = false;
  let failure = null as { error: unknown } | null;
  let wakeReader = () => {};
  let wakeWriter = () => {};

  const pump = async () => {
    try {
      for await (const item of source) {
        queue.push(item);
        held += sizeOf(item);
        wakeReader();
        while (held >= limit && !isStopped)
          await new Promise<void>((resolve) => (wakeWriter = resolve));
        if (isStopped) return;
      }
    } catch (error) {
      failure = { error };
    } finally {
      isDone = true;
      wakeReader();
    }
  };

  return (async function* () {
    const pumping = pump();
    try {
      for (;;) {
        if (queue.length > 0) {
          const item = queue.shift()!;
          held -= sizeOf(item);
          wakeWriter();
          yield item;
        } else if (failure) {
          throw failure.error;
        } else if (isDone) {
          return;
        } else {
          await new Promise<void>((resolve) => (wakeReader = resolve));
        }
      }
    } finally {
      isStopped = true;
      wakeWriter();
      await pumping;
    }
  })();
}

/** Items of all streams, always the one that is earliest of those next in line. */
export async function* inOrder<T>(
  streams: readonly AsyncGenerator<T>[],
  timeOf: (item: T) => number,
): AsyncGenerator<T> {
  try {
    const heads: IteratorResult<T>[] = await Promise.all(streams.map((stream) => stream.next()));
    for (;;) {
      let first = -1;
      let earliest = Infinity;
      for (const [i, head] of heads.entries()) {
        if (head.done) continue;
        const time = timeOf(head.value);
        if (time < earliest) [first, earliest] = [i, time];
      }
      const head = heads[first];
      if (!head || head.done) return;
      yield head.value;
      heads[first] = await streams[first]!.next();
    }
  } finally {
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  }
}
