/** What can be made of a project, and what the files are called. */
export type ExportKind =
  | { type: 'video'; format: 'mp4' | 'webm' }
  | { type: 'article'; format: 'markdown' | 'html' }
  | { type: 'subtitles'; format: 'vtt' | 'srt' | 'txt' }
  /** The project as a whole, with the recording or only what was found and decided. */
  | { type: 'project'; format: 'cairn' | 'cairn-edits' };

const endings: Record<string, string> = {
  mp4: 'mp4',
  webm: 'webm',
  markdown: 'zip',
  html: 'html',
  vtt: 'vtt',
  srt: 'srt',
  txt: 'txt',
  cairn: 'cairn',
  'cairn-edits': 'cairn',
};

export const mimeTypes: Record<string, string> = {
  mp4: 'video/mp4',
  webm: 'video/webm',
  zip: 'application/zip',
  html: 'text/html',
  vtt: 'text/vtt',
  srt: 'application/x-subrip',
  txt: 'text/plain',
  cairn: 'application/vnd.cairn+zip',
};

/** A file name that every file system takes: no separators, no control characters, not too long. */
export function fileStem(title: string): string {
  const clean = title
    .normalize('NFC')
    // eslint-disable-next-line no-control-regex -- these are what must go
    .replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 80)
    .trim();
  return clean || 'recording';
}

export const fileName = (title: string, kind: ExportKind): string =>
  `${fileStem(title)}.${endings[kind.format] ?? kind.format}`;
