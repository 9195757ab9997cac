import { expect, test } from 'vitest';
import { projectFromEvidence } from './draft-project.ts';
import type { SoundEvidence, SpeechEvidence, StepDraft } from './evidence.ts';
import type { Recording } from './recording.ts';
import { sourceRange, sourceTime } from './time.ts';

const recording = (name: string) => ({ id: 'r', name, interactions: [] }) as unknown as Recording;
const step = (title: string, score: number, claim: 'said' | 'shown' = 'shown'): StepDraft => ({
  ...sourceRange(1, 4),
  title,
  text: `${title}.`,
  claim,
  stills: [{ time: sourceTime(3), score, settled: true, sharpness: 100 }],
  interaction: null,
});
const nothing = { sound: null, speech: null, screen: null };

test.each([
  ['invite-a-colleague.mp4', 'Invite a colleague'],
  ['Screen Recording 2026-11-20 at 10.14.22.mov', 'Open the menu'],
  ['2026-11-20 10-14-22.mkv', 'Open the menu'],
  ['recording_17.webm', 'Open the menu'],
  ['Release 2.0 notes.mp4', 'Release 2.0 notes'],
])('%s is titled %s', (name, title) => {
  const { title: given } = projectFromEvidence(recording(name), {
    ...nothing,
    steps: [step('Open the menu', 0.9)],
  });
  expect(given).toBe(title);
});

test('steps get their still with a text for those who cannot see it, talk that shows nothing new gets none', () => {
  const { steps } = projectFromEvidence(recording('a.mp4'), {
    ...nothing,
    steps: [step('Open the menu', 0.9), step('Some words about it', 0.2, 'said')],
  });
  expect(steps[0]!.still).toEqual({ time: 3, alt: 'Screenshot: Open the menu' });
  expect(steps[1]!.still).toBeNull();
  expect(steps[1]!.stillChoices).toEqual([3]);
  expect(new Set(steps.map((s) => s.id)).size).toBe(2);
});

test('sound is cleaned when there is a cleaned one', () => {
  const sound = { cleanPath: 'recordings/r/clean.wav' } as SoundEvidence;
  const sounds = (s: SoundEvidence | null) =>
    projectFromEvidence(recording('a.mp4'), { ...nothing, sound: s, steps: [] }).sound;
  expect(sounds(sound)).toMatchObject({ denoise: true, normalise: true });
  expect(sounds({ ...sound, cleanPath: null })).toMatchObject({ denoise: false, normalise: true });
  expect(sounds(null)).toMatchObject({ denoise: false, normalise: false });
});

test('pauses in which something is done stay, others go', () => {
  const silence = (start: number, end: number) => ({ ...sourceRange(start, end), confidence: 1 });
  const silences = [silence(2, 4), silence(10, 15), silence(20, 24)];
  const { decisions } = projectFromEvidence(
    {
      ...recording('a.mp4'),
      interactions: [
        { kind: 'click', time: sourceTime(12) },
        { kind: 'scroll', time: sourceTime(21) },
      ],
    },
    { ...nothing, speech: { silences } as unknown as SpeechEvidence, steps: [] },
  );
  expect(decisions).toEqual({ 'silence:10000': 'keep' });
});
