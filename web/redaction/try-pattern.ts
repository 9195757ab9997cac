/** What is wrong with a pattern of a person's own, and what it finds. */
import { isAbort } from '../core/errors.ts';
import type { TextSpan } from '../core/private-text.ts';
import { checkPattern, type PatternFault, type RedactionPattern } from '../core/redaction.ts';
import { connect } from '../workers/rpc.ts';
import type { PatternApi } from '../workers/pattern.worker.ts';

/** Milliseconds for all the hard texts; one that is fine needs a few. */
const patience = 2500;

const worker = connect<PatternApi>(
  () =>
    new Worker(new URL('../workers/pattern.worker.ts', import.meta.url), {
      type: 'module',
      name: 'pattern',
    }),
);

export interface Tried {
  fault: PatternFault;
  /** In the sample, in order; none where there is a fault. */
  found: TextSpan[];
}

/** Rejects with an AbortError when the signal is aborted. */
export async function tryPattern(
  pattern: RedactionPattern,
  sample: string,
  signal: AbortSignal,
): Promise<Tried> {
  const fault = checkPattern(pattern.source);
  if (fault !== 'ok') return { fault, found: [] };
  await worker.call.ready(undefined, { signal });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const options = { signal: limit, killAfterMs: 0 };
  try {
    const found = await worker.call.find({ pattern, sample }, options);
    await worker.call.endure({ pattern, sample }, options);
    return { fault, found };
  } catch (error) {
    if (signal.aborted || !isAbort(error)) throw error;
    return { fault: 'slow', found: [] };
  }
}

/** An expression that finds exactly this text. */
export const expressionOf = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
