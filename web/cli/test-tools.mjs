/**
 * Finds the programs that tests check results with. On Debian, as root, it installs what is missing;
 * elsewhere it says what will be skipped. Run by hand: node web/cli/test-tools.mjs
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * By program, or by a path where there is none.
 * @type {Record<string, string[]>}
 */
const packages = {
  chromium: ['chromium'],
  ffmpeg: ['ffmpeg'],
  'gst-launch-1.0': [
    'gstreamer1.0-tools',
    'gstreamer1.0-plugins-base',
    'gstreamer1.0-plugins-good',
    'gstreamer1.0-plugins-bad',
    'gstreamer1.0-libav',
  ],
  'firefox-esr': ['firefox-esr'],
  // An application to record sessions in.
  '/usr/share/wordpress': ['wordpress', 'php-cli', 'php-mysql'],
  mariadbd: ['mariadb-server'],
  radosgw: ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'],
};

const isThere = (/** @type {string} */ program) =>
  program.startsWith('/')
    ? existsSync(program)
    : spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

/**
 * Returns those of `programs` that can be used.
 * @param {string[]} programs
 * @returns {string[]}
 */
export function installTools(programs = Object.keys(packages)) {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length > 0 && process.getuid?.() === 0 && isThere('apt-get')) {
    const wanted = missing.flatMap((program) => packages[program] ?? [program]);
    console.log(`Installing ${wanted.join(', ')} for the tests`);
    try {
      const options = {
        stdio: 'ignore',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      };
      execFileSync('apt-get', ['update'], /** @type {object} */ (options));
      execFileSync('apt-get', ['install', '-y', ...wanted], /** @type {object} */ (options));
    } catch (error) {
      console.log(`apt-get failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const found = programs.filter(isThere);
  const skipped = programs.filter((program) => !found.includes(program));
  if (skipped.length > 0) console.log(`Skipped, not installed: ${skipped.join(', ')}`);
  return found;
}

if (import.meta.filename === process.argv[1]) installTools();
