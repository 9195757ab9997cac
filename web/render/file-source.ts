/** Reads a file for mediabunny with few, large reads where it is read on, and small ones where it is jumped about in. */
import { CustomSource } from 'mediabunny';

/** Bytes read at once where a read goes on from the last one. */
const ahead = 2 ** 20;
/** Readers that go through the file at the same time: picture and sound, each with a look around. */
const readers = 4;

interface Block {
  start: number;
  end: number;
  data: Promise<ArrayBuffer>;
}

/**
 * A stream of the file for every jump, as `BlobSource` has it, costs the browser a megabyte or two
 * read for nothing each time; an export jumps a thousand times.
 */
export function fileSource(file: Blob): CustomSource {
  let blocks: Block[] = [];
  /** Where the latest reads ended. */
  let ends: number[] = [];

  const load = (start: number, end: number): Block => {
    const data = file.slice(start, end).arrayBuffer();
    return { start, end, data };
  };

  return new CustomSource({
    getSize: () => file.size,
    async read(start, end) {
      let block = blocks.find((held) => held.start <= start && held.end >= end);
      if (!block) {
        const goesOn =
          ends.includes(start) || blocks.some((held) => held.end >= start && held.start <= start);
        block = load(start, goesOn ? Math.min(file.size, Math.max(end, start + ahead)) : end);
        if (goesOn) blocks = [block, ...blocks].slice(0, readers);
      }
      ends = [end, ...ends.filter((other) => other !== start)].slice(0, 2 * readers);
      const { start: from, data } = block;
      // A copy, or the cache would keep the whole block for it.
      return new Uint8Array((await data).slice(start - from, end - from));
    },
    prefetchProfile: 'fileSystem',
  });
}
