// What goes wrong in earnest: with real processes, real connections, and the power cut.

import { request as requests } from '@playwright/test';
import { codeOf } from '../support/mail.mjs';
import { Server } from '../support/server.mjs';
import { askForCode, enterCode, expect, signIn, test } from '../support/test.mjs';

const JOHN = 'john.doe@woodgrove.example';
const MAYA = 'maya.stone@woodgrove.example';

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

test.describe('with time', () => {
  test.skip(({ database }) => database !== 'sqlite', 'slow, and the same on both');

  test('a mail server that says "later" gets the mail a minute later', async ({ page, site }) => {
    test.setTimeout(120_000);
    site.smtp.behave.rcpt = 451;
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    await site.server.waitForLog(/mail \S+ waits/);
    site.smtp.behave.rcpt = undefined;
    const mail = await site.smtp.waitForMail(JOHN, { timeout: 75_000 });
    await enterCode(page, codeOf(mail));
    await expect(page).toHaveURL('/');
  });

  test('a code survives kill -9 in the middle of its delivery', async ({ page, site }) => {
    // What the dead process had claimed is its own until the lease ends, after two minutes.
    test.setTimeout(200_000);
    site.smtp.behave.delay = 3_000;
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    const first = await site.smtp.waitForMail(JOHN);
    // The mail server has every byte, and has not said so.
    await site.server.kill9();
    site.smtp.behave.delay = 0;
    await site.server.again();
    const second = await site.smtp.waitForMail(JOHN, { nth: 2, timeout: 150_000 });
    expect(second.messageId).toBe(first.messageId);
    expect(codeOf(second)).toBe(codeOf(first));
    // The browser's session, and the code that it asked for, are still there too.
    await enterCode(page, codeOf(second));
    await expect(page).toHaveURL('/');
    await site.server.waitForLog(/mail \S+ was taken/);
    expect(site.smtp.to(JOHN)).toHaveLength(2);
  });

  test('a code asked for while no mail server listens leaves once there is one', async ({ page, site }) => {
    test.setTimeout(120_000);
    await site.smtp.stop();
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    await site.server.waitForLog(/mail \S+ waits/);
    await site.server.kill9();
    await site.smtp.again();
    await site.server.again();
    const mail = await site.smtp.waitForMail(JOHN, { timeout: 75_000 });
    await enterCode(page, codeOf(mail));
    await expect(page).toHaveURL('/');
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
});
