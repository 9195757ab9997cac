/** Hashes a file's parts in order and has them signed, some at a time, a little ahead of the senders. */
import type { SignedPart } from '../../edge/contract/objects.ts';

export interface PreparedPart {
  signed: SignedPart;
  md5: string;
}

interface Steps {
  partCount: number;
  /** MD5 of the next part, base64. Called in order, one at a time. */
  hash(number: number): Promise<string>;
  /** Whether a part of this content is in storage already. Throws when another one is. */
  hasArrived(number: number, md5: string): boolean;
  sign(parts: { number: number; md5: string }[]): Promise<SignedPart[]>;
}

/** Parts hashed and signed with one request. */
const batch = 8;
/** With fewer ready the next are prepared. */
const fewest = 4;

export class PreparedParts {
  readonly #steps: Steps;
  readonly #ready: PreparedPart[] = [];
  #next = 1;
  #preparing: Promise<void> | null = null;
  #error: unknown = null;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  async #prepare(): Promise<void> {
    const hashed: { number: number; md5: string }[] = [];
    while (hashed.length < batch && this.#next <= this.#steps.partCount) {
      const number = this.#next;
      const md5 = await this.#steps.hash(number);
      this.#next += 1;
      if (!this.#steps.hasArrived(number, md5)) hashed.push({ number, md5 });
    }
    if (hashed.length === 0) return;
    for (const signed of await this.#steps.sign(hashed)) {
      const { md5 } = hashed.find(({ number }) => number === signed.number)!;
      this.#ready.push({ signed, md5 });
    }
  }

  /** The next part to send; null when there is none left. May be asked by several at once. */
  async take(): Promise<PreparedPart | null> {
    for (;;) {
      if (this.#error) throw this.#error;
      if (this.#ready.length < fewest && this.#next <= this.#steps.partCount) {
        this.#preparing ??= this.#prepare()
          .catch((error: unknown) => {
            this.#error = error;
          })
          .finally(() => {
            this.#preparing = null;
          });
      }
      const first = this.#ready.shift();
      if (first) return first;
      if (!this.#preparing) return null;
      await this.#preparing;
    }
  }
}
