// The real Koffer, on a data folder of its own and a free port, for as long as the tests run.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The first start brings in the collection; a debug build takes its time over it. */
const PATIENCE = 120_000;

/**
 * Starts the program that KOFFER_BIN names.
 *
 * @returns {Promise<{ origin: string, stop: () => Promise<void> }>}
 */
export async function startKoffer() {
  const program = process.env.KOFFER_BIN;
  if (!program) {
    throw new Error('KOFFER_BIN must name a built koffer, such as ../target/debug/koffer');
  }

  const data = await mkdtemp(join(tmpdir(), 'koffer-browser-'));
  const address = `127.0.0.1:${await freePort()}`;
  const koffer = spawn(program, ['serve'], {
    cwd: data,
    env: {
      ...withoutSettings(process.env),
      KOFFER_DATA: join(data, 'data'),
      KOFFER_LISTEN: address,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });

  let said = '';
  koffer.stderr.on('data', (words) => {
    said += words;
  });
  const ended = once(koffer, 'exit');

  const stop = async () => {
    koffer.kill('SIGTERM');
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  const origin = `http://${address}`;
  for (const end = Date.now() + PATIENCE; ; await pause(100)) {
    const answer = await fetch(`${origin}/readyz`).catch(() => null);
    if (answer?.ok) return { origin, stop };
    if (koffer.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`Koffer did not start. It said:\n${said}`);
    }
  }
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

/** @param {NodeJS.ProcessEnv} environment */
function withoutSettings(environment) {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('KOFFER_')),
  );
}
