/** The person's list of what to hide, the same for the panel, the recorder and the app's settings. */
import { liveQuery } from 'dexie';
import {
  emptyRedactionList,
  readRedactionList,
  type RedactionList,
} from '../core/redaction-list.ts';
import { database } from './database.ts';

const key = 'redaction';

/** Throws AppErrors: `rules-newer`, `rules-unreadable`. */
export async function storedRedactionList(): Promise<RedactionList> {
  const row = await database.settings.get(key);
  return row ? readRedactionList(row.value) : emptyRedactionList;
}

/** One change after another, wherever they come from. */
export const changeRedactionList = (
  change: (list: RedactionList) => RedactionList,
): Promise<RedactionList> =>
  database.transaction('rw', database.settings, async () => {
    const value = change(await storedRedactionList());
    await database.settings.put({ key, value });
    return value;
  });

/** Calls back at once and after every change, also one made in another tab or part of the extension. */
export function watchRedactionList(
  onlist: (list: RedactionList) => void,
  onerror: (error: unknown) => void,
): () => void {
  const subscription = liveQuery(storedRedactionList).subscribe({ next: onlist, error: onerror });
  return () => subscription.unsubscribe();
}
