/** The app and its edge in real workerd, with a database of its own, and the mails that the edge caught. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { migrate, serve } from '../cli/install.mjs';

export interface Edge {
  origin: string;
  /** The link in the newest mail to an address whose subject holds `subject`; waits for it. */
  linkTo(address: string, subject: string): Promise<string>;
  close(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function openEdge(): Promise<Edge> {
  const persistTo = await mkdtemp(path.join(os.tmpdir(), 'cairn-edge-'));
  migrate({ persistTo });
  const { child, address: origin } = await serve({
    ...{ port: await freePort(), quiet: true, persistTo },
  });
  return {
    origin,
    async linkTo(address, subject) {
      for (let tries = 0; tries < 300; tries += 1) {
        const answer = await fetch(`${origin}/dev/inbox/mails?to=${encodeURIComponent(address)}`);
        const { mails } = (await answer.json()) as { mails: { subject: string; text: string }[] };
        const link = mails
          .find((mail) => mail.subject.includes(subject))
          ?.text.match(/https?:\/\/\S+/)?.[0];
        if (link) return link;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      throw new Error(`no mail to ${address} about “${subject}” came within a minute`);
    },
    async close() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(persistTo, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
