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

export async function videoDecodes(
  track: InputVideoTrack,
  extent: Extent,
  tick: () => void,
): Promise<boolean> {
  try {
    if (!(await track.canDecode())) return false;
    const sink = new VideoSampleSink(track);
    let frames = 0;
    for await (const sample of sink.samples(extent.start, extent.end)) {
      const drawable = sample.codedWidth > 0 && sample.format !== null;
      sample.close();
      tick();
      if (!drawable) return false;
      if (++frames >= framesAtStart) break;
    }
    if (frames === 0) return false;
    for (const time of moments(extent).slice(1)) {
      const sample = await sink.getSample(time);
      tick();
      if (!sample) return false;
      sample.close();
    }
    return true;
  } catch (error) {
    console.warn('the picture does not decode', error);
    return false;
  }
}

export async function audioDecodes(
  track: InputAudioTrack,
  extent: Extent,
  tick: () => void,
): Promise<boolean> {
  try {
    if (!(await track.canDecode())) return false;
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
      if (samples === 0) return false;
    }
    return true;
  } catch (error) {
    console.warn('the sound does not decode', error);
    return false;
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
