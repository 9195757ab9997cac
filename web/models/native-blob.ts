/** Stands in for `blob-polyfill`, which the aligner's package imports: it needs a document, and every browser we run in has the real thing. */
export const { Blob, File, FileReader, URL } = globalThis;
