/** From the extension to the web app. */
export const handOver = {
  open: 'Open in the web app',
  sending: 'Handing over to the web app',
  sent: 'It is in the web app now.',
  stopped: 'Stopped. The recording is still here.',
  broken: (percent: string) =>
    `Interrupted at ${percent}. Nothing is lost: it goes on where it was.`,
  goOn: 'Go on in the web app',
  stop: 'Stop',
  title: 'From the extension',
  waiting: 'Asking the extension…',
  receiving: (name: string) => `Taking over “${name}”`,
  stays:
    'The recording moves inside this browser, from the extension to this page. It stays on this device; nothing is uploaded.',
  cancelled: 'Stopped. Nothing was added to the library; the recording is still in the extension.',
  failed: 'Not taken over',
  size: (done: string, all: string) => `${done} of ${all}`,
};
