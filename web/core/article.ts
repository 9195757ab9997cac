/** The article as a document, before any format: what its reader will read, in order. */
import type { Project } from './project.ts';
import type { Recording } from './recording.ts';
import { stillTarget, type StillTarget } from './still-target.ts';
import { plainTitle } from './text/emphasis.ts';
import type { SourceTime } from './time.ts';

export type ImageType = 'png' | 'webp';

export interface ArticleImage {
  time: SourceTime;
  /** Never empty. */
  alt: string;
  /** What the picture points at; null shows the whole frame unmarked. */
  target: StillTarget | null;
}

export interface ArticleSection {
  /** Of the step it was made from. */
  id: string;
  /** Heading of the part of the article that begins here. */
  part: string | null;
  /** With emphasis, see text/emphasis.ts. */
  heading: string;
  /** Inline Markdown. */
  paragraphs: string[];
  image: ArticleImage | null;
}

export interface Article {
  title: string;
  /** BCP 47, of the words. */
  language: string;
  sections: ArticleSection[];
}

export function buildArticle(
  project: Project,
  recording: Pick<Recording, 'id' | 'name' | 'files' | 'interactions'>,
  language: string,
): Article {
  const hasPicture = recording.files.some((file) => file.video !== null);
  const title = oneLine(project.title) || oneLine(recording.name);
  return {
    title,
    language,
    sections: project.steps.map((step) => {
      const heading = oneLine(step.title);
      const { still } = step;
      return {
        id: step.id,
        part: oneLine(step.section ?? '') || null,
        heading,
        paragraphs: paragraphsOf(step.text),
        image:
          still && hasPicture
            ? {
                time: still.time,
                alt: oneLine(still.alt) || plainTitle(heading) || title,
                target: stillTarget(step, recording),
              }
            : null,
      };
    }),
  };
}

/** Text is parted by empty lines; a single line break is a blank. */
export const paragraphsOf = (text: string): string[] =>
  text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map((paragraph) => paragraph.trim())
    .filter(Boolean);

const oneLine = (text: string) => text.replace(/\s+/g, ' ').trim();

/** `images/step-01.png`: numbered as the reader counts, so gaps stand where a step has no picture. */
export const imageFileName = (index: number, count: number, type: ImageType = 'png'): string =>
  `images/step-${String(index + 1).padStart(Math.max(2, String(count).length), '0')}.${type}`;

/** File of each step's still in the article's folder, by step id. `types` says what was not written as PNG. */
export function stillFileNames(
  project: Pick<Project, 'steps'>,
  types: Readonly<Record<string, ImageType>> = {},
): Map<string, string> {
  const { steps } = project;
  return new Map(
    steps.flatMap((step, i) =>
      step.still ? [[step.id, imageFileName(i, steps.length, types[step.id])] as const] : [],
    ),
  );
}
