/**
 * The files of a capture while it runs: packets are gathered for half a second, appended to their
 * file as one run a track, and then entered in the journal. What `write` has handed over survives a
 * killed browser; `flush` lets it survive a power cut too. Only in workers.
 */
import { fileHandle, recordingFolder, writeFully } from '../../storage/opfs.ts';
import { journalPath } from '../../storage/recordings.ts';
import {
  encodeEntry,
  mostPacketsInRun,
  type BeginEntry,
  type JournalEntry,
  type PacketEntry,
  type TrackEntry,
} from '../journal.ts';
import { joinedPieces } from '../mp4/boxes.ts';
import { fileHead } from '../mp4/movie.ts';

export const reservePath = (id: string) => `${recordingFolder(id)}/reserve`;
/** Room for the index of some six hours, given back before it is written. */
const reserveSize = 24 * 1024 * 1024;

interface OpenFile {
  access: FileSystemSyncAccessHandle;
  end: number;
}
interface PendingRun {
  data: Uint8Array[];
  packets: PacketEntry[];
}

export class CaptureWriter {
  #files: OpenFile[];
  #journal: OpenFile;
  /** Not in the journal yet, oldest first. */
  #entries: Uint8Array<ArrayBuffer>[] = [];
  #runs = new Map<number, PendingRun>();
  /** Which file each track goes to. */
  #fileOf = new Map<number, number>();

  private constructor(journal: OpenFile, files: OpenFile[]) {
    this.#journal = journal;
    this.#files = files;
  }

  static async open(begin: BeginEntry): Promise<CaptureWriter> {
    const journal = await openNew(journalPath(begin.id));
    const files: OpenFile[] = [];
    for (const { name, format } of begin.files) {
      const file = await openNew(`${recordingFolder(begin.id)}/${name}`);
      if (format === 'mp4') append(file, fileHead);
      files.push(file);
    }
    const writer = new CaptureWriter(journal, files);
    writer.note(begin);
    writer.write();
    const reserve = await openNew(reservePath(begin.id));
    try {
      append(reserve, new Uint8Array(reserveSize));
    } finally {
      reserve.access.close();
    }
    return writer;
  }

  /** Bytes of media so far. */
  get bytes(): number {
    return this.#files.reduce((sum, file) => sum + file.end, 0);
  }

  addTrack(entry: TrackEntry): void {
    this.#fileOf.set(entry.track, entry.file);
    this.note(entry);
  }

  note(entry: JournalEntry): void {
    this.#entries.push(encodeEntry(entry));
  }

  packet(track: number, data: Uint8Array, entry: PacketEntry): void {
    const run = this.#runs.get(track) ?? { data: [], packets: [] };
    this.#runs.set(track, run);
    run.data.push(data);
    run.packets.push(entry);
    if (run.packets.length === mostPacketsInRun) this.write();
  }

  /** What MediaRecorder gave, as it is. */
  appendWhole(file: number, data: Uint8Array): void {
    append(this.#files[file]!, data);
  }

  /** Hands all that was gathered to the operating system. Throws QuotaExceededError when there is no room. */
  write(): void {
    for (const [track, { data, packets }] of this.#runs) {
      const file = this.#files[this.#fileOf.get(track) ?? 0]!;
      const offset = file.end;
      append(file, joinedPieces(data));
      this.#runs.delete(track);
      this.#entries.push(encodeEntry({ kind: 'run', track, offset, packets }));
    }
    if (this.#entries.length === 0) return;
    append(this.#journal, joinedPieces(this.#entries));
    this.#entries = [];
  }

  /** To the disk itself: the data first, so that the journal never promises what is not there. */
  flush(): void {
    for (const { access } of this.#files) access.flush();
    this.#journal.access.flush();
  }

  close(): void {
    for (const { access } of [...this.#files, this.#journal]) access.close();
  }
}

async function openNew(path: string): Promise<OpenFile> {
  const handle = await fileHandle(path, { create: true });
  const access = await handle.createSyncAccessHandle();
  access.truncate(0);
  return { access, end: 0 };
}

function append(file: OpenFile, data: Uint8Array): void {
  writeFully(file.access, data as Uint8Array<ArrayBuffer>, file.end);
  file.end += data.length;
}
