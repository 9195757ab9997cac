/** Calls of the driver from Node. As text: a test runner would rewrite an `import()` in a function. */
import type { Page } from 'playwright-core';

type Driver = typeof import('./driver.ts');

export function inPage<K extends keyof Driver>(
  page: Page,
  name: K,
  ...input: Parameters<Driver[K]>
): Promise<Awaited<ReturnType<Driver[K]>>> {
  return page.evaluate(
    `import('/bench/record/driver.ts').then((driver) => driver.${name}(...${JSON.stringify(input)}))`,
  );
}
