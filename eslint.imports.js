/** Who may import whom (docs/decisions.md). Each entry lists what a folder's code may not reach for. */

const engine = ['core', 'models', 'storage', 'workers'];
const screen = ['core', 'state', 'ui'];

/** folder → folders of web/ it may import, besides itself */
const allowed = {
  core: [],
  models: ['core', 'storage'],
  storage: ['core'],
  capture: engine,
  analysis: engine,
  render: engine,
  documents: engine,
  import: engine,
  transfer: ['core', 'storage', 'workers'],
  upload: ['core', 'storage', 'workers', 'api'],
  workers: [
    'core',
    'analysis',
    'render',
    'documents',
    'import',
    'models',
    'storage',
    'capture',
    'transfer',
    'upload',
  ],
  api: ['core'],
  state: [
    'core',
    'analysis',
    'render',
    'documents',
    'import',
    'models',
    'storage',
    'workers',
    'capture',
    'transfer',
    'upload',
    'api',
    'ui',
  ],
  library: screen,
  recorder: [...screen, 'capture'],
  editor: [...screen, 'article'],
  article: screen,
  publish: screen,
  account: screen,
  share: screen,
  settings: [...screen, 'redaction'],
  redaction: ['core', 'storage', 'workers', 'ui'],
  headless: screen,
  receive: screen,
  ui: ['core'],
};

const folders = Object.keys(allowed);
/** What both sides of HTTP must agree on, and who may do what, so that nothing is offered in vain. */
const contract = 'edge/(?!contract/|workspaces/permissions\\.ts)';
const readsContract = ['api', 'state', 'account', 'upload'];
const pure = [
  'window',
  'document',
  'navigator',
  'fetch',
  'indexedDB',
  'localStorage',
  'self',
  'postMessage',
];

export const importTable = [
  ...Object.entries(allowed).map(([folder, may]) => ({
    files: [`web/${folder}/**/*.{ts,svelte}`],
    ignores: [
      '**/*.test.ts',
      '**/train/**',
      'web/models/vite-plugin.ts',
      'web/transfer/test-project.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(\\.\\./)+(${folders.filter((f) => f !== folder && !may.includes(f)).join('|')}|extension)/|^(\\.\\./)+${readsContract.includes(folder) ? contract : 'edge/'}`,
              message: `web/${folder} may import: ${[...may].join(', ') || 'nothing'}.`,
            },
            ...(folder === 'ui'
              ? []
              : [{ group: ['bits-ui'], message: 'Only web/ui uses the component library.' }]),
            ...([
              'core',
              'capture',
              'analysis',
              'render',
              'documents',
              'models',
              'storage',
              'import',
              'transfer',
              'workers',
            ].includes(folder)
              ? [{ group: ['svelte', 'svelte/*'], message: 'This layer knows no Svelte.' }]
              : []),
          ],
        },
      ],
    },
  })),
  {
    files: ['web/core/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-globals': ['error', ...pure] },
  },
  {
    files: ['edge/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(\\.\\./)+web/(?!core/)',
              message: 'The edge imports nothing of web but core.',
            },
          ],
        },
      ],
    },
  },
];
