/** How much room the browser gives, and whether it promises to keep what is stored. */
import { AppError } from '../core/errors.ts';

export interface StorageRoom {
  /** Bytes. */
  used: number;
  left: number;
}

export async function storageRoom(): Promise<StorageRoom> {
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { used: usage, left: Math.max(0, quota - usage) };
}

/** Room that stays free beside a written file, for the database and for analysis. */
const reserve = 32 * 1024 * 1024;

/** Throws `disk-full` when `bytes` more would not fit. */
export async function requireRoom(bytes: number): Promise<void> {
  const { left } = await storageRoom();
  if (bytes + reserve > left) {
    throw new AppError('disk-full', `${bytes} needed, ${left} left`, {
      details: { needed: bytes, left },
    });
  }
}

/** Asks the browser not to delete our data under pressure; it may decline. */
export async function keepStorage(): Promise<boolean> {
  return (await navigator.storage.persisted()) || (await navigator.storage.persist());
}
