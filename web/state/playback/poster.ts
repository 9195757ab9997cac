/** The frame at a moment, drawn while nothing plays. Of many requests only the latest counts. */
import {
  EncodedPacketSink,
  VideoSampleSink,
  type InputVideoTrack,
  type VideoSample,
} from 'mediabunny';

export class Poster {
  readonly #sink: VideoSampleSink;
  readonly #packets: EncodedPacketSink;
  readonly #draw: (sample: VideoSample) => void;
  #wanted: number | null = null;
  #running: Promise<void> | null = null;

  constructor(track: InputVideoTrack, draw: (sample: VideoSample) => void) {
    this.#sink = new VideoSampleSink(track);
    this.#packets = new EncodedPacketSink(track);
    this.#draw = draw;
  }

  /** Resolves when the picture of the latest wish is drawn or was called off. Rejects when decoding fails. */
  show(time: number): Promise<void> {
    this.#wanted = time;
    this.#running ??= this.#run().finally(() => (this.#running = null));
    return this.#running;
  }

  cancel(): void {
    this.#wanted = null;
  }

  /** Start of the frame after (`1`) or before (`-1`) the one shown at a moment; null at the ends. */
  async neighbour(time: number, direction: 1 | -1): Promise<number | null> {
    const options = { metadataOnly: true };
    const here = await this.#packets.getPacket(time + 1e-4, options);
    if (!here) return (await this.#packets.getFirstPacket(options))?.timestamp ?? null;
    if (direction < 0) {
      return (await this.#packets.getPacket(here.timestamp - 1e-4, options))?.timestamp ?? null;
    }
    // Durations are the container's word only, so step over rounding until the frame changes.
    for (let ahead = Math.max(here.duration, 1e-3), i = 0; i < 12; i++, ahead *= 1.6) {
      const next = await this.#packets.getPacket(here.timestamp + ahead + 1e-4, options);
      if (next && next.timestamp > here.timestamp) return next.timestamp;
    }
    return null;
  }

  async #run(): Promise<void> {
    while (this.#wanted !== null) {
      const time = this.#wanted;
      using sample = (await this.#sink.getSample(time)) ?? (await this.#first());
      if (this.#wanted !== null && sample) this.#draw(sample);
      if (this.#wanted === time) this.#wanted = null;
    }
  }

  /** The picture may start later than the sound. */
  async #first(): Promise<VideoSample | null> {
    const first = await this.#packets.getFirstPacket({ metadataOnly: true });
    return first ? this.#sink.getSample(first.timestamp) : null;
  }
}
