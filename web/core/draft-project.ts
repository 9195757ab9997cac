/** The first version of a project: what a person sees before having decided anything. */
import { defaultCamera } from './camera.ts';
import type { SoundEvidence, ScreenEvidence, SpeechEvidence, StepDraft } from './evidence.ts';
import { defaultRemoval, findingKey, projectSchema, type Project, type Step } from './project.ts';
import type { Recording } from './recording.ts';
import { defaultLevels } from './sound-mix.ts';
import { plainTitle } from './text/emphasis.ts';

/** Null where the recording has no such track. */
export interface DraftEvidence {
  sound: SoundEvidence | null;
  speech: SpeechEvidence | null;
  screen: ScreenEvidence | null;
  steps: readonly StepDraft[];
}

/** Below this a picture says nothing that the step before did not show. */
const worthShowing = 0.3;

export function projectFromEvidence(recording: Recording, evidence: DraftEvidence): Project {
  const hasSound = evidence.sound !== null;
  return {
    schema: projectSchema,
    id: crypto.randomUUID(),
    recordingId: recording.id,
    title: projectTitle(recording.name, evidence.steps),
    updatedAt: Date.now(),
    removal: defaultRemoval,
    decisions: keptPauses(recording, evidence.speech),
    cuts: [],
    corrections: {},
    sound: {
      denoise: hasSound && evidence.sound!.cleanPath !== null,
      normalise: hasSound,
      ...defaultLevels(recording),
    },
    camera: defaultCamera,
    steps: evidence.steps.map(stepFromDraft),
  };
}

/** Seconds around what is done that its viewer needs: to see it coming, and what comes of it. */
const beforeDeed = 0.4;
const afterDeed = 1.2;

/** Pauses in which something is done are part of the story, though nobody speaks. */
function keptPauses(
  { interactions }: Recording,
  speech: SpeechEvidence | null,
): Project['decisions'] {
  const deeds = interactions.filter(({ kind }) => kind !== 'scroll');
  const kept = (speech?.silences ?? []).filter((silence) =>
    deeds.some(
      ({ time, end }) =>
        time - beforeDeed < silence.end && (end ?? time) + afterDeed > silence.start,
    ),
  );
  return Object.fromEntries(kept.map((silence) => [findingKey('silence', silence), 'keep']));
}

/** A draft becomes the person’s own step. */
export function stepFromDraft(draft: StepDraft): Step {
  const best = draft.stills[0];
  const repeats = draft.claim === 'said' && best !== undefined && best.score < worthShowing;
  return {
    id: crypto.randomUUID(),
    start: draft.start,
    end: draft.end,
    title: draft.title,
    text: draft.text,
    claim: draft.claim,
    still: best && !repeats ? { time: best.time, alt: altText(draft) } : null,
    stillChoices: draft.stills.map((s) => s.time),
    interaction: draft.interaction,
    ...(draft.section ? { section: draft.section } : {}),
  };
}

/** What the picture shows, as far as is known: the screen once the step is done. */
const altText = ({ title }: StepDraft) =>
  /^Step \d+$/.test(title)
    ? `Screenshot of ${title.toLowerCase()}`
    : `Screenshot: ${plainTitle(title)}`;

/** Names that a camera, a recorder or a download gave, not a person. */
const nameless =
  /^(?:screen[ _-]?(?:recording|cast|capture)?|recording|video|movie|clip|untitled|capture|rec|vid|img|mov|zoom|gmt|out(?:put)?|input|file|test|audio|new recording|bildschirmaufnahme)?[\s_\-.()\d:]*(?:at|um|à)?[\s_\-.()\d:apm]*$/i;

/** The file's name without its ending; for a nameless file what the recording is about. */
export function projectTitle(name: string, steps: readonly StepDraft[]): string {
  const stem = name.replace(/\.[a-z0-9]{2,5}$/i, '').trim();
  const readable = stem
    .replace(/[_]+/g, ' ')
    .replace(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const random = /^[0-9a-f-]{16,}$/i.test(stem);
  if (readable && !nameless.test(stem) && !random) {
    return readable.charAt(0).toUpperCase() + readable.slice(1);
  }
  const spoken = steps.find((s) => s.title && !/^Step \d+$/.test(s.title));
  return (spoken && plainTitle(spoken.title)) ?? (readable || 'Untitled recording');
}
