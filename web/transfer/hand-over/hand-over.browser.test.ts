import { afterAll, beforeEach, expect, test } from 'vitest';
import { database } from '../../storage/database.ts';
import { list, readFile, removeWhenFree } from '../../storage/opfs.ts';
import { purgeRecording } from '../../storage/recordings.ts';
import { full } from '../test-project.ts';
import type { FromApp, FromExtension, MessagePortLike } from './protocol.ts';
import { receive } from './receive.ts';
import { sendOver } from './send.ts';

async function clear() {
  for (const id of await database.recordings.toCollection().primaryKeys()) await purgeRecording(id);
  for (const folder of ['recordings', 'incoming']) await removeWhenFree(folder);
}
beforeEach(clear);
afterAll(clear);

const token = crypto.randomUUID();

interface Line {
  /** Changes what the extension says; null breaks the line. */
  tamper?: (message: FromExtension, asked: FromApp) => FromExtension | null;
  seen: FromApp[];
  /** How often the app connected. */
  lines: number;
  stop: () => void;
}

/** Both ends in one page. What is offered leaves the library at once, as if this were another origin. */
function connectTo(recordingId: string, line: Line): () => MessagePortLike {
  return () => {
    line.lines++;
    const listeners = {
      app: [] as ((m: never) => void)[],
      extension: [] as ((m: never) => void)[],
    };
    const gone: (() => void)[] = [];
    let isOpen = true;
    const asked = new Map<number, FromApp>();
    const breakOff = () => {
      isOpen = false;
      for (const listener of gone) listener();
    };
    const deliver = (to: ((m: never) => void)[], message: unknown) =>
      queueMicrotask(() => {
        if (isOpen)
          for (const listener of to) listener(JSON.parse(JSON.stringify(message)) as never);
      });
    const extension: MessagePortLike = {
      postMessage: (message) => void say(message as FromExtension),
      disconnect: breakOff,
      onMessage: { addListener: (listener) => listeners.extension.push(listener) },
      onDisconnect: { addListener: () => undefined },
    };
    async function say(message: FromExtension) {
      const question = 'id' in message ? asked.get(message.id) : undefined;
      if (question && 'call' in question && question.call === 'open') {
        await database.recordings.clear();
        await database.projects.clear();
        await database.evidence.clear();
      }
      const changed = question && line.tamper ? line.tamper(message, question) : message;
      if (changed) deliver(listeners.app, changed);
      else breakOff();
    }
    const { stop } = sendOver(extension, {
      accept: async (given) => {
        await restore();
        return given === token ? recordingId : null;
      },
      onProgress: () => undefined,
      onDone: () => Promise.resolve(),
      onStop: () => undefined,
    });
    line.stop = stop;
    return {
      postMessage(message) {
        const sent = message as FromApp;
        line.seen.push(sent);
        if ('id' in sent) asked.set(sent.id, sent);
        deliver(listeners.extension, sent);
      },
      disconnect: () => (isOpen = false),
      onMessage: { addListener: (listener) => listeners.app.push(listener) },
      onDisconnect: { addListener: (listener) => gone.push(listener) },
    };
  };
}

let restore: () => Promise<void>;
async function prepared() {
  const { recording, project } = await full();
  const evidence = await database.evidence.toArray();
  restore = async () => {
    await database.recordings.put(recording);
    await database.projects.put(project);
    await database.evidence.bulkPut(evidence);
  };
  const line: Line = { seen: [], lines: 0, stop: () => undefined };
  const options = {
    token,
    connect: connectTo(recording.id, line),
    signal: new AbortController().signal,
    progress: () => undefined,
    onOffer: () => undefined,
  };
  return { recording, project, evidence, line, options };
}

const reads = ({ seen }: Line) =>
  seen.filter((m) => 'call' in m && m.call === 'read' && m.input.file > 0).length;

test('recording, project and evidence arrive as they were', async () => {
  const { recording, project, evidence, line, options } = await prepared();
  const media = await (await readFile(recording.files[0]!.path)).arrayBuffer();
  const imported = await receive(options);
  expect(imported).toMatchObject({ existing: false, recording });
  expect(await database.projects.toArray()).toEqual([project]);
  expect(await database.evidence.toArray()).toEqual(evidence);
  const arrived = await (await readFile(recording.files[0]!.path)).arrayBuffer();
  expect(new Uint8Array(arrived)).toEqual(new Uint8Array(media));
  expect(await list('incoming')).toEqual([]);
  expect(line.lines).toBe(1);
});

test('a chunk that arrives changed is fetched again, and what was there is kept', async () => {
  const { recording, line, options } = await prepared();
  let chunks = 0;
  line.tamper = (message, asked) => {
    const isChunk = 'call' in asked && asked.call === 'read' && asked.input.file > 0;
    if (!isChunk || !('result' in message) || ++chunks !== 2) return message;
    return { ...message, result: { ...(message.result as object), base64: btoa('other') } };
  };
  await receive(options);
  expect(line.lines).toBe(2);
  const whole = reads(line);
  expect(await database.recordings.count()).toBe(1);

  // Undisturbed, it takes as many reads as there are files of less than a megabyte.
  await clear();
  const calm = await prepared();
  await receive(calm.options);
  expect(calm.recording.files.length).toBe(recording.files.length);
  expect(whole).toBeLessThan(2 * reads(calm.line));
});

test('a line that breaks again and again without any progress is given up', async () => {
  const { line, options } = await prepared();
  line.tamper = (message, asked) => ('call' in asked && asked.call === 'read' ? null : message);
  await expect(receive(options)).rejects.toMatchObject({ code: 'hand-over-lost' });
  expect(await database.recordings.count()).toBe(0);
});

test('a false hash of the whole is not believed twice', async () => {
  const { line, options } = await prepared();
  line.tamper = (message, asked) =>
    'call' in asked && asked.call === 'hash' && 'result' in message
      ? { ...message, result: '0'.repeat(64) }
      : message;
  await expect(receive(options)).rejects.toMatchObject({ code: 'cairn-damaged' });
});

test('without the token nothing is offered', async () => {
  const { options } = await prepared();
  await expect(receive({ ...options, token: crypto.randomUUID() })).rejects.toMatchObject({
    code: 'hand-over-refused',
  });
});

test('an offer with a name that leads elsewhere is refused', async () => {
  const { line, options } = await prepared();
  line.tamper = (message, asked) => {
    if (!('call' in asked) || asked.call !== 'open' || !('result' in message)) return message;
    const offer = message.result as { files: { name: string }[] };
    return { ...message, result: { ...offer, files: [...offer.files, { name: '../x', size: 1 }] } };
  };
  await expect(receive(options)).rejects.toMatchObject({ code: 'cairn-damaged' });
  expect(await list('incoming')).toEqual([]);
});

test('stopped in the extension, nothing stays behind', async () => {
  const { line, options } = await prepared();
  const stopping = { ...options, progress: () => line.stop() };
  await expect(receive(stopping)).rejects.toMatchObject({ name: 'AbortError' });
  expect(await list('incoming')).toEqual([]);
  expect(await database.recordings.count()).toBe(0);
});
