/** `npm run build:extension`: the extension into dist/extension. */
import path from 'node:path';
import { install, node, root, run } from './install.mjs';

install();
console.log('Building the extension …');
run(node, [path.join(root, 'extension/build.ts')]);
