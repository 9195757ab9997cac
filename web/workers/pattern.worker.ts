/** Runs a person's expressions where one that takes forever can be ended. */
import type { TextSpan } from '../core/private-text.ts';
import { findPrivate, noRedaction, type RedactionPattern } from '../core/redaction.ts';
import { serve } from './rpc.ts';

/** Characters that expressions commonly repeat, and pairs of them. */
const units = ['a', 'A', '0', ' ', '-', '.', '_', '@', '/', 'a0', 'a ', '0 ', 'a.', '0-', 'a-'];
/** Times each is repeated: time that grows with the square is still short, with the cube it is not. */
const repeats = 1000;
/** What no expression expects at the end, so that every way to match is tried. */
const unexpected = '\u0007';

const methods = {
  /** Answers when the worker runs, so that its start is not counted as the expression's time. */
  ready: () => true,

  /** Spans of the sample that the expression finds. */
  find: ({ pattern, sample }: { pattern: RedactionPattern; sample: string }): TextSpan[] =>
    findPrivate(sample, { ...noRedaction, patterns: [pattern] }),

  /** Ends after texts that are hard for expressions that take exponential or cubic time; else never. */
  endure: ({ pattern, sample }: { pattern: RedactionPattern; sample: string }): boolean => {
    const literal = pattern.source.replace(/\\(.)/g, '$1').replace(/[()[\]{}|?*+^$]/g, '');
    const prefix = /^[\w -]*/.exec(pattern.source)?.[0] ?? '';
    for (const unit of [...units, literal, sample]) {
      const text = unit.repeat(Math.ceil(repeats / Math.max(1, unit.length)));
      for (const hard of [text + unexpected, prefix + text + unexpected])
        findPrivate(hard, { ...noRedaction, patterns: [pattern] });
    }
    return true;
  },
};

export type PatternApi = typeof methods;
serve(methods);
