// What goes wrong in earnest: with real processes, real connections, and the power cut.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { request as requests } from '@playwright/test';
import { codeOf } from '../support/mail.mjs';
import { Server } from '../support/server.mjs';
import { askForCode, comeInAs, enterCode, expect, signIn, test } from '../support/test.mjs';

const BINARY = process.env.VESTIBULE_BIN || fileURLToPath(new URL('../../target/debug/vestibule', import.meta.url));

const JOHN = 'john.doe@woodgrove.example';
const MAYA = 'maya.stone@woodgrove.example';
const SAM = 'gsamoogle@gmail.com';

/** A command as a process of its own, which can be killed, and may say much. */
function command(server, ...args) {
  const child = spawn(BINARY, args, { cwd: server.home.folder, env: server.env, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = Promise.all([text(child.stdout), once(child, 'close')]).then(([said, [code, signal]]) => ({ said, code, signal }));
  return { child, ended };
}

/** Invites in John's name to the group he owns. */
function inviting(server, addresses) {
  return command(server, 'invite', ...addresses, '--group', 'Contoso launch', '--as', JOHN, '--json');
}

async function trailOf(server) {
  const { said } = await command(server, 'audit', 'export').ended;
  return said.trim().split('\n').map((line) => JSON.parse(line));
}

/** Whom events of a name are about, one for each event. */
function about(trail, name) {
  return trail.filter((event) => event.activityDisplayName === name).map((event) => event.targetResources[0].userPrincipalName);
}

test('a mail server that refuses an address for good is asked once, and the page tells nobody', async ({ page, site }) => {
  site.smtp.behave.rcpt = 550;
  await page.goto('/sign-in');
  await askForCode(page, JOHN);
  await site.server.waitForLog(/mail \S+ failed/);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your mailbox');
  await expect(page.getByRole('alert')).toHaveCount(0);
  // The queue goes on, and what failed is not in it.
  site.smtp.behave.rcpt = undefined;
  await page.getByRole('button', { name: 'Use another address' }).click();
  await askForCode(page, MAYA);
  await site.smtp.waitForMail(MAYA);
  expect(site.smtp.offered).toEqual([
    { to: JOHN, code: 550 },
    { to: MAYA, code: 250 },
  ]);
});

test('kill -9 at random points of many invitations leaves each of them whole or not there', async ({ page, site }) => {
  test.setTimeout(120_000);
  const slices = Array.from({ length: 10 }, (_, n) => Array.from({ length: 30 }, (_, i) => `guest${n}x${i}@fabrikam.example`));
  const all = slices.flat();
  // The first runs to its end, and shows how long that takes; so does any other that was too quick.
  let whole = 0;
  let killed = 0;
  let targets;
  for (const slice of slices) {
    const begun = Date.now();
    const { child, ended } = inviting(site.server, slice);
    if (whole) {
      await Promise.race([sleep(whole * Math.random()), ended]);
      child.kill('SIGKILL');
    }
    const { said, signal } = await ended;
    if (signal === 'SIGKILL') {
      killed += 1;
    } else {
      whole = Date.now() - begun;
      [{ targets }] = JSON.parse(said);
    }
  }
  expect(killed, 'commands that died on their way').toBeGreaterThanOrEqual(3);

  await comeInAs(page, 'John Doe');
  const group = `/groups/${targets[0].id}`;
  const isGuest = (text) => text.endsWith('@fabrikam.example');
  // Page by page, as they are shown.
  const shown = async () => {
    const list = page.getByRole('region', { name: 'Guests' });
    const more = list.getByRole('link', { name: 'More' });
    const found = [];
    for (let next = group; next; next = (await more.count()) ? await more.getAttribute('href') : null) {
      await page.goto(next);
      found.push(...(await list.getByRole('rowheader').locator('small').allTextContents()));
    }
    return found.filter(isGuest);
  };
  const guests = (await shown()).sort();
  expect(guests).toEqual(expect.arrayContaining(slices[0]));
  expect(new Set(guests).size).toBe(guests.length);
  expect(guests.length).toBeLessThan(all.length);
  const trail = await trailOf(site.server);
  for (const event of ['Add user', 'Invite external user', 'Add user sponsor', 'Add member to group']) {
    expect(about(trail, event).filter(isGuest).sort(), event).toEqual(guests);
  }
  expect(await site.server.cli('audit', 'verify')).toContain('unbroken');
  await Promise.all(guests.map((email) => site.smtp.waitForMail(email, { timeout: 60_000 })));

  // Sending the list again invites the rest, and nobody twice.
  expect((await inviting(site.server, all).ended).code).toBe(0);
  await Promise.all(all.map((email) => site.smtp.waitForMail(email, { timeout: 60_000 })));
  expect((await shown()).sort()).toEqual([...all].sort());
  const grown = await trailOf(site.server);
  for (const event of ['Add user', 'Invite external user']) expect(about(grown, event).filter(isGuest).sort(), event).toEqual([...all].sort());
  expect(await site.server.cli('audit', 'verify')).toContain('unbroken');
  // Whatever else it would send, it has sent when it has ended.
  await site.server.stop();
  expect(site.smtp.mails.map((mail) => mail.to).sort()).toEqual([...all].sort());
});

test.describe('with time', () => {
  test('a mail server that says "later" gets the mail a minute later', async ({ page, site }) => {
    site.smtp.behave.rcpt = 451;
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    await site.server.waitForLog(/mail \S+ waits/);
    site.smtp.behave.rcpt = undefined;
    site.server.minutesFromNow(1);
    const mail = await site.smtp.waitForMail(JOHN);
    await enterCode(page, codeOf(mail));
    await expect(page).toHaveURL('/');
  });

  test('a code survives kill -9 in the middle of its delivery', async ({ page, site }) => {
    site.smtp.behave.delay = 3_000;
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    const first = await site.smtp.waitForMail(JOHN);
    // The mail server has every byte, and has not said so.
    await site.server.kill9();
    site.smtp.behave.delay = 0;
    // What the dead process had claimed is its own until the lease ends, after two minutes.
    site.server.minutesFromNow(2);
    await site.server.again();
    const second = await site.smtp.waitForMail(JOHN, { nth: 2 });
    expect(second.messageId).toBe(first.messageId);
    expect(codeOf(second)).toBe(codeOf(first));
    // The browser's session, and the code that it asked for, are still there too.
    await enterCode(page, codeOf(second));
    await expect(page).toHaveURL('/');
    await site.server.waitForLog(/mail \S+ was taken/);
    expect(site.smtp.to(JOHN)).toHaveLength(2);
  });

  test('a code asked for while no mail server listens leaves once there is one', async ({ page, site }) => {
    await site.smtp.stop();
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    await site.server.waitForLog(/mail \S+ waits/);
    await site.server.kill9();
    await site.smtp.again();
    site.server.minutesFromNow(1);
    await site.server.again();
    const mail = await site.smtp.waitForMail(JOHN);
    await enterCode(page, codeOf(mail));
    await expect(page).toHaveURL('/');
  });

  test('an invitation sent while no mail server listens is there, says that its mail waits, and leaves once there is one', async ({ page, site }) => {
    await site.smtp.stop();
    await comeInAs(page, 'John Doe');
    await page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Contoso launch', exact: true }) }).getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
    await page.getByRole('button', { name: 'Send invitation' }).click();
    const row = page.getByRole('row').filter({ hasText: SAM });
    await expect(row).toContainText('Invited');
    await expect(row).toContainText(/Mail waits to leave|Mail is being tried again/);
    await site.server.waitForLog(/mail \S+ waits/);
    await page.reload();
    await expect(row).toContainText('Mail is being tried again');
    await site.smtp.again();
    site.server.minutesFromNow(1);
    const mail = await site.smtp.waitForMail(SAM);
    expect(mail.subject).toContain('Contoso launch');
    await site.server.waitForLog(/mail \S+ was taken/);
    await page.reload();
    await expect(row).toContainText('Mail taken');
    expect(site.smtp.to(SAM)).toHaveLength(1);
  });
});

test.describe('two instances on one database', () => {
  test.use({ siteIs: { demo: false } });
  test.skip(({ database }) => database !== 'postgres', 'SQLite is for one process');

  /** A second server beside the site's. */
  const beside = test.extend({
    twin: async ({ site, home }, use) => {
      const twin = await Server.start(home, { demo: false, smtp: site.smtp });
      await use(twin);
      await twin.stop();
    },
  });

  beside('whoever is signed in at one is signed in at the other', async ({ page, site, twin }) => {
    await site.server.cli('user', 'add', 'ann@example.com', '--name', 'Ann Lee');
    await signIn(page, site, 'ann@example.com');
    await expect(page).toHaveURL('/');
    // Ports do not part cookies: a context of its own shows that it is the database that is shared.
    const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const there = await requests.newContext({ baseURL: twin.url, extraHTTPHeaders: { cookie } });
    const answer = await there.get('/account', { maxRedirects: 0 });
    expect(answer.status()).toBe(200);
    expect(await answer.text()).toContain('ann@example.com');
    await there.dispose();
    const stranger = await requests.newContext({ baseURL: twin.url });
    expect((await stranger.get('/account', { maxRedirects: 0 })).status()).toBe(303);
    await stranger.dispose();
  });

  beside('twenty codes asked for at both make twenty mails', async ({ site, twin }) => {
    const people = Array.from({ length: 20 }, (_, i) => `person${i}@example.com`);
    for (const email of people) await site.server.cli('user', 'add', email, '--name', email.split('@')[0]);
    await Promise.all(
      people.map(async (email, i) => {
        const browser = await requests.newContext({ baseURL: [site.server, twin][i % 2].url });
        const page = await (await browser.get('/sign-in')).text();
        const action = /action="([^"]*send-code)"/.exec(page)[1];
        const answer = await browser.post(action, { form: { email } });
        expect(await answer.text()).toContain('Look into your mailbox');
        await browser.dispose();
      }),
    );
    await Promise.all(people.map((email) => site.smtp.waitForMail(email)));
    // Whatever else they would send, they have sent when they have ended.
    await Promise.all([site.server.stop(), twin.stop()]);
    expect(site.smtp.mails.map((mail) => mail.to).sort()).toEqual([...people].sort());
    expect(new Set(site.smtp.mails.map((mail) => mail.messageId)).size).toBe(people.length);
  });

  beside('twenty invitations sent at one make twenty mails', async ({ page, site, twin }) => {
    const { signInUrl } = JSON.parse(await site.server.cli('admin', 'create', '--email', 'ada@example.com', '--json'));
    await page.goto(signInUrl);
    await page.getByRole('button').first().click();
    await expect(page).toHaveURL('/');
    const people = Array.from({ length: 20 }, (_, i) => `guest${i}@fabrikam.example`);
    await page.goto('/invite');
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(people.join('\n'));
    await page.getByRole('button', { name: 'Send', exact: false }).click();
    await expect(page.getByRole('status').getByRole('listitem')).toHaveCount(20);
    await Promise.all(people.map((email) => site.smtp.waitForMail(email)));
    await Promise.all([site.server.stop(), twin.stop()]);
    expect(site.smtp.mails.map((mail) => mail.to).sort()).toEqual([...people].sort());
    expect(new Set(site.smtp.mails.map((mail) => mail.messageId)).size).toBe(people.length);
  });
});
