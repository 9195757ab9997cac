const languageNames = new Intl.DisplayNames('en', { type: 'language' });

export const common = {
  product: 'Cairn',
  close: 'Close',
  cancel: 'Cancel',
  undo: 'Undo',
  redo: 'Redo',
  retry: 'Try again',
  rename: 'Rename',
  delete: 'Delete',
  remove: 'Remove',
  download: 'Download',
  save: 'Save',
  back: 'Back',
  open: 'Open',
  more: 'More',
  settings: 'Settings',
  library: 'Library',
  loading: 'Loading…',
  notifications: 'Notifications',
  skipToContent: 'Skip to content',
  pageMissing: 'There is nothing at this address',
  pageMissingText: 'The recording may have been deleted, or the address is not complete.',
  toLibrary: 'Go to the library',
  failedToOpen: 'This screen did not open',
  reload: 'Reload',
  update: 'Update Cairn',
  /** Beside a progress bar. */
  timeLeft: (seconds: number): string => {
    if (seconds < 5) return 'a few seconds left';
    if (seconds < 55) return `${Math.ceil(seconds / 5) * 5} s left`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return `${Math.max(1, minutes)} min left`;
    const rest = minutes % 60;
    return rest ? `${Math.floor(minutes / 60)} h ${rest} min left` : `${minutes / 60} h left`;
  },
  percent: (fraction: number): string => `${Math.floor(fraction * 100)}%`,
  analyseAgain: (model: string, language: string | null) =>
    `Analyse again with ${model}${language ? `, ${languageNames.of(language) ?? language}` : ''}`,
};

export const privacy = {
  nothingLeft: 'Nothing has left this device',
  details:
    'Recordings, transcripts, articles and videos are made and kept in this browser. No server sees them.',
};
