/** The page's side of the memory bench: the product's own analysis, all stages, of a file in OPFS. */
import type { Recording } from '../../core/recording.ts';
import { sourceTime } from '../../core/time.ts';
import { analyseRecording } from '../../state/analysis-pipeline.ts';
import { readFile } from '../../storage/opfs.ts';

export async function analyse(path: string, seconds: number, model: string): Promise<void> {
  const { size } = await readFile(path);
  const span = { start: 0, end: seconds };
  const recording: Recording = {
    id: 'memory-bench',
    name: 'bench',
    createdAt: 0,
    source: 'upload',
    duration: sourceTime(seconds),
    size,
    fingerprint: 'memory-bench',
    voiceTrack: 0,
    interactions: [],
    notices: [],
    files: [
      {
        role: 'screen',
        path,
        type: 'video/mp4',
        size,
        video: { codec: 'avc1', width: 1920, height: 1080, rotation: 0, frameRate: 30, ...span },
        audio: [{ codec: 'mp4a.40.2', sampleRate: 48000, channels: 2, ...span }],
      },
    ],
  };
  const signal = new AbortController().signal;
  const shares: Partial<Record<string, number>> = {};
  await analyseRecording(
    recording,
    { model, language: 'en' },
    {
      signal,
      onStage(stage, progress) {
        const share = typeof progress === 'string' ? 1 : progress.fraction;
        if (share - (shares[stage] ?? 0) < 0.2 && share < 1) return;
        shares[stage] = share;
        console.log(`  ${Math.round(seconds / 60)} min: ${stage} ${Math.round(100 * share)} %`);
      },
    },
  );
}
