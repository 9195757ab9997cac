/** Reads a subtitle file or a script that a person brought along: VTT, SRT or plain text. */
import { AppError } from './errors.ts';

export interface ScriptCue {
  /** Source seconds; both null in plain text. */
  start: number | null;
  end: number | null;
  /** What is spoken, without tags and line breaks. */
  text: string;
}

/** Cues in order of time, or paragraphs in order of the text. Never empty. */
export interface ImportedScript {
  cues: ScriptCue[];
}

/** Takes text or the file's bytes (UTF-8, UTF-16 with its mark, else Windows-1252). Throws `subtitle-unreadable`. */
export function parseSubtitles(content: string | ArrayBuffer, name: string): ImportedScript {
  const text = (typeof content === 'string' ? content : decode(new Uint8Array(content)))
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
  const unreadable = () => new AppError('subtitle-unreadable', name, { details: { name } });
  if (!isText(text)) throw unreadable();
  const isTimed = timing.test(text);
  // A file that says it is VTT but has no cue is broken, not a script that begins with that word.
  const claimsTimes = /^WEBVTT\b/.test(text) || /\.(vtt|srt)$/i.test(name);
  const cues = isTimed ? timedCues(text) : claimsTimes ? [] : paragraphs(text);
  if (!cues.some((cue) => /[\p{L}\p{N}]/u.test(cue.text))) throw unreadable();
  return { cues };
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Old subtitle files are in the code page of their country; Western Europe's is the most common.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** Not a document, archive or markup that merely has a text file's name. */
function isText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- a zip archive begins with them
  if (/^(PK\x03\x04|\{\\rtf|%PDF-|<\?xml|<!doctype|\[Script Info\])/i.test(text)) return false;
  // eslint-disable-next-line no-control-regex -- looking for what text files do not have
  const strange = text.slice(0, 20_000).match(/[\x00-\x08\x0e-\x1f\uFFFD]/g)?.length ?? 0;
  return strange <= Math.min(text.length, 20_000) * 0.01;
}

const clock = String.raw`(?:(\d+):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?`;
const timing = new RegExp(String.raw`^[ \t]*${clock}[ \t]*-->[ \t]*${clock}`, 'm');
const timingLine = new RegExp(`^\\s*${clock}\\s*-->\\s*${clock}`);

function seconds(match: RegExpExecArray, at: number): number {
  const [hours, minutes, whole, fraction] = match.slice(at, at + 4);
  const ms = Number((fraction ?? '0').padEnd(3, '0'));
  return Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(whole) + ms / 1000;
}

/** Blocks parted by empty lines; only those with a timing line count, so NOTE, STYLE and REGION fall away. */
function timedCues(text: string): ScriptCue[] {
  const rolling = /<\d+:\d\d/.test(text);
  const lines = text.split('\n');
  const cues: { start: number; end: number; text: string }[] = [];
  let lastLine = '';
  for (let i = 0; i < lines.length; i++) {
    const match = timingLine.exec(lines[i]!);
    if (!match) continue;
    const spoken: string[] = [];
    // Some writers leave empty lines inside a cue or none between two: the next timing ends it too.
    while (i + 1 < lines.length && lines[i + 1]!.trim() !== '' && !timingLine.test(lines[i + 1]!)) {
      spoken.push(lines[++i]!);
    }
    const followed = i + 1 < lines.length && timingLine.test(lines[i + 1]!);
    if (followed && /^\s*\d+\s*$/.test(spoken.at(-1) ?? '')) spoken.pop();
    let plain = spoken.map(withoutTags).filter(Boolean);
    // Captions that roll up show each line twice, the second time above the new one.
    if (rolling && plain[0] === lastLine) plain = plain.slice(1);
    if (plain.length === 0) continue;
    lastLine = plain.at(-1)!;
    const words = plain.join(' ');
    if (isSoundEffect(words)) continue;
    cues.push({ start: seconds(match, 1), end: seconds(match, 5), text: words });
  }
  cues.sort((a, b) => a.start - b.start);
  return cues.map((cue, i) => {
    if (cue.end > cue.start) return cue;
    const next = cues[i + 1]?.start ?? Infinity;
    return { ...cue, end: Math.max(cue.start + 0.1, Math.min(next, cue.start + 2)) };
  });
}

const entities: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  lrm: '',
  rlm: '',
  quot: '"',
  apos: "'",
  '#39': "'",
};

const withoutTags = (line: string): string =>
  line
    .replace(/\{\\[^}]*\}/g, '')
    .replace(/<\/?[a-z][^>]*>|<\d[\d:.]*>/gi, '')
    .replace(/&(#39|\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim();

/** "[Music]", "(applause)", "♪ …": heard, not spoken. */
const isSoundEffect = (text: string) => /^(\[[^\]]*\]|\([^)]*\)|[♪♫#][^♪♫]*[♪♫#]?)$/.test(text);

const paragraphs = (text: string): ScriptCue[] =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => ({ start: null, end: null, text: paragraph.replace(/\s+/g, ' ').trim() }))
    .filter((cue) => cue.text !== '');
