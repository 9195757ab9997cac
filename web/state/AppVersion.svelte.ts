/** Offline use and updates: a new version is announced and applied only when the person says so. */

export class AppVersion {
  #waiting = $state.raw<ServiceWorker | null>(null);

  /** A newer version is on the device and waits for a reload. */
  get updateReady(): boolean {
    return this.#waiting !== null;
  }

  /** Registers the service worker of a built app. While developing there is none. */
  async register(): Promise<void> {
    if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
    try {
      const registration = await navigator.serviceWorker.register('/sw.js');
      const check = (worker: ServiceWorker | null) => {
        // Without a controller this is the very first version, not an update.
        if (worker && navigator.serviceWorker.controller) this.#waiting = worker;
      };
      check(registration.waiting);
      registration.addEventListener('updatefound', () => {
        const { installing } = registration;
        installing?.addEventListener('statechange', () => {
          if (installing.state === 'installed') check(installing);
        });
      });
    } catch (error) {
      console.warn('offline use is not available', error);
    }
  }

  /** Reloads into the new version. */
  apply(): void {
    if (!this.#waiting) return;
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
      once: true,
    });
    this.#waiting.postMessage('apply-update');
  }
}
