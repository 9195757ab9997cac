/** `npm audit` of what ships: known weaknesses of high weight in our packages. */
import { spawnSync } from 'node:child_process';
import { root } from './install.mjs';

/**
 * Throws when there are any. Says so, and passes, when the registry cannot be asked: a machine without
 * network, or a mirror without that service.
 */
export function auditPackages() {
  const { stdout, error } = spawnSync(
    'npm',
    ['audit', '--omit=dev', '--audit-level=high', '--json', '--fetch-retries=0'],
    { cwd: root, encoding: 'utf8', timeout: 60_000, shell: process.platform === 'win32' },
  );
  /** @type {{vulnerabilities?: Record<string, {severity: string}>, message?: string}} */
  let answer;
  try {
    answer = JSON.parse(stdout ?? '');
  } catch (failure) {
    console.log(`Skipped: npm audit did not answer (${error?.message ?? String(failure)})`);
    return;
  }
  if (!answer.vulnerabilities) {
    console.log(`Skipped: the registry cannot be asked (${answer.message ?? 'no answer'})`);
    return;
  }
  const found = Object.entries(answer.vulnerabilities);
  for (const [name, { severity }] of found) console.log(`${severity}: ${name}`);
  const grave = found.filter(([, { severity }]) => severity === 'high' || severity === 'critical');
  if (grave.length > 0) throw new Error(`${grave.length} packages have grave weaknesses`);
  console.log('No package that ships has a known grave weakness.');
}
