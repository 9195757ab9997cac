/** Plays the edited result: picture on a canvas, sound through Web Audio, both on one clock. */
import type { VideoSample } from 'mediabunny';
import { cameraFile } from '../core/camera.ts';
import { toAppError, type AppError } from '../core/errors.ts';
import type { SoundEvidence } from '../core/evidence.ts';
import type { SoundChoice } from '../core/project.ts';
import { mainFile, type Recording } from '../core/recording.ts';
import { defaultLevels } from '../core/sound-mix.ts';
import { outputTime, sourceTime, type OutputTime, type SourceTime } from '../core/time.ts';
import { lastAtOrBefore, TimeMap } from '../core/timeline.ts';
import { CameraPicture } from './playback/camera.ts';
import { SilentClock } from './playback/clock.ts';
import { openMedia, type Media } from './playback/media.ts';
import { PictureStream } from './playback/picture-stream.ts';
import { Poster } from './playback/poster.ts';
import type { SoundOutput } from './playback/sound-output.ts';
import { Voice } from './playback/voice.ts';

export type PlayerStatus = 'loading' | 'ready' | 'failed';
export interface SkippedGap {
  from: SourceTime;
  to: SourceTime;
  /** Output time of the joint. */
  at: OutputTime;
}

export const playbackRates = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;
const backwardStepMs = 120;
const logLength = 1000;

export class Player {
  readonly hasPicture: boolean;
  readonly hasSound: boolean;
  /** Joints passed while playing, the latest last. For tests and the curious. */
  readonly skipped: SkippedGap[] = [];

  #recording: Recording;
  #media: Media | null = null;
  #voice: Voice | null = null;
  #silence = new SilentClock();
  #picture: PictureStream | null = null;
  #poster: Poster | null = null;
  #canvas: HTMLCanvasElement | null = null;
  #camera: CameraPicture | null = null;
  #cameraCanvas: HTMLCanvasElement | null = null;
  #wantedSound: [SoundEvidence | null, SoundChoice];
  /** Raised by everything that makes a start under way pointless. */
  #turn = 0;
  #frame = 0;
  #segment = 0;
  #closed = false;
  /** No sound can be heard just now: none there, or the browser waits for a click first. */
  #silent = false;
  #backward: ReturnType<typeof setInterval> | undefined;

  #map = $state.raw(new TimeMap(sourceTime(0)));
  #status = $state<PlayerStatus>('loading');
  #error = $state.raw<AppError | null>(null);
  #time = $state(outputTime(0));
  #playing = $state(false);
  #rate = $state(1);
  #volume = $state(1);
  #muted = $state(false);
  #drawn = $state(0);
  #hasCamera = $state(false);

  constructor(recording: Recording) {
    this.#recording = recording;
    const main = mainFile(recording);
    this.hasPicture = main.video !== null;
    this.hasSound = main.audio.length > 0;
    this.#map = new TimeMap(recording.duration);
    this.#wantedSound = [null, { denoise: true, normalise: true, ...defaultLevels(recording) }];
  }

  get status(): PlayerStatus {
    return this.#status;
  }
  get error(): AppError | null {
    return this.#error;
  }
  get time(): OutputTime {
    return this.#time;
  }
  get sourceTime(): SourceTime {
    return this.#map.toSource(this.#time);
  }
  get duration(): OutputTime {
    return this.#map.duration;
  }
  get playing(): boolean {
    return this.#playing;
  }
  get rate(): number {
    return this.#rate;
  }
  get volume(): number {
    return this.#volume;
  }
  get muted(): boolean {
    return this.#muted;
  }
  /** Whether there is a picture of the camera that can be shown. */
  get hasCamera(): boolean {
    return this.#hasCamera;
  }
  /** Number of frames drawn. */
  get drawn(): number {
    return this.#drawn;
  }
  /** The sound before the loudspeakers, once it has been opened. */
  get soundOutput(): SoundOutput | null {
    return this.#voice?.output ?? null;
  }

  async load(): Promise<void> {
    try {
      const media = await openMedia(this.#recording);
      if (this.#closed) return media.close();
      this.#media = media;
      this.#voice = new Voice(this.#recording, media);
      this.#voice.setSound(...this.#wantedSound);
      await this.#openCamera();
      if (this.#closed) return;
      if (this.#media.video) this.#poster = new Poster(this.#media.video, (s) => this.#draw(s));
      this.#status = 'ready';
      this.#showPoster();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Where to draw. The canvas keeps the size that its owner gives it. */
  attach(canvas: HTMLCanvasElement | null): void {
    this.#canvas = canvas;
    this.redraw();
  }

  /** Where to draw the camera; null where it is not shown, which spares decoding it. */
  attachCamera(canvas: HTMLCanvasElement | null): void {
    this.#cameraCanvas = canvas;
    this.#camera?.attach(canvas);
    if (!canvas) return;
    if (this.#playing) void this.#start();
    else this.redraw();
  }

  /** Draws the current frame again, after the canvas changed its size. */
  redraw(): void {
    if (this.#canvas && !this.#playing) this.#showPoster();
  }

  /** The edit changed. The moment of the recording that is shown stays, where it still exists. */
  setMap(map: TimeMap): void {
    if (map === this.#map) return;
    const source = this.sourceTime;
    this.#map = map;
    this.seek(map.toOutputNearest(source));
  }

  /** What is known of the sound, and what the person wants of it. Heard within 20 ms, without a gap. */
  setSound(levels: SoundEvidence | null, choice: SoundChoice): void {
    this.#wantedSound = [levels, choice];
    if (this.#voice?.setSound(levels, choice) && this.#playing) void this.#start();
  }

  play(): void {
    this.#stopBackward();
    if (this.#playing || this.#status !== 'ready' || this.duration === 0) return;
    if (this.#time >= this.duration - 0.05) this.#time = outputTime(0);
    this.#playing = true;
    void this.#start();
  }

  pause(): void {
    this.#stopBackward();
    if (!this.#playing) return;
    this.#halt();
    this.#playing = false;
    this.#showPoster();
  }

  toggle(): void {
    if (this.#playing || this.#backward !== undefined) this.pause();
    else this.play();
  }

  /** The latest wish wins; playing goes on from there. */
  seek(time: number): void {
    this.#time = outputTime(Math.min(Math.max(0, time), this.duration));
    if (this.#playing) void this.#start();
    else this.#showPoster();
  }

  seekSource(time: SourceTime): void {
    this.seek(this.#map.toOutputNearest(time));
  }

  /** To the next or previous frame of the result. */
  async stepFrame(direction: 1 | -1): Promise<void> {
    this.pause();
    const poster = this.#poster;
    if (!poster) return this.seek(this.#time + direction * 0.04);
    const map = this.#map;
    const time = await poster.neighbour(this.sourceTime, direction).catch(() => null);
    if (time === null || map !== this.#map) return;
    const exact = map.toOutput(sourceTime(time));
    if (exact !== null && (exact - this.#time) * direction > 0) return this.seek(exact);
    // The neighbour was cut out: go to the other side of the joint.
    const at = lastAtOrBefore(map.segments, (s) => s.output.start, this.#time);
    const segment = map.segments[direction > 0 ? at + 1 : at];
    if (segment) this.seek(direction > 0 ? segment.output.start : segment.output.start - 0.02);
  }

  /** J, K, L: backward, stop, forward; again for faster. */
  shuttle(key: 'j' | 'k' | 'l'): void {
    if (key === 'k') return this.pause();
    if (key === 'l') {
      if (this.#playing) this.setRate(this.#rate >= 1.5 ? 2 : this.#rate >= 1 ? 1.5 : 1);
      else this.play();
      return;
    }
    this.#halt();
    this.#playing = false;
    const speed = this.#backward === undefined ? 1 : 3;
    clearInterval(this.#backward);
    this.#backward = setInterval(() => {
      this.seek(this.#time - (speed * backwardStepMs) / 1000);
      if (this.#time === 0) this.#stopBackward();
    }, backwardStepMs);
  }

  setRate(rate: number): void {
    this.#rate = Math.min(2, Math.max(0.5, rate));
    if (this.#playing) void this.#start();
  }

  setVolume(volume: number): void {
    this.#volume = Math.min(1, Math.max(0, volume));
    this.#muted = false;
    this.#voice?.setVolume(this.#muted ? 0 : this.#volume);
  }

  setMuted(muted: boolean): void {
    this.#muted = muted;
    this.#voice?.setVolume(this.#muted ? 0 : this.#volume);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopBackward();
    this.#halt();
    this.#playing = false;
    this.#status = 'loading';
    this.#canvas = null;
    this.#poster?.cancel();
    this.#camera?.close();
    await this.#voice?.close();
    this.#media?.close();
  }

  async #openCamera(): Promise<void> {
    const file = cameraFile(this.#recording);
    if (!file) return;
    const failed = () => (this.#hasCamera = false);
    this.#camera = await CameraPicture.open(file.path, failed);
    if (this.#closed) return this.#camera?.close();
    this.#camera?.attach(this.#cameraCanvas);
    this.#hasCamera = this.#camera !== null;
  }

  async #start(): Promise<void> {
    const turn = ++this.#turn;
    const isCurrent = () => turn === this.#turn;
    cancelAnimationFrame(this.#frame);
    this.#silence.stop();
    this.#voice?.output?.stop();
    this.#poster?.cancel();
    this.#camera?.stop();
    this.#picture?.close();
    this.#picture = null;
    const map = this.#map;
    const from = this.#time;
    try {
      const sound = (await this.#voice?.open()) ?? null;
      if (!isCurrent()) return;
      const now = () => this.#position() ?? from;
      if (this.#media?.video) {
        this.#picture = new PictureStream(this.#media.video, map, from, now);
      }
      const picture = Promise.all([this.#picture?.ready, this.#camera?.start(map, from, now)]);
      const started = (await sound?.start(map, from, this.#rate, isCurrent, picture)) ?? 'blocked';
      if (!isCurrent() || started === 'stopped') return;
      this.#silent = started === 'blocked';
      if (this.#silent) await picture;
      if (!isCurrent()) return;
      if (this.#silent) this.#silence.start(from, this.#rate);
      this.#segment = Math.max(
        0,
        lastAtOrBefore(map.segments, (s) => s.output.start, from),
      );
      this.#frame = requestAnimationFrame(() => this.#tick());
    } catch (error) {
      if (isCurrent()) this.#fail(error);
    }
  }

  #tick(): void {
    if (!this.#playing) return;
    const now = this.#position();
    if (now !== null) {
      if (now >= this.duration) return this.#finish();
      this.#time = outputTime(Math.max(0, now));
      this.#noteJoints();
      const sample = this.#picture?.take(now);
      if (sample) this.#draw(sample);
      sample?.close();
      this.#camera?.tick(now);
    }
    this.#frame = requestAnimationFrame(() => this.#tick());
  }

  #finish(): void {
    this.#time = this.duration;
    this.#noteJoints();
    this.#halt();
    this.#playing = false;
  }

  #noteJoints(): void {
    const { segments } = this.#map;
    for (;;) {
      const [here, next] = [segments[this.#segment], segments[this.#segment + 1]];
      if (!here || !next || this.#time < next.output.start) return;
      this.#segment++;
      this.skipped.push({ from: here.source.end, to: next.source.start, at: next.output.start });
      if (this.skipped.length > logLength) this.skipped.shift();
    }
  }

  #position(): number | null {
    const sound = this.#silent ? null : this.soundOutput;
    return sound ? sound.position() : this.#silence.position();
  }

  #halt(): void {
    this.#turn++;
    cancelAnimationFrame(this.#frame);
    this.#voice?.output?.stop();
    this.#silence.stop();
    this.#camera?.stop();
    this.#picture?.close();
    this.#picture = null;
  }

  #stopBackward(): void {
    clearInterval(this.#backward);
    this.#backward = undefined;
  }

  #showPoster(): void {
    if (this.#status !== 'ready' || !this.#canvas || !this.#poster || this.duration === 0) return;
    // At the very end the last frame is shown, not the first one after the last cut.
    const last = Math.min(this.#time, Math.max(0, this.duration - 0.001));
    const time = this.#map.toSource(outputTime(last));
    this.#poster.show(time).catch((error) => this.#fail(error));
    this.#camera?.show(time);
  }

  #draw(sample: VideoSample): void {
    const context = this.#canvas?.getContext('2d', { alpha: false });
    if (!context) return;
    sample.draw(context, 0, 0, context.canvas.width, context.canvas.height);
    this.#drawn++;
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    console.error(error);
    this.#halt();
    this.#playing = false;
    this.#error = toAppError(error);
    this.#status = 'failed';
  }
}
