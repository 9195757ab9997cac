/** The concepts that live as long as the page, handed to screens by context. */
import { createContext } from 'svelte';
import { Analyses } from './Analyses.svelte.ts';
import { AppVersion } from './AppVersion.svelte.ts';
import { Exports } from './Exports.svelte.ts';
import { Imports } from './Imports.svelte.ts';
import { Library } from './Library.svelte.ts';
import { Recorder } from './Recorder.svelte.ts';
import { startOver } from './Router.svelte.ts';
import { Settings } from './Settings.svelte.ts';
import { SignedIn } from './SignedIn.svelte.ts';
import { Unfinished } from './Unfinished.svelte.ts';

export interface App {
  library: Library;
  imports: Imports;
  analyses: Analyses;
  exports: Exports;
  recorder: Recorder;
  settings: Settings;
  signedIn: SignedIn;
  unfinished: Unfinished;
  version: AppVersion;
  /** Stops everything, deletes all that is stored, and starts anew, in every tab. */
  erase(): Promise<void>;
  /** Reads what was kept and goes on with what was under way. Returns what stops it. */
  start(): () => void;
}

export const [getApp, setApp] = createContext<App>();

export function createApp(): App {
  const erased = new BroadcastChannel('cairn-erased');
  const app = {
    library: new Library(),
    imports: new Imports(),
    analyses: new Analyses(),
    exports: new Exports(),
    recorder: new Recorder(),
    settings: new Settings(),
    signedIn: new SignedIn(),
    unfinished: new Unfinished(),
    version: new AppVersion(),
    erase: async () => {
      for (const job of app.imports.jobs) app.imports.cancel(job.id);
      for (const job of app.exports.jobs) app.exports.cancel(job.id);
      await app.analyses.stop();
      await app.library.erase();
      erased.postMessage('erased');
      startOver();
    },
    start: () => {
      erased.onmessage = startOver;
      void app.settings.load().catch((error: unknown) => console.error('settings', error));
      void app.signedIn.load().catch((error: unknown) => console.error('signed in', error));
      void app.version.register();
      void app.exports.start();
      void app.analyses.resume();
      return app.library.start();
    },
  };
  return app;
}
