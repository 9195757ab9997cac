/** Several sources heard at once. All are at the same sample rate. */
import { downmix } from './downmix.ts';
import type { PcmSource, Planes } from './pcm.ts';

export function mixed(sources: readonly PcmSource[]): PcmSource {
  const [first] = sources;
  if (!first) throw new Error('nothing to mix');
  if (sources.length === 1) return first;
  const channels = sources.some((source) => source.channels === 2) ? 2 : 1;
  return {
    sampleRate: first.sampleRate,
    channels,
    async read(from, to) {
      const parts: Planes[] = [];
      for (const source of sources) parts.push(downmix(await source.read(from, to), channels));
      return Array.from({ length: channels }, (_, c) => sum(parts.map((part) => part[c]!)));
    },
    async close() {
      await Promise.all(sources.map((source) => source.close()));
    },
  };
}

function sum(planes: Float32Array[]): Float32Array {
  const total = Float32Array.from(planes[0]!);
  for (const plane of planes.slice(1))
    for (let i = 0; i < total.length; i++) total[i]! += plane[i]!;
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
