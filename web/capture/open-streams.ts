/** Opens what is to be recorded. */
import { AppError } from '../core/errors.ts';

export interface Sources {
  surface: 'tab' | 'window' | 'screen';
  /** From the extension's tabCapture, where the browser gave one: no picker is needed then. */
  streamId: string | null;
  /** Device ids, 'default' for the browser's choice; null for none. */
  microphone: string | null;
  camera: string | null;
  /** Of the tab or the system. */
  sound: boolean;
}

export interface Streams {
  screen: MediaStream;
  microphone: MediaStream | null;
  camera: MediaStream | null;
  /** Stops all of it and gives the tab's sound back. */
  close(): void;
}

/** Constraints of Chromium's tab capture, older than the standard's. */
interface TabConstraints {
  mandatory: Record<string, string | number>;
}

/**
 * The tab's own size in pixels, whatever it is. Without limits the browser takes the screen's shape and adds black
 * bars; with a largest size alone it enlarges every tab to just that; with a smallest of another shape it leaves
 * frames as they are (Chromium 156).
 */
const ownSize = { maxWidth: 7680, maxHeight: 4320, minWidth: 16, minHeight: 16 };
const displaySurfaces = { tab: 'browser', window: 'window', screen: 'monitor' } as const;

/** From a press where a picker is shown. Throws `capture-refused` when the person says no, or there is no such device. */
export async function openStreams(options: Sources): Promise<Streams> {
  const open: MediaStream[] = [];
  const keep = (stream: MediaStream) => {
    open.push(stream);
    return stream;
  };
  let playback: AudioContext | null = null;
  const close = () => {
    for (const stream of open) for (const track of stream.getTracks()) track.stop();
    void playback?.close();
  };
  try {
    const screen = keep(await openScreen(options));
    // A captured tab falls silent for the one who sits before it.
    if (options.streamId && screen.getAudioTracks().length > 0) playback = playThrough(screen);
    const microphone =
      options.microphone === null ? null : keep(await openMicrophone(options.microphone));
    const camera = options.camera === null ? null : keep(await openCamera(options.camera));
    return { screen, microphone, camera, close };
  } catch (error) {
    close();
    if (error instanceof AppError) throw error;
    throw new AppError('capture-refused', String(error), { cause: error });
  }
}

async function openScreen({ streamId, surface, sound }: Sources): Promise<MediaStream> {
  if (streamId) {
    const source = { chromeMediaSource: 'tab', chromeMediaSourceId: streamId };
    const video: TabConstraints = { mandatory: { ...source, ...ownSize, maxFrameRate: 60 } };
    const audio: TabConstraints | false = sound && { mandatory: source };
    return navigator.mediaDevices.getUserMedia({ video, audio } as MediaStreamConstraints);
  }
  return navigator.mediaDevices.getDisplayMedia({
    video: { displaySurface: displaySurfaces[surface], frameRate: { ideal: 30, max: 60 } },
    audio: sound,
    systemAudio: sound ? 'include' : 'exclude',
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
  } as DisplayMediaStreamOptions);
}

/** As it is: noise is removed afterwards, better than while recording, and can be kept. */
const openMicrophone = (deviceId: string): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    audio: {
      ...chosen(deviceId),
      echoCancellation: true,
      noiseSuppression: false,
      autoGainControl: true,
    },
  });

const openCamera = (deviceId: string): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    video: {
      ...chosen(deviceId),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
    },
  });

const chosen = (deviceId: string) => (deviceId === 'default' ? {} : { deviceId });

function playThrough(stream: MediaStream): AudioContext {
  const context = new AudioContext();
  context.createMediaStreamSource(stream).connect(context.destination);
  return context;
}
