/** What the scripts of one frame know of each other: they share the extension's world in the page. */
import type { PageSetup } from '../messages.ts';

interface Scope {
  /** Whether this frame is watched. */
  cairnWatches?: boolean;
  /** Left by the background for a script that it brings into a page that is open. */
  cairnSetup?: PageSetup;
  /** While the person points at what to hide, and just before; milliseconds since the epoch. */
  cairnPicking?: { from: number; to: number };
}

export const scope = globalThis as unknown as Scope;
