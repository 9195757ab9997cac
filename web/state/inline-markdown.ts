/** The Markdown of a step's text, read for the screen exactly as for the exports. */
export { parseInline, type Inline } from '../documents/inline.ts';
