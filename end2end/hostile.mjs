// Plays hostile clients against a demonstration: by hand, `node end2end/hostile.mjs` (five minutes; MINUTES=1 for one).
//
// Twenty clients, each from an address of its own (X-Forwarded-For behind a trusted proxy), some signed in, post to every
// endpoint what parsers may stumble over, up to the longest form that is read. Meanwhile members ask for codes. At the end
// it prints what was answered, how long codes took, and how memory and database grew; it fails if the server ended or
// answered 5xx, or if a code took longer than five seconds.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MailServer, codeOf } from './support/mail.mjs';
import { Home, Server } from './support/server.mjs';

const MINUTES = Number(process.env.MINUTES ?? 5);
const CLIENTS = 20;
const MEMBERS = 60;
const FORM_MAX = 256 * 1024;
const SOURCES = fileURLToPath(new URL('../src/', import.meta.url));

/** Every server function with the fields of its form, and what else takes a post. */
function endpoints() {
  const found = [
    { path: '/invite/preview', fields: ['email', 'message', 'tell', 'targets[]'] },
    { path: '/admin/invite/preview', fields: ['email', 'groups', 'apps', 'sponsors', 'tell'] },
    { path: '/redeem/nothing/unsubscribe', fields: ['List-Unsubscribe'] },
    { path: '/demo/persona', fields: ['email'] },
  ];
  for (const file of readdirSync(join(SOURCES, 'server_fns'), { recursive: true }).filter((name) => name.endsWith('.rs'))) {
    const text = readFileSync(join(SOURCES, 'server_fns', file), 'utf8');
    for (const [, endpoint, list] of text.matchAll(/#\[server\(endpoint = "([^"]+)"\)\]\s*pub async fn \w+\(([^{]*?)\) ->/g)) {
      const fields = [...list.matchAll(/(\w+): (Vec<)?/g)].map(([, name, many]) => (many ? `${name}[]` : name));
      found.push({ path: `/fn/${endpoint}`, fields: fields.length ? fields : ['x'] });
    }
  }
  return found;
}

const MARKS = ['<>', '<', 'a<b>', '@', ',', ';', '"', '\n', '\0', '\u0001', '\u202e', '😀', 'e\u0301', '=?utf-8?q?x?=', '%', '../', '[', '{"a":', 'a@x.example ', '0', '-', '2026-', 'group:', '<svg>', "' OR 1=1 --"];
const pick = (list) => list[Math.floor(Math.random() * list.length)];

/** Something nasty of up to so many bytes. */
function nasty(most) {
  const pattern = Array.from({ length: 1 + Math.floor(Math.random() * 4) }, () => pick(MARKS)).join('');
  const bytes = Math.random() < 0.3 ? Math.floor(Math.random() * 64) : Math.floor(Math.random() * most);
  return pattern.repeat(Math.max(1, Math.floor(bytes / Buffer.byteLength(encodeURIComponent(pattern)))));
}

function body(fields) {
  if (Math.random() < 0.1) return nasty(FORM_MAX);
  const chosen = fields.filter(() => Math.random() < 0.8);
  const long = pick(chosen.length ? chosen : fields);
  return new URLSearchParams(chosen.map((name) => [name, nasty(name === long ? FORM_MAX - 4096 : 64)])).toString().slice(0, FORM_MAX + 16);
}

const home = await Home.make('sqlite');
const smtp = await MailServer.start();
const server = await Server.start(home, { smtp, settings: { VESTIBULE_TRUSTED_PROXIES: '127.0.0.1', VESTIBULE_LOG: 'warn' } });
const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))[1]) / 1024;
const size = () => ['', '-wal'].reduce((sum, end) => sum + (statSync(join(home.folder, `vestibule.db${end}`), { throwIfNoEntry: false })?.size ?? 0), 0) / 1024 / 1024;
const post = (path, from, { cookie, content } = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': from, ...(cookie && { cookie }) },
    body: content,
  });

for (let i = 0; i < MEMBERS; i += 1) await server.cli('user', 'add', `m${i}@woodgrove.example`, '--name', `Member ${i}`);
const before = { memory: memory(), size: size() };
const until = Date.now() + MINUTES * 60_000;
const statuses = new Map();
const faults = [];
const all = endpoints();

async function hostile(i) {
  const from = `198.51.100.${i + 1}`;
  const persona = [null, 'john.doe@woodgrove.example', null, 'maya.stone@woodgrove.example', 'ines.moreau@woodgrove.example'][i % 5];
  let cookie;
  while (Date.now() < until && server.runs) {
    if (persona && (!cookie || Math.random() < 0.02)) {
      const answer = await post('/demo/persona', from, { content: `email=${encodeURIComponent(persona)}` });
      cookie = answer.headers.get('set-cookie')?.split(';')[0];
    }
    const { path, fields } = pick(all);
    try {
      const answer = await post(path, from, { cookie: Math.random() < 0.9 ? cookie : undefined, content: body(fields) });
      await answer.arrayBuffer();
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status >= 500) faults.push(`${answer.status} ${path} as ${persona ?? 'nobody'}`);
      if (answer.status === 429) await sleep(250);
    } catch (error) {
      // A form that is too long is cut off while it is sent.
      if (!/ECONNRESET|EPIPE|UND_ERR_SOCKET/.test(String(error.cause?.code))) faults.push(`${path}: ${error.cause?.code ?? error}`);
      await sleep(50);
    }
  }
}

const waits = [];
async function members() {
  for (let i = 0; i < MEMBERS && Date.now() < until; i += 1) {
    const email = `m${i}@woodgrove.example`;
    const asked = Date.now();
    await post('/fn/sign-in/send-code', `203.0.113.${i + 1}`, { content: `email=${encodeURIComponent(email)}` });
    codeOf(await smtp.waitForMail(email, { timeout: 60_000 }));
    waits.push(Date.now() - asked);
    await sleep(Math.max(0, (MINUTES * 60_000) / MEMBERS - (Date.now() - asked)));
  }
}

let highest = 0;
const watching = setInterval(() => (highest = Math.max(highest, memory())), 1_000);
await Promise.all([members(), ...Array.from({ length: CLIENTS }, (_, i) => hostile(i))]);
clearInterval(watching);
const ran = server.runs;
const after = ran ? { memory: memory(), size: size() } : { memory: NaN, size: NaN };
const slowest = Math.max(...waits);
console.log('answers:', Object.fromEntries([...statuses].sort(([a], [b]) => a - b)));
console.log(`codes: ${waits.length}, the slowest after ${slowest} ms`);
console.log(`memory: ${before.memory.toFixed(0)} MiB before, ${highest.toFixed(0)} at most, ${after.memory.toFixed(0)} after`);
console.log(`database: ${before.size.toFixed(1)} MiB before, ${after.size.toFixed(1)} after`);
for (const fault of new Set(faults)) console.log('fault:', fault);
if (!ran) console.log(`the server has ended:\n${server.log.slice(-4_000)}`);
if (ran) await server.stop();
await smtp.stop();
await home.remove();
process.exit(ran && !faults.length && slowest <= 5_000 ? 0 : 1);
