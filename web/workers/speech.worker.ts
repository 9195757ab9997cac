/** Words, fillers and silences of a recording; goes on where a reload stopped it. */
import { analyseSpeech, type SpeechInput } from '../analysis/speech/analyse-speech.ts';
import type { Checkpoint } from '../analysis/speech/types.ts';
import { analyserVersions } from '../core/evidence.ts';
import type { JobContext } from '../core/progress.ts';
import { database } from '../storage/database.ts';
import { serve } from './rpc.ts';

const methods = {
  analyseSpeech: (input: SpeechInput, job: JobContext) =>
    analyseSpeech(input, { ...job, checkpoint: checkpointOf(input) }),
};
export type SpeechApi = typeof methods;

function checkpointOf({ recordingId, trackIndex, model, language }: SpeechInput): Checkpoint {
  const variant = `${model}/${language ?? 'auto'}/${trackIndex}`;
  const version = analyserVersions.speech;
  return {
    async load() {
      const row = await database.checkpoints.get([recordingId, 'speech']);
      return row?.version === version && row.variant === variant ? row.data : null;
    },
    async save(data) {
      await database.checkpoints.put({ recordingId, stage: 'speech', version, variant, data });
    },
  };
}

serve(methods);
