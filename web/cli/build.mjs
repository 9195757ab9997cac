/** `npm run build`: the app into dist/web. */
import { build, install } from './install.mjs';

install();
build();
