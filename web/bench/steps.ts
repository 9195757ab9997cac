/**
 * Steps and stills on narrated recordings whose steps are known, against the simple rules that take
 * the frame half a second or a second after the click; and how fast the picture is looked through.
 */
import path from 'node:path';
import type { ScreenEvidence, StepDraft } from '../core/evidence.ts';
import { screenClip } from './media.ts';
import { openPage, type BenchPage } from './page.ts';
import { hasVoice, recordTutorial, type TrueStep, type Truth } from './steps/record.ts';
import { tutorials } from './steps/tutorials.ts';

/** Runs in the page: the product's own analysis of a file picked in its input. */
interface Analysed {
  seconds: number;
  screen: Pick<ScreenEvidence, 'changes'>;
  frames: number;
  steps: StepDraft[];
}

async function analyse({ page }: BenchPage, file: string, truth: Truth | null): Promise<Analysed> {
  await page.setContent('<input type=file>');
  await page.setInputFiles('input', file);
  return page.evaluate(async (known) => {
    const address = (p: string) => p;
    const { analyseScreen } = (await import(
      address('/analysis/screen/analyse.ts')
    )) as typeof import('../analysis/screen/analyse.ts');
    const { draftSteps } = (await import(
      address('/core/steps.ts')
    )) as typeof import('../core/steps.ts');
    const picked = document.querySelector('input')!.files![0]!;
    const context = { signal: new AbortController().signal, progress: () => {} };
    const began = performance.now();
    const screen = await analyseScreen(
      { file: picked, folder: 'temp/strip', interactions: [] },
      context,
    );
    const seconds = (performance.now() - began) / 1000;
    const input = { silences: [], fillers: [], disfluencies: [], interactions: [], language: 'en' };
    const steps = known
      ? draftSteps({ ...input, words: known.words as never, screen, duration: known.duration })
      : [];
    return { seconds, screen: { changes: screen.changes }, frames: screen.times.length, steps };
  }, truth);
}

/** The right state is shown from when it has settled (give or take a frame of the recorder) to the next act. */
const isRight = (time: number | undefined, step: TrueStep) =>
  time !== undefined && time >= step.settled - 0.1 && time < step.until + 0.05;

/** The drafted step that begins nearest to a known one, if within a second. */
const matching = (steps: readonly StepDraft[], truth: TrueStep): StepDraft | undefined =>
  steps
    .filter((s) => Math.abs(s.start - truth.said) <= 1)
    .sort((a, b) => Math.abs(a.start - truth.said) - Math.abs(b.start - truth.said))[0];

const percent = (share: number) => `${Math.round(share * 100)} %`;

export async function run(): Promise<void> {
  if (!hasVoice())
    console.log(
      'espeak-ng is not installed: the recordings have no voice (their words are known).',
    );
  const recordings = [];
  for (const tutorial of tutorials)
    recordings.push({ tutorial, ...(await recordTutorial(tutorial)) });
  const bench = await openPage();
  const rows: Record<string, string | number>[] = [];
  const total = { steps: 0, found: 0, drafted: 0, right: 0, half: 0, one: 0 };
  try {
    for (const { tutorial, video, truth } of recordings) {
      const { steps, seconds, screen } = await analyse(bench, video, truth);
      if (process.env['BENCH_DETAILS']) details(truth, steps, screen.changes);
      const found = truth.steps.filter((t) => matching(steps, t)).length;
      const right = truth.steps.filter((t) =>
        isRight(matching(steps, t)?.stills[0]?.time, t),
      ).length;
      const half = truth.steps.filter((t) => isRight(t.clicked + 0.5, t)).length;
      const one = truth.steps.filter((t) => isRight(t.clicked + 1, t)).length;
      const n = truth.steps.length;
      rows.push({
        recording: tutorial.name,
        seconds: Math.round(truth.duration),
        'true steps': n,
        drafted: steps.length,
        'found ±1 s': found,
        'stills right': right,
        'click + 0.5 s': half,
        'click + 1 s': one,
        'analysis, s': seconds.toFixed(1),
      });
      total.steps += n;
      total.found += found;
      total.drafted += steps.length;
      total.right += right;
      total.half += half;
      total.one += one;
    }
    console.log(
      '\nSteps and stills, from picture and words alone (no clicks given); the rules are given the clicks',
    );
    console.table(rows);
    console.table({
      'steps found (±1 s)': percent(total.found / total.steps),
      'drafted steps that are true': percent(total.found / total.drafted),
      'stills showing the settled result': percent(total.right / total.steps),
      'rule: 0.5 s after the click': percent(total.half / total.steps),
      'rule: 1 s after the click': percent(total.one / total.steps),
    });
    await speed(bench);
  } finally {
    await bench.close();
  }
}

/** The alternatives, in the page: the same frames decoded and dropped, or drawn small on a canvas. */
async function alternatives({ page }: BenchPage, drawnSeconds: number) {
  return page.evaluate(async (limit) => {
    const address = (p: string) => p;
    const { ALL_FORMATS, BlobSource, Input, VideoSampleSink } = (await import(
      address('/bench/mediabunny.ts')
    )) as typeof import('mediabunny');
    const file = document.querySelector('input')!.files![0]!;
    const time = async (
      end: number,
      use: (draw: (c: OffscreenCanvasRenderingContext2D) => void) => void,
    ) => {
      const input = new Input({ source: new BlobSource(file), formats: ALL_FORMATS });
      const track = (await input.getPrimaryVideoTrack())!;
      const began = performance.now();
      for await (const sample of new VideoSampleSink(track).samples(0, end)) {
        use((context) => sample.draw(context, 0, 0, 240, 135));
        sample.close();
      }
      input.dispose();
      return (performance.now() - began) / 1000;
    };
    const context = new OffscreenCanvas(240, 135).getContext('2d', { willReadFrequently: true })!;
    const decoded = await time(Infinity, () => {});
    const drawn = await time(limit, (draw) => {
      draw(context);
      context.getImageData(0, 0, 240, 135);
    });
    return { decoded, drawn };
  }, drawnSeconds);
}

async function speed(bench: BenchPage): Promise<void> {
  const rows = [];
  const length = 60;
  const drawnSeconds = 10;
  for (const keyInterval of [30, 250]) {
    const file = screenClip({ seconds: length, keyInterval });
    const { seconds, frames } = await analyse(bench, file, null);
    const { decoded, drawn } = await alternatives(bench, drawnSeconds);
    rows.push({
      clip: path.basename(file),
      'analysis, s': seconds.toFixed(1),
      '× real time': (length / seconds).toFixed(1),
      'for 10 minutes, s': Math.round((600 / length) * seconds),
      'frames looked at': frames,
      'only decoding, × real time': (length / decoded).toFixed(1),
      'canvas for every frame, × real time': (drawnSeconds / drawn).toFixed(1),
    });
  }
  console.log(`\nLooking through ${length} s of 1080p at 30 frames a second that never rest`);
  console.table(rows);
}

function details(
  truth: Truth,
  steps: readonly StepDraft[],
  changes: ScreenEvidence['changes'],
): void {
  for (const t of truth.steps) {
    const s = matching(steps, t);
    const still = s?.stills[0]?.time;
    console.log(
      `${isRight(still, t) ? 'ok ' : 'BAD'} said ${t.said.toFixed(2)} click ${t.clicked.toFixed(2)} settled ${t.settled.toFixed(2)}–${t.until.toFixed(2)} | still ${still?.toFixed(2)} "${s?.title}" | ${t.text}`,
    );
  }
  for (const s of steps)
    console.log(
      `  ${s.start.toFixed(2)}–${s.end.toFixed(2)} ${s.title} [${s.stills.map((c) => `${c.time.toFixed(1)}:${c.score.toFixed(2)}`).join(' ')}]`,
    );
  for (const c of changes)
    console.log(
      `    ${c.time.toFixed(2)} → ${c.settled.toFixed(2)} area ${c.area.toFixed(4)} state ${c.state}${c.reverts ? ' reverts' : ''}`,
    );
}

if (process.argv[1] === import.meta.filename) await run();
