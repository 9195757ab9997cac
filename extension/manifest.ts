/** The manifest. Asked for at installation is what recording needs; access to pages is asked for when wanted. */

export const manifest = (version: string, appOrigin: string) => ({
  manifest_version: 3,
  name: 'Cairn',
  description:
    'Record your screen and voice once. Get an article with screenshots and a clean video. Nothing leaves your device.',
  version,
  minimum_chrome_version: '120',
  icons: { 192: 'icon-192.png', 512: 'icon-512.png' },
  action: { default_title: 'Cairn', default_icon: 'icon-192.png' },
  background: { service_worker: 'background.js', type: 'module' },
  side_panel: { default_path: 'sidepanel/index.html' },
  permissions: [
    'activeTab',
    'offscreen',
    'scripting',
    'sidePanel',
    'storage',
    'tabCapture',
    'unlimitedStorage',
  ],
  optional_host_permissions: ['<all_urls>'],
  // Only the web app of this build may speak to it, to take over a recording.
  externally_connectable: { matches: [`${appOrigin}/*`] },
  commands: {
    record: {
      suggested_key: { default: 'Alt+Shift+R' },
      description: 'Start or stop recording',
    },
    pause: {
      suggested_key: { default: 'Alt+Shift+P' },
      description: 'Pause or go on',
    },
  },
  cross_origin_embedder_policy: { value: 'require-corp' },
  cross_origin_opener_policy: { value: 'same-origin' },
  content_security_policy: {
    extension_pages: [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' blob: data:",
      "media-src 'self' blob:",
      "connect-src 'self' blob: data:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
    ].join('; '),
  },
});
