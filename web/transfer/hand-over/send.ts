/** The extension's side: gives out a recording chunk by chunk, as it is asked for. Keeps nothing that matters. */
import { AppError, toEnvelope } from '../../core/errors.ts';
import { collect } from '../collect.ts';
import { encodeJson, toBase64 } from '../json.ts';
import { manifestName } from '../manifest.ts';
import { hex, Sha256 } from '../sha256.ts';
import {
  handOverChunk,
  protocolVersion,
  type Chunk,
  type FromApp,
  type FromExtension,
  type MessagePortLike,
  type Offer,
} from './protocol.ts';

export interface Sending {
  /** The recording that this token was given for, or null. Asked once a connection. */
  accept(token: string): Promise<string | null>;
  onProgress(fraction: number): void;
  onDone(): Promise<void>;
  /** The person stopped it in the app. */
  onStop(): void;
}

const hashStep = 8 * handOverChunk;

export function sendOver(port: MessagePortLike, sending: Sending): { stop(): void } {
  let files: { name: string; file: Blob }[] | null = null;
  const post = (message: FromExtension) => port.postMessage(message);

  async function open({ version, token }: { version: number; token: string }): Promise<Offer> {
    if (version !== protocolVersion) throw new AppError('cairn-newer', `version ${version}`);
    const recordingId = await sending.accept(String(token));
    if (!recordingId) throw new AppError('hand-over-refused');
    const { manifest, files: members } = await collect({ recordingId, media: true });
    const text = new Blob([encodeJson({ ...manifest, members: [] })]);
    files = [{ name: manifestName, file: text }, ...members];
    return {
      recordingId,
      name: manifest.recording.name,
      fingerprint: manifest.recording.fingerprint,
      files: files.map(({ name, file }) => ({
        name,
        size: file.size,
        modified: file instanceof File ? file.lastModified : 0,
      })),
    };
  }

  const fileAt = (index: number): Blob => {
    const file = files?.[index];
    if (!file) throw new AppError('hand-over-refused', `no file ${index}`);
    return file.file;
  };

  async function read({ file, at }: { file: number; at: number }): Promise<Chunk> {
    const data = new Uint8Array(
      await fileAt(file)
        .slice(at, at + handOverChunk)
        .arrayBuffer(),
    );
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', data));
    return { base64: toBase64(data), sha256: hex(hash) };
  }

  async function hashOf(id: number, { file }: { file: number }): Promise<string> {
    const whole = fileAt(file);
    const hash = new Sha256();
    for (let at = 0; at < whole.size; at += hashStep) {
      hash.update(new Uint8Array(await whole.slice(at, at + hashStep).arrayBuffer()));
      // A message also keeps the browser from ending an extension's worker.
      post({ id, alive: true });
    }
    return hash.digest();
  }

  async function answer(message: Extract<FromApp, { id: number }>): Promise<unknown> {
    switch (message.call) {
      case 'open':
        return open(message.input);
      case 'read':
        return read(message.input);
      case 'hash':
        return hashOf(message.id, message.input);
      case 'done':
        if (!files) throw new AppError('hand-over-refused');
        await sending.onDone();
        return null;
    }
  }

  port.onMessage.addListener((message: FromApp) => {
    if ('fraction' in message) {
      if (files) sending.onProgress(Number(message.fraction));
    } else if ('stop' in message) {
      if (files) sending.onStop();
    } else {
      const { id } = message;
      answer(message).then(
        (result) => post({ id, result }),
        (error: unknown) => post({ id, error: toEnvelope(error) }),
      );
    }
  });
  return { stop: () => post({ stop: true }) };
}
