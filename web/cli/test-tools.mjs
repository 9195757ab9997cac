/**
 * Finds the programs that tests check results with. On Debian, as root, it installs what is missing;
 * elsewhere it says what will be skipped. Run by hand: node web/cli/test-tools.mjs
 */
import { spawnSync } from 'node:child_process';
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

function aptGet(/** @type {string[]} */ ...args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('apt-get', args, { stdio: 'ignore', env });
  if (status !== 0) console.log(`apt-get ${args.join(' ')} ended with ${status}`);
  return status === 0;
}

/**
 * Returns those of `programs` that can be used.
 * @param {string[]} programs
 * @returns {string[]}
 */
export function installTools(programs = Object.keys(packages)) {
  const missing = programs.filter((program) => !isThere(program));
  if (missing.length > 0 && process.getuid?.() === 0 && isThere('apt-get')) {
    const groups = missing.map((program) => packages[program] ?? [program]);
    console.log(`Installing ${groups.flat().join(', ')} for the tests`);
    aptGet('update');
    // One after the other where they do not go together: a package that fails takes no other along.
    if (!aptGet('install', '-y', ...groups.flat()))
      for (const group of groups) aptGet('install', '-y', ...group);
  }
  const found = programs.filter(isThere);
  const skipped = programs.filter((program) => !found.includes(program));
  if (skipped.length > 0) console.log(`Skipped, not installed: ${skipped.join(', ')}`);
  return found;
}

if (import.meta.filename === process.argv[1]) installTools();
