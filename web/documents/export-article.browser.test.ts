import { unzipSync } from 'fflate';
import { BufferTarget, CanvasSource, Output, WebMOutputFormat } from 'mediabunny';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Project, Step } from '../core/project.ts';
import type { Recording } from '../core/recording.ts';
import { sourceTime } from '../core/time.ts';
import { readFile, remove, writeFile } from '../storage/opfs.ts';
import { connect } from '../workers/rpc.ts';
import type { DocumentsApi } from '../workers/documents.worker.ts';

const worker = connect<DocumentsApi>(
  () => new Worker(new URL('../workers/documents.worker.ts', import.meta.url), { type: 'module' }),
);
const folder = 'temp/documents-test';
const colours = ['#d02020', '#20a020', '#2040d0', '#d0c020'];
const size = { width: 1920, height: 1080 };

/** Four pictures of one colour each, from 0.3 s on, a second apart. */
async function makeClip(): Promise<void> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d')!;
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new CanvasSource(canvas, { codec: 'vp8', bitrate: 2_000_000 });
  output.addVideoTrack(source);
  await output.start();
  for (const [i, colour] of colours.entries()) {
    context.fillStyle = colour;
    context.fillRect(0, 0, size.width, size.height);
    await source.add(0.3 + i, 1);
  }
  await output.finalize();
  await writeFile(`${folder}/clip.webm`, target.buffer!);
}

const recording = {
  id: 'r',
  name: 'clip.webm',
  files: [
    {
      role: 'screen',
      path: `${folder}/clip.webm`,
      type: 'video/webm',
      size: 1,
      video: {},
      audio: [],
    },
  ],
} as unknown as Recording;

const step = (id: string, time: number | null): Step => ({
  id,
  start: sourceTime(0),
  end: sourceTime(1),
  title: `Step ${id}`,
  text: `Text of **${id}**.`,
  claim: 'shown',
  still: time === null ? null : { time: sourceTime(time), alt: `Picture ${id}` },
  stillChoices: [],
  interaction: null,
});
// Out of order, one twice, one before the first frame, one beyond the end.
const steps = [
  step('a', 2.3),
  step('b', 0),
  step('c', null),
  step('d', 1.8),
  step('e', 99),
  step('f', 2.3),
];
const wanted: Record<string, number> = { a: 2, b: 0, d: 1, e: 3, f: 2 };
const project = { title: 'How to', steps } as unknown as Project;

async function middleOf(
  picture: Blob,
): Promise<{ width: number; height: number; colour: number[] }> {
  const bitmap = await createImageBitmap(picture);
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(bitmap, 0, 0);
  return {
    width,
    height,
    colour: [...context.getImageData(width / 2, height / 2, 1, 1).data.slice(0, 3)],
  };
}
function expectColour(colour: number[], index: number) {
  const hex = colours[index]!;
  colour.forEach((value, c) => {
    const exact = parseInt(hex.slice(1 + 2 * c, 3 + 2 * c), 16);
    expect(Math.abs(value - exact)).toBeLessThan(24);
  });
}

beforeAll(makeClip);
afterAll(async () => {
  worker.close();
  await remove(folder);
});

test('a zip of Markdown and pictures, read back', async () => {
  const outputPath = `${folder}/out.zip`;
  const seen: number[] = [];
  const { stillFiles } = await worker.call.exportArticle(
    { recording, project, language: 'en', format: 'markdown', outputPath },
    { progress: (p) => seen.push(p.fraction) },
  );
  const files = unzipSync(new Uint8Array(await (await readFile(outputPath)).arrayBuffer()));
  const markdown = new TextDecoder().decode(files['article.md']);
  expect(markdown).toContain(
    '# How to\n\n## Step a\n\nText of **a**.\n\n![Picture a](images/step-01.png)',
  );
  expect(Object.keys(files).sort()).toEqual(['article.md', ...Object.values(stillFiles)].sort());
  expect(Object.keys(stillFiles)).toEqual(Object.keys(wanted));
  for (const [id, name] of Object.entries(stillFiles)) {
    expect(markdown).toContain(`](${name})`);
    const picture = await middleOf(new Blob([files[name]! as BlobPart], { type: 'image/png' }));
    expect([picture.width, picture.height]).toEqual([1600, 900]);
    expectColour(picture.colour, wanted[id]!);
  }
  expect(seen.at(-1)).toBe(1);
});

test('one HTML file with its pictures inside, and the same for the clipboard', async () => {
  const outputPath = `${folder}/out.html`;
  await worker.call.exportArticle({
    recording,
    project,
    language: 'en',
    format: 'html',
    outputPath,
  });
  const page = new DOMParser().parseFromString(
    await (await readFile(outputPath)).text(),
    'text/html',
  );
  expect(page.querySelectorAll('ol > li > h2')).toHaveLength(steps.length);
  const images = [...page.querySelectorAll('img')];
  expect(images.map((i) => i.alt)).toEqual(['a', 'b', 'd', 'e', 'f'].map((id) => `Picture ${id}`));
  expectColour((await middleOf(await (await fetch(images[1]!.src)).blob())).colour, 0);

  const { html, text } = await worker.call.richText({ recording, project, language: 'en' });
  expect(html.match(/<img src="data:image\//g)).toHaveLength(images.length);
  expect(text).toContain('1. Step a\n\nText of a.');
});

test('a cancelled export leaves the earlier file as it was', async () => {
  const outputPath = `${folder}/kept.html`;
  await writeFile(outputPath, 'earlier');
  const controller = new AbortController();
  const call = worker.call.exportArticle(
    { recording, project, language: 'en', format: 'html', outputPath },
    { signal: controller.signal, progress: () => controller.abort() },
  );
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(await (await readFile(outputPath)).text()).toBe('earlier');
});
