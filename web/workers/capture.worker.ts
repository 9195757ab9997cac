/** Encodes and writes what is being recorded, and makes whole files of it. */
import type { JournalEntry } from '../capture/journal.ts';
import { holdLock } from '../capture/hold-lock.ts';
import { CaptureWriter, reservePath } from '../capture/worker/capture-writer.ts';
import { finishFiles } from '../capture/worker/finish-files.ts';
import { workerLock, type StartInput } from '../capture/worker/protocol.ts';
import { roomLeft } from '../capture/worker/room.ts';
import { Recorder } from '../capture/worker/recorder.ts';
import type { BeginEntry } from '../capture/journal.ts';
import { serve } from './rpc.ts';

let recorder: Recorder | null = null;
/** Of a recording by MediaRecorder, whose bytes only have to be written. */
let writer: CaptureWriter | null = null;

const methods = {
  async start(input: StartInput) {
    // Let go of when this worker ends, in whatever way.
    await holdLock(workerLock(input.begin.id));
    const { recorder: made, started } = await Recorder.start(input);
    recorder = made;
    return started;
  },
  connectSound: (input: { kind: 'microphone' | 'tab'; stream: ReadableStream<AudioData> }) =>
    recorder?.connectSound(input.kind, input.stream),
  pause: (at: number) => recorder?.pause(at),
  resume: (at: number) => recorder?.resume(at),
  note(entry: JournalEntry) {
    recorder?.note(entry);
    writer?.note(entry);
    writer?.write();
  },
  /** Whether it is recording: a worker that was started anew after a crash is not. */
  ping: () => recorder !== null,
  async stop(at: number) {
    await recorder?.stop(at);
    recorder = null;
  },
  abandon() {
    recorder?.abandon();
    writer?.close();
    recorder = writer = null;
  },
  async openWhole(begin: BeginEntry) {
    writer = await CaptureWriter.open(begin);
  },
  /** Bytes written so far. */
  appendWhole({ file, data }: { file: number; data: ArrayBuffer }) {
    writer?.appendWhole(file, new Uint8Array(data));
    writer?.flush();
    return writer?.bytes ?? 0;
  },
  closeWhole(duration: number) {
    writer?.note({ kind: 'end', duration });
    writer?.write();
    writer?.close();
    writer = null;
  },
  /** Bytes that can still be written, at most `most`. */
  roomLeft: ({ id, most }: { id: string; most: number }) => roomLeft(reservePath(id), most),
  finish: (id: string) => finishFiles(id),
};
export type CaptureApi = typeof methods;
serve(methods);
