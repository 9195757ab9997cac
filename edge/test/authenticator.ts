/** A passkey device in software (WebAuthn level 3, ES256, no attestation), honest or not. */
interface CreationOptions {
  challenge: string;
  rp: { id?: string };
  user: { id: string };
}
interface RequestOptions {
  challenge: string;
  rpId?: string;
}

const base64url = (bytes: Uint8Array | ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes as ArrayBuffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const utf8 = (text: string) => Uint8Array.from(new TextEncoder().encode(text));
const joined = (...parts: (Uint8Array | number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));
const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));

/** CBOR (RFC 8949) of the few kinds that are needed. */
const head = (major: number, n: number) =>
  n < 24
    ? [(major << 5) | n]
    : n < 256
      ? [(major << 5) | 24, n]
      : [(major << 5) | 25, n >> 8, n & 255];
const text = (value: string) => [...head(3, value.length), ...utf8(value)];
const bytes = (value: Uint8Array) => [...head(2, value.length), ...value];
const integer = (value: number) => (value < 0 ? head(1, -1 - value) : head(0, value));

/** WebCrypto gives r and s side by side; authenticators give them as ASN.1. */
function asn1(signature: Uint8Array): Uint8Array {
  const part = (half: Uint8Array) => {
    let at = 0;
    while (at < half.length - 1 && half[at] === 0) at += 1;
    const digits = half[at]! > 127 ? [0, ...half.slice(at)] : [...half.slice(at)];
    return [2, digits.length, ...digits];
  };
  const both = [...part(signature.slice(0, 32)), ...part(signature.slice(32))];
  return Uint8Array.from([0x30, both.length, ...both]);
}

export class Authenticator {
  origin: string;
  /** Whether it asks for a finger, a face or a PIN. */
  verifies = true;
  counter = 0;
  id = crypto.getRandomValues(new Uint8Array(16));
  userHandle = '';
  #keys: Promise<CryptoKeyPair>;

  constructor(origin: string) {
    this.origin = origin;
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
    this.#keys = crypto.subtle.generateKey(algorithm, true, [
      'sign',
      'verify',
    ]) as Promise<CryptoKeyPair>;
  }

  async #data(rpId: string, attested: Uint8Array | null): Promise<Uint8Array<ArrayBuffer>> {
    const flags = 1 | (this.verifies ? 4 : 0) | (attested ? 64 : 0);
    const count = this.counter;
    const counter = [count >>> 24, (count >> 16) & 255, (count >> 8) & 255, count & 255];
    return joined(await sha256(utf8(rpId)), [flags], counter, attested ?? []);
  }

  #client(type: string, challenge: string): Uint8Array<ArrayBuffer> {
    return utf8(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  async create(options: CreationOptions) {
    const { publicKey } = await this.#keys;
    const raw = new Uint8Array((await crypto.subtle.exportKey('raw', publicKey)) as ArrayBuffer);
    const key = [
      ...[...head(5, 5), ...integer(1), ...integer(2), ...integer(3), ...integer(-7)],
      ...[...integer(-1), ...integer(1)],
      ...[...integer(-2), ...bytes(raw.slice(1, 33)), ...integer(-3), ...bytes(raw.slice(33))],
    ];
    const attested = joined(new Uint8Array(16), [0, this.id.length], this.id, key);
    const data = await this.#data(options.rp.id ?? '', attested);
    this.userHandle = options.user.id;
    const object = [
      ...[...head(5, 3), ...text('fmt'), ...text('none'), ...text('attStmt'), ...head(5, 0)],
      ...[...text('authData'), ...bytes(data)],
    ];
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(this.#client('webauthn.create', options.challenge)),
        attestationObject: base64url(Uint8Array.from(object)),
        transports: ['internal'],
      },
    };
  }

  async get(options: RequestOptions) {
    this.counter += 1;
    const { privateKey } = await this.#keys;
    const data = await this.#data(options.rpId ?? '', null);
    const client = this.#client('webauthn.get', options.challenge);
    const signed = joined(data, await sha256(client));
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const signature = await crypto.subtle.sign(algorithm, privateKey, signed);
    return {
      id: base64url(this.id),
      rawId: base64url(this.id),
      type: 'public-key',
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(data),
        signature: base64url(asn1(new Uint8Array(signature))),
        userHandle: this.userHandle,
      },
    };
  }
}
