/** The web recorder: records screen, voice and camera in this page. */
import { CaptureSession } from '../capture/session.ts';
import { AppError, toAppError } from '../core/errors.ts';
import { database } from '../storage/database.ts';

export type RecorderPhase =
  'idle' | 'starting' | 'countdown' | 'recording' | 'paused' | 'finishing';

export interface RecorderRequest {
  surface: 'tab' | 'window' | 'screen';
  /** Device id, 'default', or '' for none. */
  microphone: string;
  camera: string;
  sound: boolean;
  /** Seconds. */
  countdown: number;
  name: string;
}

type Opened = [MediaStream | null, MediaStream | null, MediaStream | null];

const surfaces = { tab: 'browser', window: 'window', screen: 'monitor' } as const;
const choicesKey = 'recorder';
/** Milliseconds between two looks at the clock. */
const tick = 250;

export class Recorder {
  #phase = $state<RecorderPhase>('idle');
  #seconds = $state(0);
  #countdown = $state(0);
  #error = $state.raw<AppError | null>(null);
  #session: CaptureSession | null = null;
  #streams: MediaStream[] = [];
  #request: RecorderRequest | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  #starting: AbortController | null = null;
  #onfinished: (recordingId: string) => void = () => undefined;

  get phase(): RecorderPhase {
    return this.#phase;
  }

  /** Recorded so far, pauses left out. */
  get seconds(): number {
    return this.#seconds;
  }

  /** Seconds left of the countdown. */
  get countdown(): number {
    return this.#countdown;
  }

  get error(): AppError | null {
    return this.#error;
  }

  get isSupported(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  }

  /** What was chosen the last time, as it was given to `keepChoices`. */
  async keptChoices(): Promise<unknown> {
    return (await database.settings.get(choicesKey))?.value;
  }

  async keepChoices(value: object): Promise<void> {
    await database.settings.put({ key: choicesKey, value });
  }

  /** From a press: the browser shows its picker for a gesture only. `onfinished` is called once, with the recording. */
  async start(request: RecorderRequest, onfinished: (recordingId: string) => void): Promise<void> {
    if (this.#phase !== 'idle') return;
    this.#error = null;
    this.#phase = 'starting';
    this.#request = request;
    this.#onfinished = onfinished;
    try {
      const [screen, microphone, camera] = await this.#open(request);
      await this.#begin({ screen, microphone, camera });
    } catch (error) {
      this.#fail(error);
    }
  }

  pause(): void {
    if (this.#phase !== 'recording') return;
    this.#session?.pause();
    this.#phase = 'paused';
  }

  resume(): void {
    if (this.#phase !== 'paused') return;
    this.#session?.resume();
    this.#phase = 'recording';
  }

  async stop(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    this.#session = null;
    this.#phase = 'finishing';
    try {
      const recording = await session.stop();
      this.#close();
      this.#onfinished(recording.id);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What was recorded goes; the same sources are recorded again. */
  async restart(): Promise<void> {
    const session = this.#session;
    const [screen, microphone, camera] = this.#opened;
    if (!session || !screen) return;
    this.#session = null;
    clearInterval(this.#timer);
    try {
      await session.discard();
      await this.#begin({ screen, microphone, camera });
    } catch (error) {
      this.#fail(error);
    }
  }

  async discard(): Promise<void> {
    this.#starting?.abort();
    const session = this.#session;
    this.#session = null;
    await session?.discard().catch((error: unknown) => console.warn('left for later', error));
    this.#close();
  }

  /** Screen, microphone, camera. */
  #opened: Opened = [null, null, null];

  async #open({ surface, sound, microphone, camera }: RecorderRequest): Promise<Opened> {
    const keep = (stream: MediaStream) => {
      this.#streams.push(stream);
      return stream;
    };
    const exact = (id: string) => (id === 'default' ? {} : { deviceId: id });
    const { mediaDevices } = navigator;
    try {
      const screen = keep(
        await mediaDevices.getDisplayMedia({
          video: { displaySurface: surfaces[surface], frameRate: { ideal: 30, max: 60 } },
          audio: sound,
          systemAudio: sound ? 'include' : 'exclude',
          selfBrowserSurface: 'exclude',
          surfaceSwitching: 'include',
        } as DisplayMediaStreamOptions),
      );
      const voice = microphone
        ? keep(
            await mediaDevices.getUserMedia({
              // Noise is removed afterwards, better than while recording, and can be kept.
              audio: { ...exact(microphone), noiseSuppression: false },
            }),
          )
        : null;
      const face = camera
        ? keep(
            await mediaDevices.getUserMedia({
              video: { ...exact(camera), width: { ideal: 1280 }, height: { ideal: 720 } },
            }),
          )
        : null;
      return (this.#opened = [screen, voice, face]);
    } catch (error) {
      throw new AppError('capture-refused', String(error), { cause: error });
    }
  }

  async #begin(streams: {
    screen: MediaStream | null;
    microphone: MediaStream | null;
    camera: MediaStream | null;
  }): Promise<void> {
    const starting = (this.#starting = new AbortController());
    try {
      this.#phase = 'countdown';
      for (this.#countdown = this.#request!.countdown; this.#countdown > 0; this.#countdown--) {
        await new Promise((resolve) => setTimeout(resolve, 1000));
        starting.signal.throwIfAborted();
      }
      const session = await CaptureSession.start({
        source: 'web',
        name: this.#request!.name,
        ...streams,
      });
      this.#session = session;
      this.#seconds = 0;
      this.#phase = 'recording';
      session.onchange = () => this.#follow(session);
      this.#timer = setInterval(() => this.#follow(session), tick);
    } finally {
      this.#starting = null;
    }
  }

  #follow(session: CaptureSession): void {
    if (session !== this.#session) return;
    this.#seconds = session.elapsed;
    // Sharing was stopped in the browser's own bar, or there is no room left.
    if (session.state !== 'recording' && session.state !== 'paused') void this.stop();
  }

  #fail(error: unknown): void {
    this.#close();
    const { code } = (this.#error = toAppError(error));
    if (code === 'cancelled') this.#error = null;
  }

  #close(): void {
    clearInterval(this.#timer);
    for (const stream of this.#streams) for (const track of stream.getTracks()) track.stop();
    this.#streams = [];
    this.#opened = [null, null, null];
    this.#session = null;
    this.#phase = 'idle';
  }
}
