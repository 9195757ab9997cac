/** `npm run build:extension`: the extension into dist/extension. */
import { buildExtension, install } from './install.mjs';

install();
buildExtension();
