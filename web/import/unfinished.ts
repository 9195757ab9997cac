/** MP4 and MOV keep the index of everything in one box, `moov`, which most programs write last. */

/** Whether the file is an MP4 or MOV whose `moov` was never written or is cut off. */
export async function lacksMovieIndex(file: Blob): Promise<boolean> {
  let at = 0;
  let boxes = 0;
  while (at + 8 <= file.size && boxes++ < 1000) {
    const header = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const type = String.fromCharCode(...[4, 5, 6, 7].map((i) => header.getUint8(i)));
    if (boxes === 1 && !/^(ftyp|wide|mdat|free|skip|pnot)$/.test(type)) return false;
    let size = header.getUint32(0);
    if (size === 1 && header.byteLength >= 16) size = Number(header.getBigUint64(8));
    if (type === 'moov') return at + size > file.size;
    if (type === 'moof') return false;
    if (size === 0) break; // reaches to the end of the file
    if (size < 8) return false;
    at += size;
  }
  return boxes > 0;
}
