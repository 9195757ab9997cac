/** The tracks of a capture: what is asked of them, and when they end. */
import type { CaptureRequest } from './session.ts';

/** Sharp text rather than smooth motion on the screen, and no more pixels and frames than are kept. */
export async function prepareTracks(request: CaptureRequest): Promise<void> {
  const { frameRate = 30, maxHeight = 1080 } = request;
  const screen = request.screen?.getVideoTracks()[0];
  if (screen) {
    screen.contentHint = 'text';
    await constrain(screen, {
      frameRate: { max: frameRate },
      height: { max: maxHeight },
      width: { max: Math.round((maxHeight * 64) / 27) },
    });
  }
  const camera = request.camera?.getVideoTracks()[0];
  if (camera) camera.contentHint = 'motion';
  const microphone = request.microphone?.getAudioTracks()[0];
  if (microphone) microphone.contentHint = 'speech';
}

/** What a source cannot do is done by the encoder. */
async function constrain(track: MediaStreamTrack, wanted: MediaTrackConstraints): Promise<void> {
  try {
    await track.applyConstraints({ ...track.getConstraints(), ...wanted });
  } catch (error) {
    console.warn('the stream stays as it is', error);
  }
}

type What = 'screen' | 'camera' | 'microphone' | 'tab';

/** Calls back when a track is ended by the person, the browser or its device. Returns what stops it. */
export function whenEnded(request: CaptureRequest, ended: (what: What) => void): () => void {
  const stop = new AbortController();
  const watch = (track: MediaStreamTrack | undefined, what: What) =>
    track?.addEventListener('ended', () => ended(what), { once: true, signal: stop.signal });
  watch(request.screen?.getVideoTracks()[0], 'screen');
  watch(request.screen?.getAudioTracks()[0], 'tab');
  watch(request.camera?.getVideoTracks()[0], 'camera');
  watch(request.microphone?.getAudioTracks()[0], 'microphone');
  return () => stop.abort();
}
