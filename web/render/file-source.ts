/** Reads a file for mediabunny: a little where it is jumped about in, more and more where it is read on. */
import { CustomSource } from 'mediabunny';

/** Bytes read at once at most. */
const mostAhead = 2 ** 20;
/** Blocks held: picture and sound go through the file at the same time, each with a look around. */
const held = 6;

interface Block {
  start: number;
  end: number;
  data: Promise<ArrayBuffer>;
}

/**
 * `BlobSource` opens a stream for every jump, and the browser fills each with a megabyte or two that
 * nobody reads; an export jumps a thousand times.
 */
export function fileSource(file: Blob): CustomSource {
  let blocks: Block[] = [];

  return new CustomSource({
    getSize: () => file.size,
    async read(start, end) {
      // The last one in the file of those that begin before: where two overlap it reaches further.
      const before = blocks
        .filter((block) => block.start <= start && start <= block.end)
        .reduce<Block | null>((last, block) => (last && last.end > block.end ? last : block), null);
      let block = before;
      if (!block || block.end < end) {
        const ahead = before ? Math.min(mostAhead, 2 * (before.end - before.start)) : 0;
        const until = Math.min(file.size, Math.max(end, start + ahead));
        block = { start, end: until, data: file.slice(start, until).arrayBuffer() };
        blocks = [block, ...blocks.filter((other) => other !== before)].slice(0, held);
      }
      // A copy, or mediabunny's cache would keep the whole block for it.
      return new Uint8Array((await block.data).slice(start - block.start, end - block.start));
    },
    prefetchProfile: 'fileSystem',
  });
}
