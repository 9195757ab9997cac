/**
 * Where copying may begin and must end. Pure: works on the packets around an edge, in decode order.
 * A safe key is one at which a decoder can start with nothing before it and after which, in decode
 * order, nothing is shown earlier (H.264: an IDR picture).
 */

/** A packet as far as edges are concerned. */
export interface EdgePacket {
  /** Presentation time in the source, seconds. */
  readonly timestamp: number;
}

/**
 * Differences below this are rounding (Matroska keeps milliseconds), not a picture: half a
 * millisecond, in seconds.
 */
export const tolerance = 0.0005;

/**
 * Pictures that can come, in decode order, before one that is shown earlier: the largest decoded
 * picture buffer of H.264 has 16 frames. Once more than that were seen past a time, none before it follows.
 */
export const maxReorder = 16;

/** The picture on screen at `time`: the last one shown at or before it, else the first of all; null without pictures. */
export function pictureAt<P extends EdgePacket>(pictures: readonly P[], time: number): P | null {
  let best: P | null = null;
  let first: P | null = null;
  for (const picture of pictures) {
    if (!first || picture.timestamp < first.timestamp) first = picture;
    if (picture.timestamp > time + tolerance) continue;
    if (!best || picture.timestamp > best.timestamp) best = picture;
  }
  return best ?? first;
}

/** Pictures shown in `from`..`to` (half-open), in the order in which they are shown. */
export const picturesBetween = <P extends EdgePacket>(
  pictures: readonly P[],
  from: number,
  to: number,
): P[] =>
  pictures
    .filter((p) => p.timestamp >= from && p.timestamp < to)
    .sort((a, b) => a.timestamp - b.timestamp);

/**
 * How a kept range ends. `packets` begins at a safe key before `end`. Those up to `copied` stay as
 * they are; the rest of what is shown before `end` refers to pictures after it, or comes after
 * them, and is encoded again.
 */
export function splitTail<P extends EdgePacket>(
  packets: readonly P[],
  end: number,
): { copied: number; encoded: P[] } {
  const isKept = (p: P): boolean => p.timestamp < end - tolerance;
  let copied = packets.findIndex((p) => !isKept(p));
  if (copied < 0) copied = packets.length;
  // Encoded pictures come after all copied ones in decode order, so they must also be shown after them.
  const earliest = packets
    .slice(copied)
    .filter(isKept)
    .reduce((least, p) => Math.min(least, p.timestamp), Infinity);
  let rest = earliest;
  while (copied > 0 && hasLater(packets, copied, rest)) {
    copied--;
    rest = Math.min(rest, packets[copied]!.timestamp);
  }
  return { copied, encoded: picturesBetween(packets.slice(copied), -Infinity, end - tolerance) };
}

const hasLater = (packets: readonly EdgePacket[], count: number, time: number): boolean => {
  for (let i = 0; i < count; i++) if (packets[i]!.timestamp > time) return true;
  return false;
};
