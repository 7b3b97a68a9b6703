// Prints our budgets beside their floors, all measured in this one run.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres, { freshDatabase } from './support/postgres.mjs';

const bin = process.env.VESTIBULE_BIN;

const freePort = () => new Promise((done) => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

async function start(folder, port) {
  const env = { ...process.env, VESTIBULE_LISTEN: `127.0.0.1:${port}`, VESTIBULE_LOG: 'warn' };
  delete env.VESTIBULE_BIN;
  const begun = performance.now();
  const child = spawn(bin, ['serve', '--demo'], { cwd: folder, env, stdio: 'ignore' });
  for (;;) {
    const ready = await get(port, '/health/ready').catch(() => null);
    if (ready?.status === 200) return { child, coldStart: performance.now() - begun };
    await new Promise((next) => setTimeout(next, 2));
  }
}

const stop = (child) => new Promise((done) => {
  child.once('exit', done);
  child.kill('SIGTERM');
});

function get(port, where, { cookie, agent, method = 'GET', body } = {}) {
  return new Promise((done, fail) => {
    const headers = { host: `127.0.0.1:${port}`, accept: 'text/html' };
    if (cookie) headers.cookie = cookie;
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const request = http.request({ host: '127.0.0.1', port, path: where, method, headers, agent }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    request.on('error', fail);
    request.end(body);
  });
}

const row = (what, value, floor, budget) => console.log(`${what.padEnd(34)} ${value.padEnd(26)} ${floor.padEnd(40)} ${budget}`);

const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-bench-'));
try {
  const port = await freePort();
  await stop((await start(folder, port)).child); // makes and seeds the database
  const { child, coldStart } = await start(folder, port);
  const persona = await get(port, '/demo/persona', { method: 'POST', body: 'email=john.doe%40woodgrove.example' });
  const cookie = persona.headers['set-cookie'][0].split(';')[0];
  await get(port, '/', { cookie });
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;

  const site = new URL('../target/site/pkg/', import.meta.url);
  const [wasm, js] = await Promise.all(['vestibule.wasm.br', 'vestibule.js.br'].map((file) => stat(new URL(file, site))));
  row('what', 'here', 'floor, same run', 'budget');
  row('idle memory after the first page', `${rss.toFixed(1)} MiB`, 'empty Leptos server: 11 MiB', '25 MiB');
  row('cold start to ready', `${coldStart.toFixed(0)} ms`, '', '100 ms');
  row('browser code, brotli', `${((wasm.size + js.size) / 1000).toFixed(1)} KB`, 'small page with one island: 38 KB', '80 KB');
  await stop(child);

  // Rates beside their floors are measured in one process; PostgreSQL is started for it here.
  const stopPostgres = await postgres();
  try {
    const { url } = await freshDatabase();
    const env = { ...process.env, VESTIBULE_BENCH_POSTGRES: url };
    const floors = spawn('cargo', ['bench', '--locked', '--quiet', '--bench', 'floors'], { env, stdio: 'inherit', cwd: fileURLToPath(new URL('..', import.meta.url)) });
    await new Promise((done) => floors.once('exit', done));
  } finally {
    await stopPostgres();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
