/** What a long job is doing just now; keys are the `doing` of its progress. */
export const jobs: Record<string, string> = {
  copy: 'Copying',
  check: 'Checking the file',
  probe: 'Reading the file',
  model: 'Getting what this needs',
  convert: 'Converting',
  poster: 'Making a preview',
  sound: 'Cleaning the sound',
  stills: 'Taking the pictures',
  article: 'Writing the article',
};
