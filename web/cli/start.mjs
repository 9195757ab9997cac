/** `npm start`: installs, builds, applies the migrations, serves app and edge, prints the address. */
import { createServer } from 'node:net';
import { build, install, migrate, serve } from './install.mjs';

const wanted = Number(process.env.PORT ?? 8787);

/** The wanted port, or the next free one. */
function freePort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) =>
      error.code === 'EADDRINUSE' && port < wanted + 20
        ? resolve(freePort(port + 1))
        : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)));
  });
}

try {
  install();
  build();
  migrate();
  const { child, address } = await serve({ port: await freePort(wanted) });
  console.log(
    `\n  Cairn is ready:  ${address}\n\n  Everything stays on this machine. Stop with Ctrl+C.\n`,
  );
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code) => process.exit(code ?? 0));
} catch (error) {
  console.error(`\nCairn could not start: ${error.message}`);
  process.exit(1);
}
