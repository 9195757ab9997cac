/** Draws the strip: ruler, pictures, waveform, cuts, steps, on the axis of the recording. */
import type { SoundEvidence } from '../core/evidence.ts';
import type { Step } from '../core/project.ts';
import type { SourceRange } from '../core/time.ts';
import { lastAtOrBefore } from '../core/timeline.ts';
import type { Thumbnails } from '../state/Thumbnails.svelte.ts';
import { formatDuration } from '../ui/format.ts';
import { marksHeight, type InteractionMarks } from './interaction-marks.ts';

export interface StripView {
  /** Source time at the left edge. */
  start: number;
  pixelsPerSecond: number;
  width: number;
}

export interface StripContent {
  duration: number;
  cuts: readonly SourceRange[];
  selection: SourceRange | null;
  steps: readonly Step[];
  selectedStep: string | null;
  sound: SoundEvidence | null;
  thumbnails: Thumbnails | null;
  /** Null where nothing was done in the recording. */
  marks: InteractionMarks | null;
}

export interface Palette {
  text: string;
  line: string;
  wave: string;
  waveCut: string;
  veil: string;
  hatch: string;
  selection: string;
  selectionLine: string;
  step: string;
  stepSelected: string;
  onStep: string;
  onStepSelected: string;
  mark: string;
  empty: string;
  font: string;
}

export const rulerHeight = 22;
const gap = 4;

export const toX = (view: StripView, time: number) => (time - view.start) * view.pixelsPerSecond;
export const toTime = (view: StripView, x: number) => view.start + x / view.pixelsPerSecond;

export function drawStrip(
  context: CanvasRenderingContext2D,
  view: StripView,
  height: number,
  content: StripContent,
  palette: Palette,
): void {
  context.clearRect(0, 0, view.width, height);
  const end = Math.min(view.width, toX(view, content.duration));
  const hasPicture = content.thumbnails !== null;
  const top = rulerHeight + (content.marks ? marksHeight : 0);
  const below = height - top;
  const pictureHeight = hasPicture ? Math.round(below * 0.52) : 0;
  const waveTop = top + pictureHeight + (hasPicture ? gap : 0);
  context.fillStyle = palette.empty;
  context.fillRect(Math.max(0, toX(view, 0)), top, end - Math.max(0, toX(view, 0)), below);
  if (content.thumbnails)
    drawPictures(context, view, content.thumbnails, top, pictureHeight, content.duration);
  if (content.sound)
    drawWave(context, view, content.sound, waveTop, height - waveTop, content.cuts, palette);
  for (const cut of content.cuts) drawCut(context, view, cut, height, palette);
  if (content.selection) drawSelection(context, view, content.selection, height, palette);
  drawRuler(context, view, content, palette);
  content.marks?.draw(context, view, rulerHeight, palette);
}

function drawPictures(
  context: CanvasRenderingContext2D,
  view: StripView,
  thumbnails: Thumbnails,
  top: number,
  height: number,
  duration: number,
): void {
  const { sheets } = thumbnails;
  const width = (height * sheets.width) / sheets.height;
  // Pictures stand at fixed times, so that scrolling moves them and does not exchange them.
  const step = width / view.pixelsPerSecond;
  const first = Math.max(0, Math.floor(view.start / step));
  context.save();
  context.beginPath();
  context.rect(0, top, Math.min(view.width, toX(view, duration)), height);
  context.clip();
  for (let i = first; i * step < Math.min(duration, toTime(view, view.width)); i++) {
    const picture = thumbnails.at(i * step + step / 2);
    if (!picture) continue;
    const x = toX(view, i * step);
    context.drawImage(picture, Math.round(x), top, Math.ceil(width), height);
  }
  context.restore();
}

function drawWave(
  context: CanvasRenderingContext2D,
  view: StripView,
  sound: SoundEvidence,
  top: number,
  height: number,
  cuts: readonly SourceRange[],
  palette: Palette,
): void {
  const { peaks, peakRate } = sound;
  const middle = top + height / 2;
  const count = peaks.length / 2;
  for (let x = 0; x < view.width; x++) {
    const from = Math.floor(toTime(view, x) * peakRate);
    const to = Math.max(from + 1, Math.floor(toTime(view, x + 1) * peakRate));
    if (from < 0 || from >= count) continue;
    let low = 0;
    let high = 0;
    for (let i = from; i < Math.min(to, count); i++) {
      low = Math.min(low, peaks[2 * i]!);
      high = Math.max(high, peaks[2 * i + 1]!);
    }
    const time = toTime(view, x + 0.5);
    const cut = cuts[lastAtOrBefore(cuts, (c) => c.start, time)];
    context.fillStyle = cut && time < cut.end ? palette.waveCut : palette.wave;
    // The square root lifts quiet speech so that it can be seen.
    const up = Math.sqrt(high / 127) * (height / 2 - 2);
    const down = Math.sqrt(-low / 127) * (height / 2 - 2);
    context.fillRect(x, middle - up, 1, Math.max(1, up + down));
  }
}

function drawCut(
  context: CanvasRenderingContext2D,
  view: StripView,
  cut: SourceRange,
  height: number,
  palette: Palette,
): void {
  const x = Math.max(-2, toX(view, cut.start));
  const right = Math.min(view.width + 2, toX(view, cut.end));
  if (right <= 0 || x >= view.width) return;
  const width = Math.max(1, right - x);
  context.fillStyle = palette.veil;
  context.fillRect(x, rulerHeight, width, height - rulerHeight);
  if (width < 5) return;
  context.save();
  context.beginPath();
  context.rect(x, rulerHeight, width, height - rulerHeight);
  context.clip();
  context.strokeStyle = palette.hatch;
  context.lineWidth = 1;
  context.beginPath();
  const spacing = 7;
  // Lines hang on the time axis, not on the window, so that scrolling does not make them crawl.
  const offset = ((-view.start * view.pixelsPerSecond) % spacing) - height;
  for (
    let line = offset + Math.floor((x - offset - height) / spacing) * spacing;
    line < right + height;
    line += spacing
  ) {
    context.moveTo(line, height);
    context.lineTo(line + height, 0);
  }
  context.stroke();
  context.restore();
}

function drawSelection(
  context: CanvasRenderingContext2D,
  view: StripView,
  range: SourceRange,
  height: number,
  palette: Palette,
): void {
  const x = toX(view, range.start);
  const width = Math.max(1, toX(view, range.end) - x);
  context.fillStyle = palette.selection;
  context.fillRect(x, rulerHeight, width, height - rulerHeight);
  context.fillStyle = palette.selectionLine;
  context.fillRect(x, rulerHeight, 2, height - rulerHeight);
  context.fillRect(x + width - 2, rulerHeight, 2, height - rulerHeight);
}

const intervals = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

function drawRuler(
  context: CanvasRenderingContext2D,
  view: StripView,
  content: StripContent,
  palette: Palette,
): void {
  const interval = intervals.find((i) => i * view.pixelsPerSecond >= 76) ?? 3600;
  context.font = palette.font;
  context.textBaseline = 'middle';
  context.fillStyle = palette.text;
  const last = Math.min(content.duration, toTime(view, view.width));
  for (let i = Math.floor(view.start / interval); i * interval <= last; i++) {
    const x = Math.round(toX(view, i * interval));
    context.fillStyle = palette.line;
    context.fillRect(x, rulerHeight - 6, 1, 6);
    context.fillStyle = palette.text;
    const time = i * interval;
    const label =
      interval < 1
        ? `${formatDuration(Math.floor(time))}.${Math.round((time % 1) * 10)}`
        : formatDuration(time);
    const hidden = content.steps.some((s) => {
      const left = toX(view, s.start);
      return left < x + 6 + 6.5 * label.length && left + 24 > x + 2;
    });
    if (!hidden) context.fillText(label, x + 4, rulerHeight / 2);
  }
  drawSteps(context, view, content, palette);
}

function drawSteps(
  context: CanvasRenderingContext2D,
  view: StripView,
  { steps, selectedStep }: StripContent,
  palette: Palette,
): void {
  for (const [i, step] of steps.entries()) {
    const x = Math.round(toX(view, step.start));
    const label = String(i + 1);
    const width = 10 + 6.5 * label.length;
    if (x < -width || x > view.width) continue;
    const selected = step.id === selectedStep;
    context.fillStyle = selected ? palette.stepSelected : palette.step;
    context.fillRect(x, 2, 1, context.canvas.clientHeight - 2);
    context.beginPath();
    context.roundRect(x, 2, width, 16, [0, 8, 8, 0]);
    context.fill();
    context.fillStyle = selected ? palette.onStepSelected : palette.onStep;
    context.fillText(label, x + 5, 10.5);
  }
}

/** Canvas cannot read custom properties: the colours are looked up on an element of the page. */
export function readPalette(element: HTMLElement): Palette {
  const style = getComputedStyle(element);
  const probe = document.createElement('span');
  element.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const palette: Palette = {
    text: colour('text-faint'),
    line: colour('line-strong'),
    wave: colour('strip-wave'),
    waveCut: colour('strip-wave-cut'),
    veil: colour('strip-veil'),
    hatch: colour('strip-hatch'),
    selection: colour('strip-selection'),
    selectionLine: colour('accent'),
    step: colour('neutral-7'),
    stepSelected: colour('accent'),
    onStep: colour('neutral-0'),
    onStepSelected: colour('on-accent'),
    mark: colour('accent'),
    empty: colour('surface-sunken'),
    font: `500 11px ${style.fontFamily}`,
  };
  probe.remove();
  return palette;
}
