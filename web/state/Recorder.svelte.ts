/** The web recorder: records screen, voice and camera in this page. */
import { countDown } from '../capture/count-down.ts';
import { CaptureSession } from '../capture/session.ts';
import { openStreams, type Streams } from '../capture/open-streams.ts';
import { toAppError, type AppError } from '../core/errors.ts';
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

const choicesKey = 'recorder';
/** Milliseconds between two looks at the clock. */
const tick = 250;

export class Recorder {
  #phase = $state<RecorderPhase>('idle');
  #seconds = $state(0);
  #countdown = $state(0);
  #minutesLeft = $state<number | null>(null);
  #muted = $state<boolean | null>(null);
  #showsScreen = $state(false);
  #error = $state.raw<AppError | null>(null);
  #session: CaptureSession | null = null;
  #streams: Streams | null = null;
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

  /** Minutes that the storage lasts; null while there is plenty. */
  get minutesLeft(): number | null {
    return this.#minutesLeft;
  }

  /** Whether the microphone is silent; null without one. */
  get muted(): boolean | null {
    return this.#muted;
  }

  /** Whether everything on the screen is in the picture, this page's windows too. */
  get showsScreen(): boolean {
    return this.#showsScreen;
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
      this.#streams = await openStreams({
        ...request,
        streamId: null,
        microphone: request.microphone || null,
        camera: request.camera || null,
      });
      this.#muted = this.#streams.microphone ? false : null;
      const [picture] = this.#streams.screen.getVideoTracks();
      this.#showsScreen = picture?.getSettings().displaySurface === 'monitor';
      await this.#begin(this.#streams);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Silence is recorded, so that the track goes on. */
  mute(muted: boolean): void {
    if (this.#muted === null) return;
    for (const track of this.#streams?.microphone?.getAudioTracks() ?? []) track.enabled = !muted;
    this.#muted = muted;
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
    const streams = this.#streams;
    if (!session || !streams) return;
    this.#session = null;
    clearInterval(this.#timer);
    try {
      await session.discard();
      await this.#begin(streams);
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

  async #begin({ screen, microphone, camera }: Streams): Promise<void> {
    const starting = (this.#starting = new AbortController());
    try {
      this.#phase = 'countdown';
      await countDown(this.#request!.countdown, starting.signal, (left) => {
        this.#countdown = left;
      });
      const session = await CaptureSession.start({
        source: 'web',
        name: this.#request!.name,
        screen,
        microphone,
        camera,
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
    this.#minutesLeft = session.minutesLeft;
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
    this.#streams?.close();
    this.#streams = null;
    this.#session = null;
    this.#muted = null;
    this.#phase = 'idle';
  }
}
