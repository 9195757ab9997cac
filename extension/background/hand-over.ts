/**
 * "Open in the web app": gives one recording to one tab of the web app. A token is made when the person presses the
 * button and is good for that tab and that recording until it is there; it outlives this worker.
 */
import { portName, type MessagePortLike } from '../../web/transfer/hand-over/protocol.ts';
import { sendOver } from '../../web/transfer/hand-over/send.ts';
import { tellHandOver, type HandOverStatus } from '../../web/transfer/hand-over/status.ts';

declare global {
  interface ImportMetaEnv {
    readonly CAIRN_APP_ORIGIN: string;
  }
}
const appOrigin = import.meta.env.CAIRN_APP_ORIGIN;

interface Grant {
  token: string;
  recordingId: string;
  tabId: number;
}

const grantsKey = 'hand-over';
const running = new Map<string, { stop(): void }>();

async function readGrants(): Promise<Grant[]> {
  const { [grantsKey]: grants } = await chrome.storage.session.get(grantsKey);
  return (grants as Grant[] | undefined) ?? [];
}

/** One at a time: what one reads and writes is not torn apart by another. */
const changeGrants = (change: (grants: Grant[]) => Grant[]): Promise<void> =>
  navigator.locks.request(grantsKey, async () =>
    chrome.storage.session.set({ [grantsKey]: change(await readGrants()) }),
  );

export async function handOver(recordingId: string): Promise<void> {
  await stopHandOver(recordingId);
  // The token is known here before the page can ask for it.
  const tab = await chrome.tabs.create({ url: 'about:blank' });
  if (tab.id === undefined) return;
  const grant = { token: crypto.randomUUID(), recordingId, tabId: tab.id };
  await changeGrants((grants) => [...grants, grant]);
  await chrome.tabs.update(tab.id, {
    url: `${appOrigin}/receive#${chrome.runtime.id}/${grant.token}`,
  });
}

/** Takes the token back. What has arrived in the app by then is removed there. */
export async function stopHandOver(recordingId: string): Promise<void> {
  running.get(recordingId)?.stop();
  await end(recordingId);
}

async function end(recordingId: string): Promise<void> {
  running.delete(recordingId);
  await changeGrants((grants) => grants.filter((grant) => grant.recordingId !== recordingId));
}

chrome.runtime.onConnectExternal.addListener((port) => {
  const { origin, url, tab, frameId } = port.sender ?? {};
  const from = origin ?? (url && new URL(url).origin);
  if (port.name !== portName || from !== appOrigin || frameId !== 0 || !tab) {
    port.disconnect();
    return;
  }
  let recordingId: string | null = null;
  let reached = 0;
  const tell = (phase: HandOverStatus['phase'], fraction: number) => {
    reached = fraction;
    if (recordingId) tellHandOver({ recordingId, phase, fraction });
  };
  const sender = sendOver(port as unknown as MessagePortLike, {
    async accept(token) {
      const grant = (await readGrants()).find((g) => g.token === token && g.tabId === tab.id);
      if (!grant) return null;
      recordingId = grant.recordingId;
      running.set(recordingId, {
        stop: () => {
          sender.stop();
          tell('stopped', 0);
        },
      });
      tell('running', 0);
      return recordingId;
    },
    onProgress: (fraction) => tell('running', fraction),
    async onDone() {
      tell('done', 1);
      if (recordingId) await end(recordingId);
    },
    onStop() {
      tell('stopped', 0);
      if (recordingId) void end(recordingId);
    },
  });
  port.onDisconnect.addListener(() => {
    // Its grant is still there: neither done nor stopped.
    if (recordingId && running.delete(recordingId)) tell('broken', reached);
  });
});
