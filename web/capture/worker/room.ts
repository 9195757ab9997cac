/**
 * How much the storage still takes, found by trying: Chromium answers navigator.storage.estimate()
 * with ten gigabytes whatever the quota and the disk have. Only in workers.
 */
import { fileHandle } from '../../storage/opfs.ts';

const least = 1 << 20;
const refinements = 4;

/**
 * Bytes, at most `most`, a little less than there are. The file at `path` is made longer for a moment,
 * without anything being written.
 */
export async function roomLeft(path: string, most: number): Promise<number> {
  const access = await (await fileHandle(path)).createSyncAccessHandle();
  const size = access.getSize();
  const fits = (bytes: number): boolean => {
    // Past the quota, Chromium leaves the file as it is without a word; others may throw.
    try {
      access.truncate(size + bytes);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') return false;
      throw error;
    }
    return access.getSize() === size + bytes;
  };
  try {
    if (fits(Math.round(most))) return most;
    let [low, high] = [0, most];
    for (let tried = most / 2; tried >= least && low === 0; tried /= 2) {
      if (fits(Math.round(tried))) low = tried;
      else high = tried;
    }
    for (let i = 0; low > 0 && i < refinements; i++) {
      const middle = (low + high) / 2;
      if (fits(Math.round(middle))) low = middle;
      else high = middle;
    }
    return low;
  } finally {
    access.truncate(size);
    access.close();
  }
}
