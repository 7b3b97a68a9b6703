// The real binary in a folder of its own.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import { freePort } from './port.mjs';
import { freshDatabase } from './postgres.mjs';
import { Watch } from './watch.mjs';

const BINARY = process.env.VESTIBULE_BIN || fileURLToPath(new URL('../../target/debug/vestibule', import.meta.url));

/** What an installation keeps: folder, key, database. Several servers may share one. */
export class Home {
  /** One with nothing in it yet, or a copy of a template. */
  static async make(engine, { like } = {}) {
    const home = new Home();
    const postgres = engine === 'postgres' ? await freshDatabase({ copyOf: like?.database }) : null;
    home.folder = mkdtempSync(join(tmpdir(), 'vestibule-'));
    if (like) cpSync(like.folder, home.folder, { recursive: true });
    home.database = postgres ?? { url: `sqlite://${join(home.folder, 'vestibule.db')}`, drop: async () => {} };
    return home;
  }

  async remove() {
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Server {
  #child;
  #ended;
  #watch = new Watch();
  /** Everything that was written to standard output and standard error. */
  log = '';
  /** What is waited for before it is stopped as a service manager does. */
  beforeStop = async () => {};

  /** Starts one and waits until it is ready. `smtp` may be null: then mail waits, or goes to the mailbox. */
  static async start(home, { demo = true, smtp = null, settings = {} } = {}) {
    const server = new Server();
    server.home = home;
    server.demo = demo;
    server.port = await freePort();
    server.url = `http://127.0.0.1:${server.port}`;
    // Settings of whoever runs this must not leak in.
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith('VESTIBULE_'));
    server.env = {
      ...Object.fromEntries(clean),
      VESTIBULE_LISTEN: `127.0.0.1:${server.port}`,
      VESTIBULE_DATABASE_URL: home.database.url,
      VESTIBULE_SECRET_KEY_FILE: join(home.folder, 'vestibule.key'),
      VESTIBULE_LOG: 'info',
      VESTIBULE_TEST_CLOCK: join(home.folder, 'clock'),
      ...(smtp && { VESTIBULE_SMTP_URL: `smtp://127.0.0.1:${smtp.port}?tls=none` }),
      ...settings,
    };
    await server.again();
    return server;
  }

  /** Starts it (again), at the same address. */
  async again() {
    const from = this.log.length;
    this.#child = spawn(BINARY, ['serve', ...(this.demo ? ['--demo'] : [])], { cwd: this.home.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'exit');
    this.#ended.then(
      () => this.#watch.changed(),
      () => {},
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.log += text;
        this.#watch.changed();
      });
    }
    const child = this.#child;
    const said = () => child.exitCode !== null || child.signalCode !== null || this.log.slice(from).includes('Vestibule is at');
    await Promise.race([this.#watch.until(said, 'the server to listen', 20_000), once(child, 'error').then(([error]) => Promise.reject(error))]);
    const ready = child.exitCode === null && (await fetch(`${this.url}/health/ready`)).status === 200;
    if (!ready) throw new Error(`the server is not ready:\n${this.log}`);
  }

  /** Moves the clock of this server and of its commands to so many days from now (builds for tests only). */
  daysFromNow(days) {
    writeFileSync(join(this.home.folder, 'clock'), String(Math.round(days * 86_400_000)));
  }

  /** The same, in minutes: for what is tried again soon. */
  minutesFromNow(minutes) {
    this.daysFromNow(minutes / 1_440);
  }

  get pid() {
    return this.#child.pid;
  }

  get runs() {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Stops it as a service manager does: it has to end well, and soon. */
  async stop() {
    if (!this.runs) return;
    await this.beforeStop();
    const asked = Date.now();
    this.#child.kill('SIGTERM');
    try {
      await this.#watch.until(() => !this.runs, 'the server to end after SIGTERM', 5_000);
    } finally {
      // One that does not end must not outlive the test.
      if (this.runs) await this.kill9();
    }
    expect(this.#child.exitCode, 'exit code after SIGTERM').toBe(0);
    expect(Date.now() - asked, 'ms from SIGTERM to the end').toBeLessThan(5_000);
  }

  /** Power is cut. */
  async kill9() {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Waits for `count` places in the log. */
  waitForLog(pattern, { count = 1, timeout = 10_000 } = {}) {
    const every = new RegExp(pattern, 'g');
    return this.#watch.until(() => (this.log.match(every) || []).length >= count, `${count} times ${pattern} in the log`, timeout);
  }

  /** Runs a command against the same installation; returns what it printed. */
  async cli(...args) {
    const { stdout } = await promisify(execFile)(BINARY, args, { cwd: this.home.folder, env: this.env });
    return stdout;
  }
}
