/** Streams for tests and measurements: a page that draws and sounds as asked, without a device. */
export interface TestScreen {
  stream: MediaStream;
  /** White frame and beep together, at once; returns the wall-clock moment. */
  flash(): number;
  resize(width: number, height: number): void;
  /** Stops drawing: a screen that stands still. */
  freeze(still: boolean): void;
  stop(): void;
}

/** A canvas with running text, and an oscillator that beeps with its flashes, as one stream. */
export function testScreen(
  size: { width: number; height: number },
  { frameRate = 30, sound = true } = {},
): TestScreen {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, size);
  const context = canvas.getContext('2d', { alpha: false })!;
  let still = false;
  let flashUntil = 0;
  let n = 0;
  const draw = () => {
    if (still) return;
    const { width, height } = canvas;
    const flashing = performance.now() < flashUntil;
    context.fillStyle = flashing ? '#fff' : '#234';
    context.fillRect(0, 0, width, height);
    context.fillStyle = flashing ? '#000' : '#fc3';
    context.font = `${Math.round(height / 12)}px sans-serif`;
    for (let line = 0; line < 9; line++)
      context.fillText(
        `Frame ${n} line ${line} of text that moves`,
        (n * 3) % 90,
        (height * (line + 1)) / 10,
      );
    n += 1;
  };
  draw();
  const timer = setInterval(draw, 1000 / frameRate);
  const stream = canvas.captureStream(frameRate);
  const tone = sound ? testTone(1000, 0) : null;
  if (tone) stream.addTrack(tone.track);
  return {
    stream,
    flash() {
      flashUntil = performance.now() + 300;
      tone?.beep(0.3);
      draw();
      return performance.timeOrigin + performance.now();
    },
    resize(width, height) {
      Object.assign(canvas, { width, height });
      draw();
    },
    freeze: (value) => void (still = value),
    stop() {
      clearInterval(timer);
      tone?.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}

/** A steady tone, as a microphone would bring. */
export function testMicrophone(frequency = 440): { stream: MediaStream; stop(): void } {
  const tone = testTone(frequency, 0.3, 44_100);
  return { stream: new MediaStream([tone.track]), stop: tone.stop };
}

interface AudioGenerator extends MediaStreamTrack {
  writable: WritableStream<AudioData>;
}
declare const MediaStreamTrackGenerator: new (init: { kind: 'audio' }) => AudioGenerator;

/** Samples made from the clock itself: pages without a gesture may not start an AudioContext. */
function testTone(frequency: number, loudness: number, sampleRate = 48_000) {
  const track = new MediaStreamTrackGenerator({ kind: 'audio' });
  const writer = track.writable.getWriter();
  const block = sampleRate / 100;
  const began = performance.now();
  /** A page that was held up makes up for it later, so all beeps are kept. */
  const beeps: { from: number; to: number }[] = [];
  let n = 0;
  const timer = setInterval(() => {
    while (began + (n + 1) * 10 < performance.now()) {
      const data = new Float32Array(block);
      const start = began + n * 10;
      for (let i = 0; i < block; i++) {
        const now = start + (i * 1000) / sampleRate;
        const loud = beeps.some((beep) => now >= beep.from && now < beep.to);
        const gain = loud ? 0.8 : loudness;
        data[i] = gain * Math.sin((2 * Math.PI * frequency * (n * block + i)) / sampleRate);
      }
      const format = 'f32-planar';
      const timestamp = Math.round(start * 1000);
      const size = { numberOfFrames: block, numberOfChannels: 1, sampleRate };
      void writer
        .write(new AudioData({ format, timestamp, data, ...size }))
        .catch(() => clearInterval(timer));
      n += 1;
    }
  }, 10);
  return {
    track,
    beep: (seconds: number) =>
      void beeps.push({ from: performance.now(), to: performance.now() + seconds * 1000 }),
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
