/**
 * What the web app and the extension say to each other while a recording goes from one origin to the other.
 * The app asks for one chunk after the other, so it says what it has, nothing piles up, and either side may end
 * and come back. Messages are JSON: this is what the browser carries between a page and an extension.
 */
import type { ErrorEnvelope } from '../../core/errors.ts';

export const portName = 'cairn-hand-over';
export const protocolVersion = 1;

/** Bytes of a chunk; the last one of a file may be shorter. */
export const handOverChunk = 1024 * 1024;

export interface OfferedFile {
  /** `cairn.json` comes first, the others are named as in a `.cairn` file. */
  name: string;
  size: number;
  /** When it was written, ms; another time is another file. */
  modified: number;
}

export interface Offer {
  recordingId: string;
  name: string;
  fingerprint: string;
  files: OfferedFile[];
}

export interface Chunk {
  base64: string;
  /** Hex. */
  sha256: string;
}

export interface HandOverCalls {
  /** Once a connection, first. */
  open: { input: { version: number; token: string }; output: Offer };
  read: { input: { file: number; at: number }; output: Chunk };
  /** Hex sha256 of a whole file, read again. */
  hash: { input: { file: number }; output: string };
  done: { input: null; output: null };
}
export type HandOverCall = keyof HandOverCalls;

export type FromApp =
  | { [C in HandOverCall]: { id: number; call: C; input: HandOverCalls[C]['input'] } }[HandOverCall]
  /** Told, not asked. */
  | { fraction: number }
  | { stop: true };

export type FromExtension =
  | { id: number; result: unknown }
  | { id: number; error: ErrorEnvelope }
  /** Still at it. */
  | { id: number; alive: true }
  /** The person stopped it there. */
  | { stop: true };

/** As much of `chrome.runtime.Port` as is needed. */
export interface MessagePortLike {
  postMessage(message: unknown): void;
  disconnect(): void;
  onMessage: { addListener(listener: (message: never) => void): void };
  onDisconnect: { addListener(listener: () => void): void };
}
