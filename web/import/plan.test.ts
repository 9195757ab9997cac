import { describe, expect, test } from 'vitest';
import { planImport } from './plan.ts';
import type { Probe } from './probe.ts';

const info = { codec: 'x', start: 0, end: 5 };
const video = (decodes: boolean) =>
  ({ info: { ...info }, decodes, seeks: decodes, truncated: false }) as unknown as Probe['video'];
const audio = (decodes: boolean) =>
  ({
    info: { ...info },
    decodes,
    seeks: decodes,
    truncated: false,
  }) as unknown as Probe['audio'][number];
const base: Probe = {
  type: 'video/mp4',
  container: 'mp4',
  video: video(true),
  audio: [audio(true)],
  voiceTrack: 0,
  duration: 5,
  durationMissing: false,
  truncated: false,
};

describe('planImport', () => {
  test('keeps what works', () => {
    expect(planImport(base)).toEqual({ kind: 'keep' });
    expect(planImport({ ...base, video: null })).toEqual({ kind: 'keep' });
    expect(planImport({ ...base, audio: [] })).toEqual({ kind: 'keep' });
    // One odd track among several does no harm.
    expect(planImport({ ...base, audio: [audio(true), audio(false)] })).toEqual({ kind: 'keep' });
  });

  test('gives files without an index, or cut off, a new container', () => {
    expect(planImport({ ...base, durationMissing: true }).kind).toBe('remux');
    expect(planImport({ ...base, truncated: true }).kind).toBe('remux');
    expect(planImport({ ...base, container: 'mpeg-ts' }).kind).toBe('remux');
    expect(planImport({ ...base, container: 'wave', truncated: true }).kind).toBe('keep');
    expect(planImport({ ...base, container: 'other', durationMissing: true }).kind).toBe('keep');
  });

  test('converts only what does not decode', () => {
    expect(planImport({ ...base, video: video(false) })).toEqual({
      kind: 'convert',
      known: { copyVideo: false, copyAudio: true },
    });
    expect(planImport({ ...base, audio: [audio(false)] })).toEqual({
      kind: 'convert',
      known: { copyVideo: true, copyAudio: false },
    });
    expect(planImport(null)).toEqual({ kind: 'convert', known: null });
  });

  test('a Matroska file in which nothing is found gets an index, another file is damaged', () => {
    const lost = { ...base, video: { ...base.video!, seeks: false } };
    expect(planImport({ ...lost, container: 'matroska' }).kind).toBe('remux');
    expect(planImport(lost).kind).toBe('convert');
  });

  test('suspects a picture that mediabunny does not mention', () => {
    expect(planImport({ ...base, container: 'mpeg-ts', video: null })).toEqual({
      kind: 'convert',
      known: null,
    });
  });
});
