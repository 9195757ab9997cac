/** A zip file written as it is made: one entry in memory at a time. */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';

export interface ZipEntry {
  name: string;
  data: Blob | string;
}

/** Text is compressed; pictures already are, so they are only stored. */
export async function writeZip(
  entries: Iterable<ZipEntry> | AsyncIterable<ZipEntry>,
  write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  let failure: Error | null = null;
  const ready: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    else ready.push(chunk);
  });
  const drain = async () => {
    if (failure) throw failure;
    for (const chunk of ready.splice(0)) await write(chunk as Uint8Array<ArrayBuffer>);
  };
  for await (const { name, data } of entries) {
    const isText = typeof data === 'string';
    const file = isText ? new ZipDeflate(name, { level: 6 }) : new ZipPassThrough(name);
    zip.add(file);
    const bytes = isText
      ? new TextEncoder().encode(data)
      : new Uint8Array(await data.arrayBuffer());
    file.push(bytes, true);
    await drain();
  }
  zip.end();
  await drain();
}
