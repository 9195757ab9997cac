import { watchRedactionList } from '../../web/storage/redaction.ts';
import { answer, ask, panelPort } from '../messages.ts';
import { Recorder } from './recorder.ts';

const recorder = new Recorder();

answer('recorder', {
  state: () => recorder.state,
  start: (options) => recorder.start(options),
  pause: () => recorder.pause(),
  resume: () => recorder.resume(),
  stop: () => recorder.stop(),
  restart: () => recorder.restart(),
  mute: (muted) => recorder.mute(muted),
  discard: () => recorder.discard(),
  close: () => recorder.close(),
  renameStep: ({ key, title }) => recorder.renameStep(key, title),
  removeStep: (key) => recorder.removeStep(key),
  pageEvent: (event, sender) => recorder.pageEvent(event, sender.tab?.id),
  tabChanged: (tab) => recorder.tabChanged(tab),
});

// Only this document lives as long as a recording: it hears of changes that any part makes.
watchRedactionList(
  () => void ask('background', 'rulesChanged', undefined).catch(() => undefined),
  (error) => console.error('the list of what to hide cannot be read', error),
);

/** Panels that are open: each window may have one. */
let panels = 0;
chrome.runtime.onConnect.addListener((port) => {
  // One end that disconnects closes it for all, so what is meant for a panel is left alone.
  if (port.name !== panelPort) return;
  panels++;
  port.onDisconnect.addListener(() => {
    panels--;
    if (panels === 0) offerControl();
  });
});

/** Whoever closed the panel still needs to pause and stop; in a recording of the whole screen it would be seen. */
function offerControl(): void {
  const { phase, surface } = recorder.state;
  if ((phase === 'recording' || phase === 'paused') && surface !== 'screen')
    ask('background', 'openControl', undefined).catch(() => undefined);
}
