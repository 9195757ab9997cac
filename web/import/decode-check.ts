/** Whether a track really decodes here. `canDecode` only asks about the codec's name. */
import {
  AudioSampleSink,
  VideoSampleSink,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';

interface Extent {
  start: number;
  end: number;
}

/** Start, middle and shortly before the end: the last group of pictures may be cut off by nature. */
const moments = ({ start, end }: Extent) => [
  start,
  start + (end - start) * 0.5,
  Math.max(start, end - 0.2),
];
const framesAtStart = 3;

export interface DecodeCheck {
  /** Frames came out at the start. */
  decodes: boolean;
  /** Also in the middle and at the end. */
  seeks: boolean;
}
const no: DecodeCheck = { decodes: false, seeks: false };

export async function checkVideo(
  track: InputVideoTrack,
  extent: Extent,
  tick: () => void,
): Promise<DecodeCheck> {
  let decodes = false;
  try {
    if (!(await track.canDecode())) return no;
    const sink = new VideoSampleSink(track);
    let frames = 0;
    for await (const sample of sink.samples(extent.start, extent.end)) {
      const drawable = sample.codedWidth > 0 && sample.format !== null;
      sample.close();
      tick();
      if (!drawable) return no;
      if (++frames >= framesAtStart) break;
    }
    if (frames === 0) return no;
    decodes = true;
    for (const time of moments(extent).slice(1)) {
      const sample = await sink.getSample(time);
      tick();
      if (!sample) return { decodes, seeks: false };
      sample.close();
    }
    return { decodes, seeks: true };
  } catch (error) {
    console.warn('the picture does not decode', error);
    return { decodes, seeks: false };
  }
}

export async function checkAudio(
  track: InputAudioTrack,
  extent: Extent,
  tick: () => void,
): Promise<DecodeCheck> {
  let decodes = false;
  try {
    if (!(await track.canDecode())) return no;
    const sink = new AudioSampleSink(track);
    // A stretch and not a moment: a Vorbis or Opus packet needs the one before it to yield sound.
    for (const time of moments(extent)) {
      let samples = 0;
      for await (const sample of sink.samples(Math.max(extent.start, time - 0.3), time + 0.3)) {
        if (sample.numberOfFrames > 0) samples++;
        sample.close();
        if (samples > 0) break;
      }
      tick();
      if (samples === 0) return { decodes, seeks: false };
      decodes = true;
    }
    return { decodes, seeks: true };
  } catch (error) {
    console.warn('the sound does not decode', error);
    return { decodes, seeks: false };
  }
}

const windows = 8;
const windowSeconds = 1.5;

/** Largest absolute sample (0 to 1) in a few windows spread over the track. */
export async function loudestPeak(
  track: InputAudioTrack,
  { start, end }: Extent,
  tick: () => void,
): Promise<number> {
  const sink = new AudioSampleSink(track);
  let peak = 0;
  for (let i = 0; i < windows; i++) {
    const from = start + ((end - start) * i) / windows;
    for await (const sample of sink.samples(from, Math.min(end, from + windowSeconds))) {
      const samples = new Float32Array(sample.numberOfFrames);
      for (let channel = 0; channel < sample.numberOfChannels; channel++) {
        sample.copyTo(samples, { planeIndex: channel, format: 'f32-planar' });
        for (const value of samples) peak = Math.max(peak, Math.abs(value));
      }
      sample.close();
    }
    tick();
  }
  return peak;
}
