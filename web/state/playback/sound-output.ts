/**
 * Hears the edited result. All tracks, the voice both raw and cleaned, are scheduled side by side on the
 * same frames, so that switching and mixing is a short crossfade and never a gap.
 */
import type { TimeMap } from '../../core/timeline.ts';
import { EditedSound } from './edited-sound.ts';
import type { SoundTrack, Stereo } from './pcm-reader.ts';
import { Stretch } from './stretch.ts';

/** Linear gain by the name of a track; those that are not named are silent. */
export type Mix = Readonly<Record<string, number>>;
/** By names that the owner gives. */
export type SoundTracks = Readonly<Record<string, SoundTrack>>;

const chunkSeconds = 0.15;
/** Sound scheduled ahead: what a busy page may sleep through. */
const scheduledSeconds = 0.6;
const switchSeconds = 0.02;
const gateSeconds = 0.006;
const resumeMs = 600;

interface Stream {
  sound: EditedSound;
  /** Opens and closes softly, so that starting and stopping do not click. */
  gate: GainNode;
  read: (frames: number) => Promise<Stereo>;
}

interface Run {
  /** Frame of the context at which `from` is heard. */
  startFrame: number;
  from: number;
  rate: number;
  stopped: boolean;
  streams: Stream[];
}

export class SoundOutput {
  readonly context: AudioContext;
  readonly #tracks: SoundTracks;
  readonly #buses = new Map<string, GainNode>();
  readonly #master: GainNode;
  #run: Run | null = null;

  constructor(tracks: SoundTracks, sampleRate: number) {
    this.context = new AudioContext({ sampleRate, latencyHint: 'interactive' });
    this.#tracks = tracks;
    this.#master = this.context.createGain();
    // Loudness is raised to the target; the limiter keeps single peaks from clipping.
    const limiter = new DynamicsCompressorNode(this.context, {
      threshold: -2,
      knee: 0,
      ratio: 20,
      attack: 0.001,
      release: 0.08,
    });
    // The node makes up for its own reduction (Web Audio 1.0, 1.19.5); this takes that back.
    const makeup = (10 ** ((-2 + 2 / 20) / 20)) ** 0.6;
    const trim = new GainNode(this.context, { gain: makeup });
    for (const name of Object.keys(tracks)) {
      const bus = new GainNode(this.context, { gain: 0 });
      bus.connect(limiter);
      this.#buses.set(name, bus);
    }
    limiter.connect(trim).connect(this.#master).connect(this.context.destination);
  }

  /** Before the loudspeakers; for meters and tests. */
  get output(): AudioNode {
    return this.#master;
  }

  setVolume(volume: number): void {
    this.#master.gain.setTargetAtTime(volume, this.context.currentTime, 0.01);
  }

  setMix(mix: Mix): void {
    const now = this.context.currentTime;
    for (const [name, { gain }] of this.#buses) {
      gain.cancelScheduledValues(now);
      gain.setValueAtTime(gain.value, now);
      gain.linearRampToValueAtTime(mix[name] ?? 0, now + switchSeconds);
    }
  }

  /**
   * Starts at output time `from`. Resolves when sound is scheduled, or with why it is not: stopped
   * before it began, or blocked because the browser allows sound only after a click or key. Waits
   * for the first picture, so that both begin together.
   */
  async start(
    map: TimeMap,
    from: number,
    rate: number,
    isCurrent: () => boolean,
    picture: Promise<unknown>,
  ): Promise<'started' | 'stopped' | 'blocked'> {
    this.stop();
    await Promise.race([this.context.resume(), new Promise((r) => setTimeout(r, resumeMs))]);
    if (!isCurrent()) return 'stopped';
    if (this.context.state !== 'running') return 'blocked';
    const { context } = this;
    const streams: Stream[] = Object.entries(this.#tracks).map(([name, track]) => {
      const sound = new EditedSound(track, map, from, context.sampleRate);
      const plain = (frames: number) => sound.read(frames);
      const stretch = rate === 1 ? null : new Stretch(plain, rate, context.sampleRate);
      const gate = new GainNode(context, { gain: 0 });
      gate.connect(this.#buses.get(name)!);
      return { sound, gate, read: stretch ? (n: number) => stretch.read(n) : plain };
    });
    const run: Run = { startFrame: 0, from, rate, stopped: false, streams };
    this.#run = run;
    const frames = Math.round(chunkSeconds * context.sampleRate);
    const [firsts] = await Promise.all([this.#readAll(run, frames), picture]);
    if (run.stopped || !isCurrent()) return 'stopped';
    run.startFrame = Math.ceil((context.currentTime + 0.03) * context.sampleRate);
    const startTime = run.startFrame / context.sampleRate;
    for (const { gate } of streams) {
      gate.gain.setValueAtTime(0, startTime);
      gate.gain.linearRampToValueAtTime(1, startTime + gateSeconds);
    }
    this.#schedule(run, firsts, 0);
    void this.#pump(run, frames);
    return 'started';
  }

  /** What is heard right now, in output seconds; null when nothing runs yet. */
  position(): number | null {
    const run = this.#run;
    if (!run || run.stopped || !run.startFrame) return null;
    const { context } = this;
    const latency = context.outputLatency || context.baseLatency || 0;
    const heard = context.currentTime - run.startFrame / context.sampleRate - latency;
    return run.from + Math.max(0, heard) * run.rate;
  }

  stop(): void {
    const run = this.#run;
    this.#run = null;
    if (!run || run.stopped) return;
    run.stopped = true;
    const now = this.context.currentTime;
    for (const { sound, gate } of run.streams) {
      gate.gain.cancelScheduledValues(now);
      gate.gain.setValueAtTime(gate.gain.value, now);
      gate.gain.linearRampToValueAtTime(0, now + gateSeconds);
      sound.close();
      setTimeout(() => gate.disconnect(), 100);
    }
  }

  async close(): Promise<void> {
    this.stop();
    await this.context.close();
  }

  async #pump(run: Run, frames: number): Promise<void> {
    const rate = this.context.sampleRate;
    for (let chunk = 1; !run.stopped; chunk++) {
      const data = await this.#readAll(run, frames);
      if (run.stopped) return;
      // When decoding fell behind, everything after moves: sound waits, the clock with it.
      const soonest = Math.ceil((this.context.currentTime + 0.01) * rate);
      const due = run.startFrame + chunk * frames;
      if (due < soonest) run.startFrame += soonest - due;
      this.#schedule(run, data, chunk);
      const ahead = () => (run.startFrame + (chunk + 1) * frames) / rate - this.context.currentTime;
      while (!run.stopped && ahead() > scheduledSeconds) {
        await new Promise((resolve) => setTimeout(resolve, 40));
      }
    }
  }

  #readAll(run: Run, frames: number): Promise<Stereo[]> {
    return Promise.all(run.streams.map(({ read }) => read(frames)));
  }

  #schedule(run: Run, data: Stereo[], chunk: number): void {
    const { context } = this;
    for (const [i, { gate }] of run.streams.entries()) {
      const pcm = data[i]!;
      const buffer = context.createBuffer(2, pcm[0].length, context.sampleRate);
      buffer.copyToChannel(pcm[0], 0);
      buffer.copyToChannel(pcm[1], 1);
      const node = new AudioBufferSourceNode(context, { buffer });
      node.connect(gate);
      node.start((run.startFrame + chunk * pcm[0].length) / context.sampleRate);
    }
  }
}
