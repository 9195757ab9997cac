const hex = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** 128 random bits as hex: an id. */
export const randomId = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/** 256 random bits as hex: a secret that is carried in a link. */
export const randomToken = () => hex(crypto.getRandomValues(new Uint8Array(32)));

/** SHA-256 as hex. Enough for what is random anyway; never for passwords. */
export const sha256 = async (text: string) =>
  hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
