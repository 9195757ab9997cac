/** Sound files that break off tell so in their own ways, which are cheap to look up. */

/** A page of Ogg is no longer than this (RFC 3533). */
const longestPage = 65_307;
const lastOfStream = 4;

/** Whether a WAV, Ogg or MP3 file is shorter than it says it is. False for all other kinds. */
export async function endsEarly(file: Blob): Promise<boolean> {
  const head = await bytes(file, 0, 10);
  const begins = (text: string) =>
    head.length >= 10 && [...text].every((c, i) => head[i] === c.charCodeAt(0));
  if (begins('RIFF')) return waveEndsEarly(head, file.size);
  if (begins('OggS')) return oggEndsEarly(file);
  const tag = begins('ID3') ? 10 + syncSafe(head.subarray(6)) : 0;
  return mp3EndsEarly(await bytes(file, tag, tag + 200), file.size - tag);
}

/** The RIFF header states the file's length; recorders that stream leave 0 or all ones there. */
function waveEndsEarly(head: Uint8Array, size: number): boolean {
  const stated = view(head).getUint32(4, true) + 8;
  return stated > 8 && stated < 0xffffffff && stated > size + 1;
}

/** The last page is there as a whole and says that it is the last (RFC 3533, section 6). */
async function oggEndsEarly(file: Blob): Promise<boolean> {
  const tail = await bytes(file, Math.max(0, file.size - 2 * longestPage), file.size);
  for (let at = tail.length - 4; at >= 0; at--) {
    const found = tail[at] === 0x4f && tail[at + 1] === 0x67 && tail[at + 2] === 0x67;
    if (!found || tail[at + 3] !== 0x53) continue;
    const segments = tail[at + 26];
    if (segments === undefined || at + 27 + segments > tail.length) return true;
    const lengths = tail.subarray(at + 27, at + 27 + segments);
    const end = at + 27 + segments + lengths.reduce((sum, n) => sum + n, 0);
    return end > tail.length || (tail[at + 5]! & lastOfStream) === 0;
  }
  return true;
}

/** Most encoders write the number of bytes into the first frame (Xing's header). */
function mp3EndsEarly(frame: Uint8Array, size: number): boolean {
  if (frame.length < 4 || frame[0] !== 0xff || (frame[1]! & 0xe6) !== 0xe2) return false;
  const version1 = (frame[1]! & 0x18) === 0x18;
  const mono = (frame[3]! & 0xc0) === 0xc0;
  const at = 4 + (version1 ? (mono ? 17 : 32) : mono ? 9 : 17);
  if (at + 16 > frame.length) return false;
  const name = String.fromCharCode(...frame.subarray(at, at + 4));
  const flags = view(frame).getUint32(at + 4);
  if ((name !== 'Xing' && name !== 'Info') || (flags & 2) === 0) return false;
  const stated = view(frame).getUint32(at + (flags & 1 ? 12 : 8));
  return size < stated * 0.99;
}

const bytes = async (file: Blob, from: number, to: number) =>
  new Uint8Array(await file.slice(from, to).arrayBuffer());
const view = (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.byteLength);
/** Four bytes of seven bits. */
const syncSafe = (data: Uint8Array) =>
  [0, 1, 2, 3].reduce((sum, i) => (sum << 7) | (data[i]! & 0x7f), 0);
