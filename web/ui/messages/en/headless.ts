export const headless = {
  file: 'Recording',
  waiting: 'Waiting for a program to start the work.',
};
