/** Several sources heard at once. All are at the same sample rate. */
import { downmix } from './downmix.ts';
import type { PcmSource, Planes } from './pcm.ts';

/** `levels`: linear gain of each; 1 without. */
export function mixed(sources: readonly PcmSource[], levels?: readonly number[]): PcmSource {
  const [first] = sources;
  if (!first) throw new Error('nothing to mix');
  const gains = sources.map((_, i) => levels?.[i] ?? 1);
  if (sources.length === 1 && gains[0] === 1) return first;
  const channels = sources.some((source) => source.channels === 2) ? 2 : 1;
  return {
    sampleRate: first.sampleRate,
    channels,
    async read(from, to) {
      const parts: Planes[] = [];
      for (const source of sources) parts.push(downmix(await source.read(from, to), channels));
      return Array.from({ length: channels }, (_, c) =>
        sum(
          parts.map((part) => part[c]!),
          gains,
        ),
      );
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

function sum(planes: readonly Float32Array[], gains: readonly number[]): Float32Array {
  const total = new Float32Array(planes[0]!.length);
  for (const [k, plane] of planes.entries()) {
    const gain = gains[k]!;
    for (let i = 0; i < total.length; i++) total[i]! += gain * plane[i]!;
  }
  return total;
}

/** Both channels as one: for stereo whose sides are the same, which costs twice to encode and gains nothing. */
export function asMono(source: PcmSource): PcmSource {
  return {
    sampleRate: source.sampleRate,
    channels: 1,
    read: async (from, to) => downmix(await source.read(from, to), 1),
    close: () => source.close(),
  };
}
