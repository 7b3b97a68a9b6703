// Prints our budgets beside their floors, all measured in this one run. Loads only loopback, for a few seconds.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const bin = process.env.VESTIBULE_BIN;
const SECONDS = 5;
const CONNECTIONS = 20;

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

// As many requests as CONNECTIONS can make in SECONDS; returns the rate and the 99th percentile of the time.
async function load(port, where, cookie) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const times = [];
  const end = performance.now() + SECONDS * 1000;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < end) {
      const begun = performance.now();
      const answer = await get(port, where, { cookie, agent });
      if (answer.status !== 200) throw new Error(`${where}: ${answer.status}`);
      times.push(performance.now() - begun);
    }
  }));
  agent.destroy();
  times.sort((a, b) => a - b);
  return { rate: times.length / SECONDS, p99: times[Math.floor(times.length * 0.99)] };
}

const row = (what, value, floor, budget) => console.log(`${what.padEnd(34)} ${value.padEnd(26)} ${floor.padEnd(40)} ${budget}`);

const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-bench-'));
try {
  const port = await freePort();
  await stop((await start(folder, port)).child); // makes and seeds the database
  const { child, coldStart } = await start(folder, port);
  const persona = await get(port, '/demo/persona', { method: 'POST', body: 'email=john.doe%40woodgrove.example' });
  const cookie = persona.headers['set-cookie'][0].split(';')[0];
  const page = await get(port, '/', { cookie });
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const rss = Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;

  // The floor of the page: a file of about its size from memory, by the same server, without session or database.
  const asset = /href="(\/assets\/[^"]+\/vestibule.css)"/.exec(page.body.toString())[1];
  await load(port, '/', cookie);
  const ours = await load(port, '/', cookie);
  const floor = await load(port, asset, cookie);

  const site = new URL('../target/site/pkg/', import.meta.url);
  const [wasm, js] = await Promise.all(['vestibule.wasm.br', 'vestibule.js.br'].map((file) => stat(new URL(file, site))));
  row('what', 'here', 'floor, same run', 'budget');
  row('My Apps, pages a second', `${ours.rate.toFixed(0)}/s, p99 ${ours.p99.toFixed(1)} ms`, `a file of ours ${floor.rate.toFixed(0)}/s: ${(ours.rate / floor.rate).toFixed(2)} of it`, '0.5 of a constant, p99 5 ms');
  row('idle memory after the first page', `${rss.toFixed(1)} MiB`, 'empty Leptos server: 11 MiB', '25 MiB');
  row('cold start to ready', `${coldStart.toFixed(0)} ms`, '', '100 ms');
  row('browser code, brotli', `${((wasm.size + js.size) / 1000).toFixed(1)} KB`, 'small page with one island: 38 KB', '80 KB');
  await stop(child);
} finally {
  await rm(folder, { recursive: true, force: true });
}
