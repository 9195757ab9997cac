/**
 * Decoded sound, one packet's worth after another. mediabunny's own sink keeps as many packets ready as
 * were decoded in the last second of the clock, some thousand for each reader: objects that live just
 * long enough for the engine to give each worker's heap tens of megabytes more.
 */
import {
  AudioSample,
  AudioSampleSink,
  EncodedPacketSink,
  type EncodedPacket,
  type InputAudioTrack,
} from 'mediabunny';

/** Packets given to the decoder and samples that came of them, together. */
const underWay = 24;

/** Begins with the packet that sounds at `from`, seconds. The caller closes the samples. Rejects with the decoder's error. */
export async function* decodedSound(
  track: InputAudioTrack,
  from: number,
): AsyncGenerator<AudioSample, void> {
  const config = await track.getDecoderConfig();
  if (!config || config.codec.startsWith('pcm')) {
    yield* new AudioSampleSink(track).samples(from);
    return;
  }
  const sink = new EncodedPacketSink(track);
  const options = { verifyKeyPackets: true };
  let packet: EncodedPacket | null =
    (await sink.getKeyPacket(from, options)) ?? (await sink.getFirstKeyPacket(options));
  if (!packet) return;
  const stamp = stamper(packet.timestamp, config.sampleRate);
  const ready: AudioSample[] = [];
  let failure = null as Error | null;
  let isFlushed = false;
  let wake = () => {};
  const decoder = new AudioDecoder({
    output: (data) => {
      ready.push(stamp(data));
      wake();
    },
    error: (error) => {
      failure = error;
      wake();
    },
  });
  decoder.addEventListener('dequeue', () => wake());
  const flush = () =>
    decoder.flush().then(
      () => {
        isFlushed = true;
        wake();
      },
      (error: Error) => {
        failure ??= error;
        wake();
      },
    );
  try {
    decoder.configure(config);
    for (;;) {
      while (packet && !failure && decoder.decodeQueueSize + ready.length < underWay) {
        decoder.decode(packet.toEncodedAudioChunk());
        packet = await sink.getNextPacket(packet, options);
        if (!packet) void flush();
      }
      if (failure) throw failure;
      const sample = ready.shift();
      if (sample) yield sample;
      else if (isFlushed) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    for (const sample of ready) sample.close();
    if (decoder.state !== 'closed') decoder.close();
  }
}

/**
 * Decoders carry on the packets' times, which containers round, and Chromium's begins at 0 where the
 * first of them is negative: counted by samples instead, and set anew where that strays by a whole one.
 */
function stamper(first: number, sampleRate: number): (data: AudioData) => AudioSample {
  let offset: number | null = null;
  let due: number | null = null;
  return (data) => {
    const sample = new AudioSample(data);
    offset ??= first - sample.timestamp;
    const time = sample.timestamp + offset;
    if (due === null || Math.abs(time - due) >= sample.duration) due = time;
    sample.setTimestamp(Math.round(due * sampleRate) / sampleRate);
    due += sample.duration;
    return sample;
  };
}
