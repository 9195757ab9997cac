/**
 * Keeps the app on the device, so that it starts without a network. One cache a version: a page and
 * its scripts always come from the same build. A new version waits until the person reloads.
 */
/// <reference lib="webworker" />
export {};

const worker = globalThis as unknown as ServiceWorkerGlobalScope;
/** Written in at build time: hash over all files of this build. */
const version = '__BUILD_VERSION__';
const appCache = `app-${version}`;
/** Module scripts of models and runtimes; their addresses hold a hash, so they outlive versions. */
const modelScripts = 'model-scripts';

worker.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const files = (await (
        await fetch('/precache.json', { cache: 'no-store' })
      ).json()) as string[];
      const cache = await caches.open(appCache);
      await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
    })(),
  );
});

worker.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith('app-') && name !== appCache) await caches.delete(name);
      }
    })(),
  );
});

worker.addEventListener('message', ({ data }) => {
  if (data === 'apply-update') void worker.skipWaiting();
});

/** What the edge answers itself, pages for people among it. */
const ofTheEdge = /^\/(api|dev|status|healthz|readyz|metrics|\.well-known)(\/|$)/;

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
  if (ofTheEdge.test(url.pathname)) return;
  if (url.pathname.startsWith('/models/')) {
    if (/\.m?js$/.test(url.pathname)) event.respondWith(keptOrFetched(modelScripts, request));
    return; // the app keeps model files itself
  }
  event.respondWith(fromApp(request.mode === 'navigate' ? new Request('/') : request));
});

async function fromApp(request: Request): Promise<Response> {
  const cache = await caches.open(appCache);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function keptOrFetched(name: string, request: Request): Promise<Response> {
  const cache = await caches.open(name);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}
