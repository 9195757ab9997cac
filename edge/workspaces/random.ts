/** Ids, tokens, and what is kept of tokens. */

const hex = (bytes: Uint8Array) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

/** 128 random bits as hex. */
export const newId = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/** 256 random bits as hex: what opens something to whoever holds it. */
export const newToken = () => hex(crypto.getRandomValues(new Uint8Array(32)));

/** SHA-256 as hex. Tokens are random and long, so a plain hash is enough. */
export const hashOf = async (token: string) =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))));
