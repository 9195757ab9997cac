/** Which recordings are shown, and in which order. */
import type { LibraryEntry } from '../state/Library.svelte.ts';
import type { LibrarySort } from '../state/Settings.svelte.ts';

type Compare = (a: LibraryEntry['recording'], b: LibraryEntry['recording']) => number;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const orders: Record<LibrarySort, Compare> = {
  newest: (a, b) => b.createdAt - a.createdAt,
  oldest: (a, b) => a.createdAt - b.createdAt,
  name: (a, b) => collator.compare(a.name, b.name),
  longest: (a, b) => b.duration - a.duration,
  largest: (a, b) => b.size - a.size,
};

/** All words of the search must be in the name, in any order and case. */
export function arrange(
  entries: readonly LibraryEntry[],
  search: string,
  sort: LibrarySort,
): LibraryEntry[] {
  const wanted = search.toLocaleLowerCase('en').split(/\s+/).filter(Boolean);
  return entries
    .filter(({ recording }) => {
      const name = recording.name.toLocaleLowerCase('en');
      return wanted.every((word) => name.includes(word));
    })
    .sort((a, b) => orders[sort](a.recording, b.recording));
}
