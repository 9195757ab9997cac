import { answer } from '../messages.ts';
import { Recorder } from './recorder.ts';

const recorder = new Recorder();

answer('recorder', {
  state: () => recorder.state,
  start: (options) => recorder.start(options),
  pause: () => recorder.pause(),
  resume: () => recorder.resume(),
  stop: () => recorder.stop(),
  restart: () => recorder.restart(),
  discard: () => recorder.discard(),
  close: () => recorder.close(),
  renameStep: ({ key, title }) => recorder.renameStep(key, title),
  removeStep: (key) => recorder.removeStep(key),
  pageEvent: (event, sender) => recorder.pageEvent(event, sender.tab?.id),
  tabChanged: (tab) => recorder.tabChanged(tab),
});
