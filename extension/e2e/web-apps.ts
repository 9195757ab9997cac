/** Real web applications that nobody here wrote, started for a test. Null where this machine lacks what they need. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { preview } from 'vite';
import { sharedFolder } from '../../web/e2e/test-media-plugin.ts';

export interface WebApp {
  origin: string;
  stop(): void;
}

/** The administration pages of Django, from PyPI. User admin, password adminpw. */
export async function startDjango(): Promise<WebApp | null> {
  const cache = path.resolve(import.meta.dirname, '../../.cache/django');
  const python = path.join(cache, 'bin/python');
  if (!existsSync(python)) {
    mkdirSync(path.dirname(cache), { recursive: true });
    if (spawnSync('python3', ['-m', 'venv', cache]).status !== 0) return missing('python3-venv');
  }
  const pip = spawnSync(python, ['-m', 'pip', '-q', 'install', 'django==5.2.8']);
  if (pip.status !== 0) return missing('Django from PyPI');
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-django-'));
  const run = (...args: string[]) =>
    execFileSync(python, args, {
      cwd: folder,
      stdio: 'ignore',
      env: { ...process.env, DJANGO_SUPERUSER_PASSWORD: 'adminpw' },
    });
  run('-m', 'django', 'startproject', 'site1', '.');
  run('manage.py', 'migrate', '-v0');
  const person = ['--noinput', '--username', 'admin', '--email', 'admin@example.org'];
  run('manage.py', 'createsuperuser', ...person);
  const port = 8094;
  const server = spawn(python, ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`], {
    cwd: folder,
    stdio: 'ignore',
  });
  const origin = `http://127.0.0.1:${port}`;
  await answers(`${origin}/admin/`);
  return { origin, stop: () => void server.kill() };
}

/** Installs one package of npm with nothing run, beside the project; the folder it is in. */
function fromNpm(name: string, version: string): string | null {
  const cache = path.resolve(import.meta.dirname, '../../.cache/web-apps');
  const folder = path.join(cache, 'node_modules', name);
  // Written when all is there, so that an installation that was broken off is done again.
  const installed = path.join(cache, 'node_modules/.package-lock.json');
  const isThere = () => {
    if (!existsSync(installed)) return false;
    const { packages } = JSON.parse(readFileSync(installed, 'utf8')) as {
      packages: Record<string, { version: string }>;
    };
    return packages[`node_modules/${name}`]?.version === version;
  };
  if (isThere()) return folder;
  mkdirSync(cache, { recursive: true });
  const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--legacy-peer-deps'];
  spawnSync('npm', ['install', '--prefix', cache, ...options, `${name}@${version}`], {
    stdio: 'ignore',
  });
  return isThere() ? folder : missing(`${name} from npm`);
}

/** Actual, a budget in React that keeps its data in the browser, from npm. Its files only have to be served. */
export async function startActual(): Promise<WebApp | null> {
  const folder = fromNpm('@actual-app/web', '26.9.0');
  if (!folder) return null;
  const headers = {
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  };
  const port = 8096;
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    root: folder,
    build: { outDir: 'build' },
    preview: { host: '127.0.0.1', port, strictPort: true, headers },
  });
  return { origin: `http://127.0.0.1:${port}`, stop: () => void server.close() };
}

/** WordPress from Debian, by the script that stands beside the checkout. User admin, password adminpw. */
export async function startWordPress(): Promise<WebApp | null> {
  const script = path.join(sharedFolder, 'tools/wordpress-up.sh');
  if (!existsSync(script)) return missing('../shared/tools');
  const hasPackages =
    existsSync('/usr/share/wordpress') && spawnSync('mariadbd', ['--version']).status === 0;
  if (!hasPackages) return missing('wordpress, php-cli, php-mysql and mariadb-server');
  const folder = mkdtempSync(path.join(tmpdir(), 'cairn-wordpress-'));
  const port = 8093;
  execFileSync('bash', [script, folder, String(port)], { stdio: 'ignore' });
  const origin = `http://127.0.0.1:${port}`;
  await answers(`${origin}/wp-login.php`);
  return {
    origin,
    stop() {
      const ids = path.join(folder, 'run');
      for (const file of readdirSync(ids).filter((name) => name.endsWith('.pid')))
        // Each leads a group: PHP's workers would keep the port.
        process.kill(-Number(readFileSync(path.join(ids, file), 'utf8')));
    },
  };
}

function missing(what: string): null {
  console.warn(`Skipped: ${what} cannot be had here.`);
  return null;
}

async function answers(address: string): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    const response = await fetch(address).catch(() => null);
    if (response?.ok) return;
    if (Date.now() > until) throw new Error(`${address} does not answer`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
