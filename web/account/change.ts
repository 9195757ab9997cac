import { isAbort } from '../core/errors.ts';
import { describeError } from '../ui/messages/index.ts';
import { toasts } from '../ui/toasts.svelte.ts';

/** Does it, and says so or why not. For changes without a form to show an error in. */
export async function change(
  work: () => Promise<unknown>,
  done?: string,
  undo?: { label: string; run: () => void },
): Promise<boolean> {
  try {
    await work();
  } catch (error) {
    if (!isAbort(error)) toasts.error(describeError(error));
    return false;
  }
  if (done) toasts.show(done, undo ? { action: undo } : {});
  return true;
}
