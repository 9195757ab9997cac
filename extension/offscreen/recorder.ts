/** The recorder: from the choice of what to record to the finished recording. Holds the streams and the truth of what goes on. */
import { countDown } from '../../web/capture/count-down.ts';
import { openStreams, type Streams } from '../../web/capture/open-streams.ts';
import { CaptureSession } from '../../web/capture/session.ts';
import { wallClock } from '../../web/capture/timeline.ts';
import { toInteraction, type Surface } from '../../web/capture/page/to-interaction.ts';
import type { PageEvent } from '../../web/capture/page/page-event.ts';
import { AppError, toAppError, toEnvelope } from '../../web/core/errors.ts';
import type { Interaction } from '../../web/core/interaction.ts';
import { ask, idleState, publishState } from '../messages.ts';
import type { RecorderState, RecordingOptions } from '../messages.ts';
import { LiveSteps } from './live-steps.ts';

/** How often the panel hears how long it has been, ms. */
const tick = 500;

export class Recorder {
  #state: RecorderState = idleState;
  #options: RecordingOptions | null = null;
  #streams: Streams | null = null;
  #session: CaptureSession | null = null;
  #steps: LiveSteps | null = null;
  /** Keys of the session's interactions by the events they came from. */
  readonly #keys = new Map<string, string>();
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Aborted when the countdown is broken off. */
  #starting: AbortController | null = null;

  get state(): RecorderState {
    return this.#state;
  }

  /** Resolves when the recording runs; what goes wrong is in the state as well. */
  async start(options: RecordingOptions): Promise<void> {
    if (this.#streams || this.#starting) throw new AppError('recording-busy');
    this.#options = options;
    await this.#begin(async () => {
      this.#streams = await openStreams(options);
    });
  }

  /** Silence is recorded, so that the track goes on. */
  mute(muted: boolean): void {
    const tracks = this.#streams?.microphone?.getAudioTracks() ?? [];
    for (const track of tracks) track.enabled = !muted;
    if (tracks.length > 0) this.#tell({ muted });
  }

  pause(): void {
    this.#session?.pause();
    this.#tell({ phase: 'paused' });
  }

  resume(): void {
    this.#session?.resume();
    this.#tell({ phase: 'recording' });
  }

  async stop(): Promise<void> {
    const session = this.#session;
    if (!session) return this.#starting?.abort();
    this.#session = null;
    this.#tell({ phase: 'finishing' });
    try {
      const recording = await session.stop();
      this.#tell({ phase: 'finished', recordingId: recording.id });
    } catch (error) {
      this.#tell({ phase: 'failed', error: toEnvelope(error) });
      throw toAppError(error);
    } finally {
      await this.#release();
    }
  }

  /** Throws away what was recorded and begins again with the same streams. */
  async restart(): Promise<void> {
    const session = this.#session;
    if (!session || !this.#options) return;
    this.#session = null;
    clearInterval(this.#timer);
    await this.#begin(() => session.discard());
  }

  async discard(): Promise<void> {
    this.#starting?.abort();
    const session = this.#session;
    this.#session = null;
    await session?.discard();
    await this.#release();
    this.#tell(idleState);
  }

  close(): void {
    if (!this.#session && !this.#starting) this.#tell(idleState);
  }

  pageEvent(event: PageEvent, tabId: number | undefined): void {
    const session = this.#session;
    const options = this.#options;
    if (!session || !options || this.#state.phase !== 'recording') return;
    if (options.streamId && tabId !== options.tabId) return;
    const surface = this.#surface(session);
    // Pages tell the time of day; the clock of streams stands still while the computer sleeps.
    const clocks = wallClock() - Date.now();
    const time = session.sourceTimeAt(event.time + clocks);
    if (time === null || !surface) return;
    const known = this.#keys.get(event.id);
    if (event.state === 'void') {
      if (known) this.#change(known, null);
      return;
    }
    const interaction = toInteraction(
      event,
      surface,
      (at) => session.sourceTimeAt(at + clocks) ?? time,
    );
    if (known) this.#change(known, interaction);
    else this.#keys.set(event.id, this.#add(interaction));
  }

  tabChanged({ title, url }: { title: string; url: string }): void {
    const session = this.#session;
    const options = this.#options;
    // A captured tab goes on being recorded when another one is looked at.
    if (!session || !options || options.streamId || this.#state.phase !== 'recording') return;
    const time = session.sourceTimeAt(wallClock());
    if (time === null || !title) return;
    this.#add({ kind: 'tab', time, label: title, page: { title, url } });
  }

  renameStep(key: string, title: string): void {
    this.#change(key, { title });
  }

  removeStep(key: string): void {
    for (const each of this.#steps?.keysOf(key) ?? []) this.#change(each, null);
  }

  #add(interaction: Interaction): string {
    const key = this.#session!.addInteraction(interaction);
    this.#steps?.add(key, interaction);
    this.#tellSteps();
    return key;
  }

  /** Null takes it out. */
  #change(key: string, change: Partial<Interaction> | null): void {
    this.#session?.updateInteraction(key, change);
    this.#steps?.change(key, change);
    this.#tellSteps();
  }

  async #begin(prepare: () => Promise<void>): Promise<void> {
    const { signal } = (this.#starting = new AbortController());
    try {
      await prepare();
      await countDown(this.#options!.countdown, signal, (countdown) =>
        this.#tell({ ...this.#begun(), phase: 'countdown', countdown }),
      );
      await this.#record();
    } catch (error) {
      await this.#release();
      if (signal.aborted) return this.#tell(idleState);
      this.#tell({ ...idleState, phase: 'failed', error: toEnvelope(error) });
      throw error;
    } finally {
      this.#starting = null;
    }
  }

  async #record(): Promise<void> {
    const { screen, camera, microphone } = this.#streams!;
    const session = await CaptureSession.start({
      source: 'extension',
      name: this.#options!.name,
      screen,
      camera,
      microphone,
    });
    this.#session = session;
    this.#keys.clear();
    this.#steps?.close();
    this.#steps = new LiveSteps(screen);
    session.onchange = () => this.#follow(session);
    this.#tell({ ...this.#begun(), phase: 'recording' });
    this.#timer = setInterval(() => this.#follow(session), tick);
  }

  /** Before anything is recorded; restarted, a microphone that was silent stays so. */
  #begun(): RecorderState {
    const [microphone] = this.#streams?.microphone?.getAudioTracks() ?? [];
    return {
      ...idleState,
      muted: microphone ? !microphone.enabled : null,
      surface: this.#shownSurface(),
    };
  }

  #shownSurface(): Surface['kind'] {
    if (this.#options?.streamId) return 'tab';
    const { displaySurface } = this.#streams?.screen.getVideoTracks()[0]?.getSettings() ?? {};
    return displaySurface === 'window' ? 'window' : displaySurface === 'monitor' ? 'screen' : 'tab';
  }

  /** What the session does by itself: it ends when sharing ends, and notes what went wrong. */
  #follow(session: CaptureSession): void {
    if (session !== this.#session) return;
    if (session.state !== 'recording' && session.state !== 'paused') {
      void this.stop().catch(() => undefined);
      return;
    }
    this.#tell({
      seconds: session.elapsed,
      minutesLeft: session.minutesLeft,
      notices: [...session.notices],
    });
  }

  #surface(session: CaptureSession): Surface | null {
    const settings = this.#streams?.screen.getVideoTracks()[0]?.getSettings() ?? {};
    // MediaRecorder, the last resort, does not say what it records: then the stream's own size.
    const { width, height } = session.screenSize ?? settings;
    if (!width || !height) return null;
    const source = session.screenSize?.source;
    const severalScreens = (screen as Screen & { isExtended?: boolean }).isExtended ?? false;
    return { kind: this.#shownSurface(), width, height, source, severalScreens };
  }

  async #release(): Promise<void> {
    clearInterval(this.#timer);
    this.#steps?.close();
    this.#steps = null;
    this.#streams?.close();
    this.#streams = null;
    this.#options = null;
    await ask('background', 'release', undefined).catch(() => undefined);
  }

  #tellSteps(): void {
    this.#tell({ steps: this.#steps?.list() ?? [] });
  }

  #tell(change: Partial<RecorderState>): void {
    this.#state = { ...this.#state, ...change };
    publishState(this.#state);
  }
}
