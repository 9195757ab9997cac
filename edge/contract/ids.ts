import * as v from 'valibot';

/** Ids of our own things: 128 random bits as hex. */
export const idSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'an id is 32 hex digits'));

/** People's ids are made by the library that keeps them: letters and digits. */
export const personIdSchema = v.pipe(v.string(), v.regex(/^[0-9A-Za-z_-]{1,64}$/));
