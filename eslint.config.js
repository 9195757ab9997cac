import js from '@eslint/js';
import noUnsanitized from 'eslint-plugin-no-unsanitized';
import security from 'eslint-plugin-security';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';
import { importTable } from './eslint.imports.js';

export default ts.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.wrangler/',
      '.cache/',
      'web/canary/',
      'web/models/files/',
      'web/public/',
      'edge/test/assets/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.worker, ...globals.node } },
    rules: {
      'no-undef': 'off', // TypeScript knows better
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', { max: 400 }],
      // Private maps and sets of a state class are bookkeeping; what screens read is in runes.
      'svelte/prefer-svelte-reactivity': 'off',
      eqeqeq: ['error', 'smart'],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-empty-object-type': 'off',
    },
  },
  {
    // Static analysis for weaknesses, of what ships. Not in it: rules that flag every index of an array.
    files: ['web/**', 'edge/**', 'extension/**'],
    ignores: ['**/*.test.ts', '**/*.e2e.ts', 'web/{bench,cli,e2e}/**', '**/{test,train}/**'],
    plugins: { security, 'no-unsanitized': noUnsanitized },
    rules: {
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'no-unsanitized/method': ['error', {}, { import: { properties: [] } }],
      'no-unsanitized/property': 'error',
      'security/detect-bidi-characters': 'error',
      'security/detect-eval-with-expression': 'error',
      'security/detect-new-buffer': 'error',
      'security/detect-pseudoRandomBytes': 'error',
    },
  },
  {
    // A pattern that takes long holds up everybody here, and only its own page in the browser.
    files: ['edge/**'],
    ignores: ['**/*.test.ts', '**/test/**'],
    rules: {
      'security/detect-non-literal-regexp': 'error',
      'security/detect-unsafe-regex': 'error',
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.svelte.ts'],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './tsconfig.edge.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts', '**/*.svelte.js'],
    languageOptions: {
      parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig },
    },
  },
  {
    files: [
      'web/cli/**',
      'web/bench/**',
      'web/e2e/**',
      'edge/backups/drill.ts',
      'web/models/{add,vite-plugin}.ts',
      '**/train/**',
    ],
    rules: { 'no-console': 'off' },
  },
  ...importTable,
);
