/** Subtitles and transcript of the edited video as files. */
import {
  captionWords,
  groupCues,
  wordSeparator,
  type CaptionWord,
  type Cue,
} from '../core/captions.ts';
import type { SpeechEvidence } from '../core/evidence.ts';
import type { Project } from '../core/project.ts';
import type { TimeMap } from '../core/timeline.ts';

export type SubtitleFormat = 'vtt' | 'srt' | 'txt';

export interface SubtitleInput {
  project: Pick<Project, 'corrections' | 'steps'>;
  speech: Pick<SpeechEvidence, 'words' | 'fillers' | 'language'>;
  /** With the project's cuts. */
  map: TimeMap;
}

/** The whole file. `txt` is the transcript in paragraphs, without times. */
export function subtitleFile(
  format: SubtitleFormat,
  { project, speech, map }: SubtitleInput,
): string {
  const words = captionWords(project, speech, map);
  const separator = wordSeparator(speech.language);
  if (format === 'txt') {
    const starts = project.steps.map((step) => map.toOutputNearest(step.start));
    return toText(words, starts, separator);
  }
  const cues = groupCues(words, map.duration, separator);
  return format === 'vtt' ? toVtt(cues) : toSrt(cues);
}

/** WebVTT (W3C). */
export function toVtt(cues: readonly Cue[]): string {
  const blocks = cues.map(
    (cue) =>
      `${clock(cue.start, '.')} --> ${clock(cue.end, '.')}\n${cue.lines.map(escapeVtt).join('\n')}\n`,
  );
  return ['WEBVTT\n', ...blocks].join('\n');
}

/** SubRip: lines end in CR LF, as its players expect. */
export function toSrt(cues: readonly Cue[]): string {
  const blocks = cues.map((cue, i) =>
    [i + 1, `${clock(cue.start, ',')} --> ${clock(cue.end, ',')}`, ...cue.lines.map(tame), ''].join(
      '\n',
    ),
  );
  return blocks.join('\n').replaceAll('\n', '\r\n');
}

/** What a parser would take for a timing line is not written as one. */
const tame = (line: string) => line.replaceAll('-->', '→');
const escapeVtt = (line: string) =>
  tame(line).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function clock(seconds: number, point: string): string {
  const ms = Math.round(seconds * 1000);
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0');
  const rest = String(ms % 1000).padStart(3, '0');
  return `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}${point}${rest}`;
}

const paragraphPause = 2;
const paragraphLength = 600;

/** Paragraphs begin with steps, after long pauses, and at a sentence's end once they get long. */
function toText(
  words: readonly CaptionWord[],
  starts: readonly number[],
  separator: string,
): string {
  const paragraphs: string[] = [];
  const stepStarts = [...starts].sort((a, b) => a - b);
  let paragraph = '';
  let step = 0;
  for (const [i, word] of words.entries()) {
    const previous = words[i - 1];
    const middle = (word.start + word.end) / 2;
    let isNewStep = false;
    while (step < stepStarts.length && stepStarts[step]! <= middle) {
      isNewStep = true;
      step++;
    }
    const ended = previous !== undefined && /[.!?…。！？]["'”’)\]]*$/.test(previous.text);
    const paused = previous !== undefined && word.start - previous.end > paragraphPause;
    if (paragraph && (isNewStep || paused || (ended && paragraph.length > paragraphLength))) {
      paragraphs.push(paragraph);
      paragraph = '';
    }
    paragraph += (paragraph && separator) + word.text;
  }
  if (paragraph) paragraphs.push(paragraph);
  return paragraphs.length ? `${paragraphs.join('\n\n')}\n` : '';
}
