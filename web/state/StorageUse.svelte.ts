/** What lies on this device, by kind, and whether the browser promises to keep it. */
import { sizeOf } from '../storage/opfs.ts';
import { keepStorage, storageRoom } from '../storage/quota.ts';

export interface StorageShares {
  /** Bytes. */
  recordings: number;
  models: number;
  exports: number;
  rest: number;
  used: number;
  left: number;
}

export class StorageUse {
  #shares = $state.raw<StorageShares | null>(null);
  #persisted = $state<boolean | null>(null);

  get shares(): StorageShares | null {
    return this.#shares;
  }
  /** Null until known. */
  get persisted(): boolean | null {
    return this.#persisted;
  }

  async measure(): Promise<void> {
    const [{ used, left }, recordings, models, exports, persisted] = await Promise.all([
      storageRoom(),
      sizeOf('recordings'),
      sizeOf('model-files'),
      sizeOf('exports'),
      navigator.storage.persisted(),
    ]);
    const rest = Math.max(0, used - recordings - models - exports);
    this.#shares = { recordings, models, exports, rest, used, left };
    this.#persisted = persisted;
  }

  /** False when the browser declined. */
  async askToKeep(): Promise<boolean> {
    this.#persisted = await keepStorage();
    return this.#persisted;
  }
}
