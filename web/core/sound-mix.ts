/** How loud each track of a recording is in the result. Player and export mix by the same figures. */
import type { SoundChoice, TrackLevel } from './project.ts';
import { mainFile, type Recording } from './recording.ts';

/** Recorded by us, so that the tracks are known to be the microphone and the tab's or system's sound. */
export const isCaptured = ({ source }: Pick<Recording, 'source'>): boolean =>
  source === 'web' || source === 'extension';

/**
 * Tab sound is mastered to about -14 to -18 LUFS and the voice is brought to -16, so at its own level it
 * would be as loud as who speaks over it. 0.7 takes 6 dB off: still a sound of its own, and speech above
 * it is understood. Further tracks of other people's files often hold the same sound once more: they
 * are heard when asked for.
 */
export const defaultLevels = (
  recording: Pick<Recording, 'source'>,
): Pick<SoundChoice, 'voice' | 'others'> => ({
  voice: { volume: 1, muted: false },
  others: isCaptured(recording) ? { volume: 0.7, muted: false } : { volume: 0.7, muted: true },
});

/** Linear gain. Loudness is felt about as the square of a slider's way. */
export const gainOf = ({ volume, muted }: TrackLevel): number => (muted ? 0 : volume ** 2);

/** Sound tracks of the main file beside the voice. */
export const otherTracks = (recording: Recording): number[] =>
  mainFile(recording)
    .audio.map((_, index) => index)
    .filter((index) => index !== recording.voiceTrack);
