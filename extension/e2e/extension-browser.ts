/** Chromium with the built extension in it, for tests that record real pages through it. */
import { chromium, type BrowserContext, type Page, type Worker } from 'playwright-core';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromiumArguments, chromiumPath } from '../../web/cli/chromium.ts';
import type { Interaction } from '../../web/core/interaction.ts';
import type { Recording } from '../../web/core/recording.ts';
import type { Step } from '../../web/core/project.ts';

const built = path.resolve(import.meta.dirname, '../../dist/extension');

export interface ExtensionBrowser {
  context: BrowserContext;
  /** Address of one of the extension's pages. */
  address(file: string): string;
  /** The panel in a window of its own, beside the tab that shows `page`. */
  openPanel(page: Page): Promise<Page>;
  close(): Promise<void>;
}

export interface BrowserOptions {
  /** Title that the recorded tab has when recording starts: what the person would pick. */
  title: string;
  /** WAV file that plays the microphone. */
  voice?: string | undefined;
  /** Device scale factor. */
  scale?: number;
  /** X display to show it on, where it must be seen; nowhere else. */
  display?: string;
  /** Where the web app is served, instead of the address that the extension was built for. */
  appOrigin?: string;
}

/**
 * Two things differ from what people have: access to pages is given at once, as nobody is there to press
 * "Allow", and the browser's picker is answered by a flag.
 */
export async function openExtension({
  title,
  voice,
  scale = 1,
  display,
  appOrigin,
}: BrowserOptions): Promise<ExtensionBrowser> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cairn-extension-'));
  const profile = await mkdtemp(path.join(tmpdir(), 'cairn-profile-'));
  await cp(built, folder, { recursive: true });
  const file = path.join(folder, 'manifest.json');
  const { optional_host_permissions, ...manifest } = JSON.parse(
    await readFile(file, 'utf8'),
  ) as Record<string, unknown>;
  await writeFile(
    file,
    JSON.stringify({ ...manifest, host_permissions: optional_host_permissions }),
  );
  if (appOrigin) await retarget(folder, appOrigin);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    headless: false,
    viewport: null,
    ...(display ? { env: { ...process.env, DISPLAY: display } } : {}),
    ignoreDefaultArgs: ['--disable-extensions'],
    args: [
      ...chromiumArguments,
      ...(display ? ['--window-position=0,0'] : ['--headless=new']),
      '--window-size=1280,860',
      `--force-device-scale-factor=${scale}`,
      `--disable-extensions-except=${folder}`,
      `--load-extension=${folder}`,
      '--disable-features=DisableLoadExtensionCommandLineSwitch',
      '--auto-accept-camera-and-microphone-capture',
      `--auto-select-tab-capture-source-by-title=${title}`,
      '--use-fake-device-for-media-stream',
      ...(voice ? [`--use-file-for-fake-audio-capture=${voice}%noloop`] : []),
    ],
  });
  const background: Worker =
    context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  const { host } = new URL(background.url());
  const address = (name: string) => `chrome-extension://${host}/${name}`;
  return {
    context,
    address,
    async openPanel(page) {
      const tabId = await background.evaluate(
        async (url) => (await chrome.tabs.query({})).find((tab) => tab.url === url)?.id,
        page.url(),
      );
      const [panel] = await Promise.all([
        context.waitForEvent('page'),
        background.evaluate(
          async (url) => {
            await chrome.windows.create({ url, type: 'popup', width: 400, height: 800 });
          },
          address(`sidepanel/index.html?tab=${tabId}`),
        ),
      ]);
      return panel;
    },
    async close() {
      await context.close();
      await rm(folder, { recursive: true, force: true });
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Starts without a countdown and resolves when the recording runs. */
export async function startRecording(panel: Page): Promise<void> {
  await panel.getByRole('switch', { name: 'Count down' }).uncheck();
  await panel.getByRole('button', { name: 'Start recording' }).click();
  await panel.getByRole('button', { name: 'Finish' }).waitFor({ timeout: 60_000 });
}

/** Resolves with the editor's page, in which the recording is open. */
export async function finishRecording({ context }: ExtensionBrowser, panel: Page): Promise<Page> {
  await panel.getByRole('button', { name: 'Finish' }).click();
  const open = panel.getByRole('button', { name: 'Open in the editor' });
  await open.waitFor({ timeout: 60_000 });
  const [editor] = await Promise.all([context.waitForEvent('page'), open.click()]);
  return editor;
}

export interface Recorded {
  recording: Recording;
  interactions: Interaction[];
  steps: Step[];
}

/** What lies in the extension's database; waits until the analysis has drafted the steps. */
export async function readRecorded(editor: Page, timeout = 180_000): Promise<Recorded> {
  const recorded = await editor.evaluate(async (timeout) => {
    const opened = indexedDB.open('cairn');
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      opened.onsuccess = () => resolve(opened.result);
      opened.onerror = () => reject(opened.error);
    });
    const all = (store: string) =>
      new Promise<unknown[]>((resolve, reject) => {
        const request = database.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const until = performance.now() + timeout;
    for (;;) {
      const [projects, recordings] = [await all('projects'), await all('recordings')];
      const project = projects[0] as { steps: unknown[] } | undefined;
      if (project?.steps.length || performance.now() > until)
        return { recording: recordings[0], steps: project?.steps ?? [] };
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }, timeout);
  const recording = recorded.recording as Recording;
  return {
    recording,
    interactions: recording.interactions,
    steps: recorded.steps as Step[],
  };
}

/** As `CAIRN_APP_ORIGIN` does when the extension is built. */
async function retarget(folder: string, appOrigin: string): Promise<void> {
  const manifest = path.join(folder, 'manifest.json');
  const { externally_connectable: built } = JSON.parse(await readFile(manifest, 'utf8')) as {
    externally_connectable: { matches: [string] };
  };
  const before = built.matches[0].slice(0, -'/*'.length);
  for (const file of ['manifest.json', 'background.js']) {
    const text = await readFile(path.join(folder, file), 'utf8');
    await writeFile(path.join(folder, file), text.replaceAll(before, appOrigin));
  }
}
