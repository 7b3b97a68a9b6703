// Prints our budgets beside their floors, all measured in this one run.
//
// With SCALE=1 it then seeds two demonstrations on each database, a small and a large one, and prints how long the same
// pages take in both (about ten minutes on two cores). SCALE=only leaves the rest out.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './support/port.mjs';
import { freshDatabase, startCluster } from './support/postgres.mjs';

const bin = process.env.VESTIBULE_BIN;

/** Pages as the administrator asks for them. */
const PAGES = [
  '/',
  '/groups',
  '/guests',
  '/invitations',
  '/admin',
  '/admin/guests',
  '/admin/guests?q=s',
  '/admin/guests?q=s+m',
  '/admin/guests?q=mei+adeyemi',
  '/admin/guests?q={two}',
  '/admin/members',
  '/admin/members?q=john.doe',
  '/admin/groups',
  '/admin/groups?q=contoso+launch',
  '/admin/apps',
  '/admin/invitations',
  '/admin/invitations?q=s',
  '/admin/audit',
  '/admin/people/{id}',
  '/admin/reports',
  '/admin/reports/invitations',
  '/admin/reports/pending',
  '/admin/reports/guests',
  '/admin/reports/inactive',
  '/admin/reports/sign-ins',
  '/admin/reports/licensing',
];
const SIZES = {
  small: { guests: 1_000, groups: 100, apps: 50, events: 10_000 },
  large: { guests: 100_000, groups: 10_000, apps: 50, events: 1_000_000 },
};
/** How often each page is asked for. */
const ROUNDS = 300;
/** How many times longer a page may take in the large one. */
const SCALE_BUDGET = 1.2;

function environment(port, database) {
  const env = { ...process.env, VESTIBULE_LISTEN: `127.0.0.1:${port}`, VESTIBULE_LOG: 'warn' };
  delete env.VESTIBULE_BIN;
  if (database) env.VESTIBULE_DATABASE_URL = database;
  return env;
}

async function start(folder, port, database) {
  const env = environment(port, database);
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

async function signIn(port, email) {
  const persona = await get(port, '/demo/persona', { method: 'POST', body: `email=${encodeURIComponent(email)}` });
  return persona.headers['set-cookie'][0].split(';')[0];
}

/** Resident memory in MiB. */
async function memory(child) {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

const row = (what, value, floor, budget) => console.log(`${what.padEnd(34)} ${value.padEnd(26)} ${floor.padEnd(40)} ${budget}`);

async function budgets() {
  const folder = await mkdtemp(path.join(tmpdir(), 'vestibule-bench-'));
  try {
    const port = await freePort();
    await stop((await start(folder, port)).child); // makes and seeds the database
    const { child, coldStart } = await start(folder, port);
    const cookie = await signIn(port, 'john.doe@woodgrove.example');
    await get(port, '/', { cookie });
    const rss = await memory(child);

    const site = new URL('../target/site/pkg/', import.meta.url);
    const [wasm, js] = await Promise.all(['vestibule.wasm.br', 'vestibule.js.br'].map((file) => stat(new URL(file, site))));
    row('what', 'here', 'floor, same run', 'budget');
    row('idle memory after the first page', `${rss.toFixed(1)} MiB`, 'empty Leptos server: 11 MiB', '25 MiB');
    row('cold start to ready', `${coldStart.toFixed(0)} ms`, '', '100 ms');
    row('browser code, brotli', `${((wasm.size + js.size) / 1000).toFixed(1)} KB`, 'small page with one island: 38 KB', '80 KB');
    await stop(child);

    // Rates beside their floors are measured in one process; PostgreSQL is started for it here.
    const stopPostgres = await startCluster();
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
}

/** Adds to the demonstration in a folder, beside its running server; gives the seconds that it took. */
async function seed(folder, port, database, size) {
  const counts = Object.entries(size).flatMap(([name, count]) => [`--${name}`, String(count)]);
  const options = { cwd: folder, env: environment(port, database), stdio: ['ignore', 'pipe', 'ignore'] };
  const child = spawn(bin, ['demo', 'seed', ...counts, '--seed', '1', '--json'], options);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const code = await new Promise((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`demo seed ended with ${code}: ${said}`);
  return JSON.parse(said).seconds;
}

/** A running demonstration of one size, and the administrator in it. */
async function demonstration(folder, database, size) {
  const port = await freePort();
  const { child } = await start(folder, port, database);
  const seconds = await seed(folder, port, database, size);
  const cookie = await signIn(port, 'admin@woodgrove.example');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (page) => get(port, page, { cookie, agent });
  const people = (await ask('/admin/guests')).body.toString();
  const id = /\/admin\/people\/([0-9a-f-]{36})/.exec(people)?.[1];
  if (!id) throw new Error('/admin/guests leads to nobody');
  // Two words of one guest, each of which finds others too: a first name, and where the address is from.
  const { name, email } = JSON.parse((await ask('/admin/guests.jsonl?q=mei')).body.toString().split('\n')[0]);
  const two = `${name.split(/[ .]/)[0]}+${email.split('@')[1].split('.')[0]}`;
  return { child, agent, seconds, ask: (page) => ask(page.replace('{id}', id).replace('{two}', two)) };
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** How long a page takes in each: asked for in turns, so that whatever else the machine does falls on both. */
async function compare(both, page) {
  const times = both.map(() => []);
  // A page that lists more in one than in the other is no measure of how they scale.
  const lines = await Promise.all(both.map(async (one) => (await one.ask(page)).body.toString().split('<tr').length));
  if (lines[0] !== lines[1]) console.log(`${page}: ${lines[0]} lines against ${lines[1]}`);
  for (let round = -10; round < ROUNDS; round += 1) {
    for (const [nth, one] of both.entries()) {
      const begun = performance.now();
      const { status } = await one.ask(page);
      const took = performance.now() - begun;
      if (status !== 200) throw new Error(`${page}: ${status}`);
      if (round >= 0) times[nth].push(took);
    }
  }
  return times.map(median);
}

async function scale(engine) {
  const folders = await Promise.all(['small', 'large'].map(() => mkdtemp(path.join(tmpdir(), 'vestibule-scale-'))));
  const both = [];
  try {
    for (const [nth, size] of [SIZES.small, SIZES.large].entries()) {
      const database = engine === 'postgres' ? (await freshDatabase()).url : null;
      both.push(await demonstration(folders[nth], database, size));
    }
    console.log(`\n${engine}: ${SIZES.large.guests} guests and ${SIZES.large.events} events were added in ${both[1].seconds.toFixed(0)} s (budget 600 s)`);
    row(`pages on ${engine}`, 'small, large', 'large against small', 'budget');
    for (const page of PAGES) {
      const times = await compare(both, page);
      row(page, times.map((time) => `${time.toFixed(2)} ms`).join(', '), (times[1] / times[0]).toFixed(2), String(SCALE_BUDGET));
    }
    const used = await Promise.all(both.map(({ child }) => memory(child)));
    row('memory after all of it', used.map((one) => `${one.toFixed(1)} MiB`).join(', '), '', '');
  } finally {
    for (const { child, agent } of both) {
      agent.destroy();
      await stop(child);
    }
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  }
}

if (process.env.SCALE !== 'only') await budgets();
if (process.env.SCALE) {
  await scale('sqlite');
  const stopPostgres = await startCluster();
  try {
    await scale('postgres');
  } finally {
    await stopPostgres();
  }
}
