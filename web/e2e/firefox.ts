/** Drives Debian's or Mozilla's own Firefox over WebDriver BiDi, without a browser driver. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const candidates = [
  process.env['FIREFOX_PATH'],
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
  'C:\\Program Files\\Mozilla Firefox\\firefox.exe',
];

/** Path of the browser, null when there is none. */
export const firefoxPath = (): string | null =>
  candidates.find((file) => file && existsSync(file)) ?? null;

/** Asks no one for anything, and plays without a click. */
const preferences = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'media.autoplay.default': 0,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'remote.active-protocols': 1,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
};

export interface FirefoxPage {
  /** Opens an address and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** Evaluates an expression, awaits its promise, and returns what it gave, by way of JSON. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

export async function openFirefox(executable: string): Promise<FirefoxPage> {
  const profile = await mkdtemp(path.join(tmpdir(), 'cairn-firefox-'));
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(path.join(profile, 'user.js'), lines.join('\n'));
  const browser = spawn(
    executable,
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: profile } },
  );
  const endpoint = await new Promise<string>((resolve, reject) => {
    let log = '';
    browser.stderr.on('data', (data: Buffer) => {
      log += data.toString();
      const address = /WebDriver BiDi listening on (ws:\S+)/.exec(log)?.[1];
      if (address) resolve(address);
    });
    browser.on('exit', () => reject(new Error(`Firefox ended: ${log.slice(-1000)}`)));
  });
  const connection = await connect(`${endpoint}/session`);
  await connection.send('session.new', { capabilities: {} });
  const tree = await connection.send('browsingContext.getTree', {});
  const { context } = (tree['contexts'] as { context: string }[])[0]!;
  return {
    async open(url) {
      await connection.send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    async evaluate<T>(expression: string) {
      const answer = await connection.send('script.evaluate', {
        expression: `(async () => JSON.stringify(await (${expression})))()`,
        target: { context },
        awaitPromise: true,
      });
      if (answer['type'] !== 'success') {
        throw new Error(`Firefox: ${JSON.stringify(answer['exceptionDetails']).slice(0, 1000)}`);
      }
      const { value } = answer['result'] as { value?: string };
      return (value === undefined ? undefined : JSON.parse(value)) as T;
    },
    async close() {
      connection.close();
      const ended = new Promise((resolve) => browser.once('exit', resolve));
      browser.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Answer = Record<string, unknown>;

async function connect(
  address: string,
): Promise<{ send(method: string, params: object): Promise<Answer>; close(): void }> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('Firefox refused the connection'));
  });
  let last = 0;
  const pending = new Map<number, PromiseWithResolvers<Answer>>();
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Answer & { id?: number };
    const waiting = message.id === undefined ? undefined : pending.get(message.id);
    if (!waiting) return;
    pending.delete(message.id!);
    if (message['type'] === 'success') waiting.resolve(message['result'] as Answer);
    else waiting.reject(new Error(`${String(message['error'])}: ${String(message['message'])}`));
  };
  return {
    send(method, params) {
      const waiting = Promise.withResolvers<Answer>();
      pending.set(++last, waiting);
      socket.send(JSON.stringify({ id: last, method, params }));
      return waiting.promise;
    },
    close: () => socket.close(),
  };
}
