/** How loud a stream is right now, for a meter. */

/** dBFS shown as nothing; speech lies between -50 and -10. */
const quietest = -60;

/** `onlevel` gets 0 to 1 some fifteen times a second. Returns what stops it; the stream goes on. */
export function watchLevel(stream: MediaStream, onlevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    onlevel(levelOf(samples));
  }, 66);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Root mean square on a scale of decibels, 0 to 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  const decibels = 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / quietest));
}
