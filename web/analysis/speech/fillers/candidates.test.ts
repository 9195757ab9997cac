import { describe, expect, it } from 'vitest';
import { sourceTime } from '../../../core/time.ts';
import type { Arc } from '../types.ts';
import { findCandidates, type FrameTrack } from './candidates.ts';
import { withoutWords } from './signals.ts';

/** Two seconds of speech with a filler at 1 s whose edges are doubtful for 60 ms on either side. */
function track(heard: boolean): FrameTrack {
  const frames = 100;
  const fill = (value: number) => new Float32Array(frames).fill(value);
  const filler = fill(0.01);
  filler.fill(0.4, 47, 50).fill(0.9, 50, 65).fill(0.4, 65, 68);
  return {
    filler,
    speech: filler.map((p) => 1 - p),
    heard: new Uint8Array(frames).fill(heard ? 1 : 0),
    sound: filler,
    levels: fill(-20),
    voicing: fill(1),
    pitch: fill(120),
  };
}

describe('findCandidates', () => {
  it('leaves doubtful edges to the words beside it where an encoder listened', () => {
    const [found, ...rest] = findCandidates(track(true));
    expect(rest).toEqual([]);
    expect(found!.start).toBeCloseTo(1);
    expect(found!.end).toBeCloseTo(1.3);
  });

  it('keeps them where only the sound was judged', () => {
    expect(findCandidates(track(false))[0]!.start).toBeCloseTo(0.94);
  });
});

describe('withoutWords', () => {
  const candidate = findCandidates(track(true))[0]!;
  const arc = (kind: Arc['kind'], text: string, start: number, end: number): Arc => ({
    ...{ kind, text, word: kind === 'word' ? 0 : -1 },
    ...{ start: sourceTime(start), end: sourceTime(end) },
  });
  const arcs = [arc('filler', 'uh', 0.9, 1.1), arc('word', 'and', 1.1, 1.3)];

  it('gives up what alignment sees as a word', () => {
    const place = withoutWords(candidate, arcs);
    expect(place.end).toBeCloseTo(1.13);
  });

  it('unless an ear is sure of it', () => {
    const place = withoutWords(candidate, arcs, () => true);
    expect(place.end).toBeCloseTo(1.3);
  });
});
