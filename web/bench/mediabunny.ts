/** Lets the bench's pages import the library by address. */
export * from 'mediabunny';
