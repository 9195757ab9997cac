import type { ErrorCode } from '../../../core/errors.ts';
import { accountErrors } from './account-errors.ts';

type Details = Readonly<Record<string, string | number>>;

const named = (details: Details, otherwise: string) =>
  typeof details['name'] === 'string' ? `“${details['name']}”` : otherwise;

/** One sentence or two for every code; a missing one does not compile. */
export const errors: Record<ErrorCode, (details: Details) => string> = {
  unexpected: () =>
    'Something went wrong that we did not foresee. Your recordings are safe. Try again, and reload the page if it happens again.',
  cancelled: () => 'Stopped.',
  'worker-crashed': () =>
    'A background task stopped, probably for lack of memory. Your work is saved. Close other tabs and try again.',
  'disk-full': () =>
    'There is not enough space left for this in the browser’s storage. Nothing was changed. Delete recordings you no longer need, or free space on the disk, and try again.',
  'storage-lost': () =>
    'A file of this recording is no longer in the browser’s storage. Import the recording again; your edits are kept.',
  'storage-denied': () =>
    'This browser does not let the page store files, as in some private windows. Open Cairn in a normal window.',
  'capture-refused': () =>
    'The browser gave no access to the screen, the microphone or the camera. Nothing was recorded. Allow it beside the address, or choose something else, and start again.',
  'capture-failed': () =>
    'Recording stopped working. What was recorded until then is kept and waits in the library.',
  'pages-refused': () =>
    'Hiding private text needs access to the pages you visit while recording. Nothing was recorded. Allow it when the browser asks, or turn “Hide private text” off.',
  'page-closed': () =>
    'The browser lets no extension look into this page. Open the page you want to record and try again.',
  'rules-unreadable': (d) =>
    `${named(d, 'The file')} is not a list of what to hide, or it is damaged. Nothing was changed.`,
  'rules-newer': (d) =>
    `${named(d, 'The list of what to hide')} was made with a newer version of Cairn. Nothing was changed. Update Cairn and try again.`,
  'rules-pattern': (d) =>
    `The pattern ${named(d, '')} in the file cannot be used: it is no valid expression, matches nothing, or would take too long. Nothing was changed.`,
  'file-empty': (d) =>
    `${named(d, 'The file')} is empty. Check that it was copied or downloaded completely.`,
  'file-unreadable': (d) =>
    `${named(d, 'The file')} could not be read as video or sound; it may be damaged or of another kind. Nothing was imported. Try to play it in another program first.`,
  'file-too-large': (d) =>
    `${named(d, 'The file')} is too large to convert in the browser. Convert it to MP4 (H.264 and AAC) with another program, or split it, and import the result.`,
  'file-unfinished': (d) =>
    `${named(d, 'The file')} breaks off before its index, which this kind of file has at its end, so no program can play it. Nothing was imported. Copy or download it again, or let the program that recorded it repair it.`,
  'codec-unsupported': (d) =>
    `${named(d, 'The file')} uses a format that neither this browser nor the built-in converter can decode. Export it as MP4 (H.264 and AAC) and import that.`,
  'no-media-track': (d) => `There is neither picture nor sound in ${named(d, 'this file')}.`,
  'conversion-failed': (d) =>
    `${named(d, 'The file')} could not be converted; it may be damaged. Nothing was imported. Export it as MP4 (H.264 and AAC) with another program and import that.`,
  'conversion-out-of-memory': (d) =>
    `The browser ran out of memory while converting ${named(d, 'the file')}. Nothing was imported. Close other tabs and try again, or convert it to MP4 (H.264 and AAC) with another program first.`,
  'subtitle-unreadable': (d) =>
    `No text was found in ${named(d, 'the subtitle file')}. It should be a VTT, SRT or plain text file.`,
  'recording-missing': () => 'This recording is no longer in the library.',
  'recording-busy': () =>
    'This recording is being used in another tab. Close that tab and try again.',
  'model-missing': () =>
    'A model that this needs could not be found on the server. Reload the page; if that does not help, the installation is not complete.',
  'model-damaged': () =>
    'A model arrived damaged, twice. Your work is safe. Check the connection and try again.',
  'model-incompatible': () =>
    'This model does not run in this browser. Pick another one in Settings.',
  'model-not-installed': (d) =>
    `The model ${named(d, '')} is not part of this installation. Pick another one in Settings.`.replace(
      '  ',
      ' ',
    ),
  'network-unreachable': () =>
    'The server could not be reached. Your work is on this device and safe. Check the connection and try again.',
  'analysis-failed': () =>
    'The analysis stopped. What was found so far is kept, and it goes on from there when you try again.',
  'no-speech': () =>
    'No speech was found in this recording. You can still cut it by hand and take screenshots.',
  'encode-unsupported': () =>
    'This browser cannot write video in this format. Choose the other format, or use a current Chrome or Edge.',
  'export-invalid': () =>
    'The finished file did not pass the check that follows every export, so it was discarded. Your project is unchanged. Export again, or choose the other format.',
  'export-empty': () =>
    'Everything in this recording is cut, so there is nothing to export. Restore some of it first.',
  'project-newer': () =>
    'This project was saved by a newer version of Cairn. Reload the page to get that version.',
  'cairn-damaged': (d) =>
    `${named(d, 'The file')} is damaged or incomplete, or is not a Cairn project. Nothing was imported. Copy or download it again, or export it once more.`,
  'cairn-newer': (d) =>
    `${named(d, 'The file')} was written by a newer version of Cairn. Nothing was imported. Reload the page to get that version, and try again.`,
  'cairn-without-media': (d) =>
    `${named(d, 'The file')} holds a project without its recording, and the recording${typeof d['recording'] === 'string' ? ` “${d['recording']}”` : ''} is not in this library. Import the recording first, or export the project with its media.`,
  'hand-over-lost': () =>
    'The extension does not answer any more. What arrived so far is kept: press “Open in the web app” in the extension again, and it goes on from there.',
  'hand-over-refused': () =>
    'The extension did not allow this. Press “Open in the web app” in the extension again.',
  ...accountErrors,
};
