// One PostgreSQL cluster for a whole run, and a database of its own for each server.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './port.mjs';

const run = promisify(execFile);

/** The folder with initdb and its kin: Debian keeps them out of PATH. */
function binaries() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...process.env.PATH.split(delimiter), ...versions.map((v) => join(debian, v, 'bin'))];
  // A link to one of them alone is of no use.
  const found = folders.find((folder) => ['initdb', 'postgres', 'createdb', 'dropdb'].every((name) => existsSync(join(folder, name))));
  if (!found) throw new Error('initdb and its kin are neither in PATH nor in /usr/lib/postgresql: install PostgreSQL, or run with --project=sqlite');
  return found;
}

const idOf = (flag, user) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));

/** Whom the cluster runs as: PostgreSQL refuses root. */
function servant() {
  if (process.getuid() !== 0) return null;
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: idOf('-u', user), gid: idOf('-g', user) };
    } catch {
      // There is no such user here.
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody');
}

/** Starts the cluster, and returns what stops it. */
export async function startCluster() {
  const bin = binaries();
  const as = servant();
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-pg-'));
  if (as) chownSync(folder, as.uid, as.gid);
  const command = (name, args) => {
    const whole = [join(bin, name), ...args];
    return as ? ['setpriv', [`--reuid=${as.uid}`, `--regid=${as.gid}`, '--clear-groups', ...whole]] : [whole[0], whole.slice(1)];
  };
  const data = join(folder, 'data');
  await run(...command('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']), { cwd: folder });
  const port = await freePort();
  // What a crash of the machine would lose is of no interest here; speed is.
  const settings = ['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'autovacuum=off', 'max_connections=200'].flatMap((s) => ['-c', s]);
  const child = spawn(...command('postgres', ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...settings]), {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let log = '';
  const ready = new Promise((resolve) => {
    child.stderr.on('data', (chunk) => {
      log += chunk;
      if (log.includes('ready to accept connections')) resolve('ready');
    });
  });
  if ((await Promise.race([ready, ended])) !== 'ready') throw new Error(`PostgreSQL ended:\n${log}`);
  // Workers inherit the environment.
  process.env.END2END_POSTGRES = JSON.stringify({ bin, port });
  return async () => {
    // "Fast": whoever is still connected is cut off.
    child.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A database of its own, empty or a copy of another: its name, its URL, and how to drop it. */
export async function freshDatabase({ copyOf } = {}) {
  const { bin, port } = JSON.parse(process.env.END2END_POSTGRES);
  const name = `v${randomBytes(8).toString('hex')}`;
  const client = (program, ...args) => run(join(bin, program), ['-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', ...args]);
  await client('createdb', name, ...(copyOf ? [`--template=${copyOf}`] : []));
  return {
    name,
    url: `postgres://postgres@127.0.0.1:${port}/${name}`,
    drop: () => client('dropdb', '--force', name),
  };
}
