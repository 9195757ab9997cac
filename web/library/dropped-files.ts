/** Files out of a drop or the clipboard, those in dropped folders included. */

export const isText = (file: File) =>
  /\.(vtt|srt|txt)$/i.test(file.name) || /^text\/(plain|vtt)$/.test(file.type);

export const carriesFiles = (transfer: DataTransfer | null): boolean =>
  transfer?.types.includes('Files') ?? false;

export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // The entries must be taken before the first await: the browser empties the list after the event.
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files = await Promise.all(
    entries.map(({ entry, file }) =>
      entry?.isDirectory ? filesIn(entry as FileSystemDirectoryEntry) : file ? [file] : [],
    ),
  );
  return files.flat();
}

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // Hands out a hundred at a time, and an empty list at the end.
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return files;
    for (const entry of batch) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory) files.push(...(await filesIn(entry as FileSystemDirectoryEntry)));
      else {
        const file = entry as FileSystemFileEntry;
        files.push(await new Promise<File>((resolve, reject) => file.file(resolve, reject)));
      }
    }
  }
}
