/**
 * Installs what the tests use beside npm packages: Chromium, and the programs that check our output
 * from outside. Where it cannot, it says what will be skipped; without Chromium it stops.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** program → Debian packages, and which tests need it. */
const tools = [
  { program: 'chromium', packages: ['chromium'], needed: 'everything in a browser' },
  { program: 'ffmpeg', packages: ['ffmpeg'], needed: 'checks of exported files and journeys' },
  {
    program: 'gst-launch-1.0',
    packages: [
      'gstreamer1.0-tools',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
      'gstreamer1.0-libav',
    ],
    needed: 'joints decoded by GStreamer',
  },
  { program: 'firefox-esr', packages: ['firefox-esr'], needed: 'joints decoded by Firefox' },
];

const isThere = (program) =>
  (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${program}`)) ||
  (program === 'chromium' && existsSync(process.env.CHROMIUM_PATH ?? '/usr/bin/google-chrome'));

export function missingTools() {
  return tools.filter(({ program }) => !isThere(program));
}

export function ensureTools() {
  const missing = missingTools();
  if (missing.length === 0) return;
  if (process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const packages = missing.flatMap((tool) => tool.packages);
    console.log(`Installing ${packages.join(' ')} …`);
    const apt = (...args) =>
      spawnSync('apt-get', ['-qq', ...args], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      });
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...packages);
  }
  for (const { program, packages, needed } of missingTools()) {
    if (program === 'chromium') {
      throw new Error(`Chromium is missing (${needed}). Install it, or set CHROMIUM_PATH.`);
    }
    console.warn(`${program} is missing: ${needed} are skipped. Debian: apt-get install ${packages.join(' ')}`);
  }
}
