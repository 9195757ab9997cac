/** The one catalogue of strings shown to people. Another language is another folder beside `en`. */
import { toEnvelope } from '../../core/errors.ts';
import { account } from './en/account.ts';
import { common, privacy } from './en/common.ts';
import * as editing from './en/editor.ts';
import { errors } from './en/errors.ts';
import { analysisStatus, exports, version } from './en/exports.ts';
import { headless } from './en/headless.ts';
import { importing } from './en/importing.ts';
import { jobs } from './en/jobs.ts';
import { library } from './en/library.ts';
import { handOver } from './en/hand-over.ts';
import { recorder } from './en/recorder.ts';
import { redaction } from './en/redaction.ts';
import { settings } from './en/settings.ts';
import { workspaces } from './en/workspaces.ts';

export const messages = {
  account,
  analysisStatus,
  common,
  exports,
  version,
  privacy,
  errors,
  handOver,
  headless,
  importing,
  jobs,
  library,
  recorder,
  redaction,
  settings,
  workspaces,
  ...editing,
};

/** What a person reads when something failed: what happened, what is safe, what to do now. */
export function describeError(error: unknown): string {
  const { code, details } = toEnvelope(error);
  return errors[code](details ?? {});
}
