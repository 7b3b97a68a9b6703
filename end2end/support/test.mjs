// Playwright's test with a site of its own for each test, and a page that may not complain.

import { fileURLToPath } from 'node:url';
import axeCore from 'axe-core';
import { expect, test as base } from '@playwright/test';
import { codeOf, MailServer } from './mail.mjs';
import { Home, Server } from './server.mjs';

export { expect };

export const test = base.extend({
  /** `sqlite` or `postgres`: what the project is about. */
  database: ['sqlite', { option: true, scope: 'worker' }],
  /**
   * Whether the site is the demonstration, has a mail server, and how that behaves. Tests that change nothing and send
   * nothing, but look, say `shared`: then all of a worker's are at the same site.
   */
  siteIs: [{ demo: true, mail: true, behave: {}, shared: false }, { option: true }],

  /** The site of the tests that only look: started by the first of them. */
  sharedSite: [
    async ({ database }, use) => {
      let site;
      await use(async () => (site ??= await startSite(await homeOf(database, true))));
      if (!site) return;
      await site.server.stop();
      await site.smtp.stop();
      await site.server.home.remove();
    },
    { scope: 'worker' },
  ],

  /** Folder and database, for one server or several. */
  home: async ({ database, siteIs, sharedSite }, use) => {
    if (siteIs.shared) {
      await use((await sharedSite()).server.home);
      return;
    }
    const home = await homeOf(database, siteIs.demo ?? true);
    await use(home);
    await home.remove();
  },

  /** A running server, and its mail server. */
  site: async ({ home, siteIs, sharedSite, complaints }, use, testInfo) => {
    const site = siteIs.shared ? await sharedSite() : await startSite(home, siteIs);
    const { server, smtp } = site;
    // Whoever takes a server away lets the pages that are open finish first: else the browser complains with reason.
    server.beforeStop = () => Promise.all(complaints.pages.filter((page) => !page.isClosed()).map((page) => page.waitForLoadState('networkidle')));
    await use(site);
    if (testInfo.status !== testInfo.expectedStatus) await testInfo.attach('server.log', { body: server.log, contentType: 'text/plain' });
    if (siteIs.shared) return;
    try {
      await server.stop();
    } finally {
      await smtp?.stop();
    }
  },

  baseURL: async ({ site }, use) => {
    await use(site.server.url);
  },

  /** What the browser complained about. `allow` takes a pattern that a test provokes on purpose. */
  complaints: async ({}, use) => {
    const allowed = [];
    const heard = [];
    const left = () => heard.filter((text) => !allowed.some((pattern) => pattern.test(text)));
    await use({
      pages: [],
      allow: (pattern) => allowed.push(pattern),
      add: (text) => heard.push(text),
    });
    expect(left(), 'what the browser complained about').toEqual([]);
  },

  page: async ({ page, complaints }, use) => {
    listen(page, complaints);
    await use(page);
  },

  /** Opens a page in another browser: nothing is shared with the first, and it may not complain either. */
  openElsewhere: async ({ browser, baseURL, complaints }, use) => {
    const contexts = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ baseURL, ...options });
      contexts.push(context);
      const page = await context.newPage();
      listen(page, complaints);
      return page;
    });
    for (const context of contexts) await context.close();
  },
});

/** An installation that begins as the demonstration or with nobody in it. */
function homeOf(engine, demo) {
  const templates = JSON.parse(process.env.END2END_TEMPLATES)[engine];
  return Home.make(engine, { like: demo ? templates.demo : templates.empty });
}

async function startSite(home, { demo = true, mail = true, behave = {} } = {}) {
  const smtp = mail ? await MailServer.start({ ...behave }) : null;
  return { server: await Server.start(home, { demo, smtp }), smtp };
}

function listen(page, complaints) {
  complaints.pages.push(page);
  page.on('console', (message) => {
    // That a machine is slow to come to a file that it was told of is no fault of the page's.
    const slow = /was preloaded using link preload but not used within a few seconds/.test(message.text());
    if (!slow && ['error', 'warning'].includes(message.type())) complaints.add(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.add(`error: ${error.stack}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText;
    // A download that the browser gave up because somebody went on is no fault.
    if (why !== 'net::ERR_ABORTED') complaints.add(`request: ${request.url()} ${why}`);
  });
}

/** Signs in by a code from the mail. */
export async function signIn(page, site, email) {
  await page.goto('/sign-in');
  await askForCode(page, email);
  const mail = await site.smtp.waitForMail(email);
  await enterCode(page, codeOf(mail));
  return mail;
}

/** Types an address on the sign-in page, and has a code sent. */
export async function askForCode(page, email) {
  await page.getByRole('textbox', { name: 'Your e-mail address' }).fill(email);
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your mailbox');
}

/** Types a code, and sends it. */
export async function enterCode(page, code) {
  await page.getByRole('textbox', { name: 'Code' }).fill(code);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

/** Comes in as one of the demonstration's people: for what is not about signing in. */
export async function comeInAs(page, name) {
  await page.goto('/sign-in');
  await page.getByRole('button', { name }).click();
  await expect(page).toHaveURL('/');
}

/** Invites from the command line, in John's name to the group that he owns unless told otherwise. */
export async function invite(site, email, options = [], { to = ['--group', 'Contoso launch'], by = 'john.doe@woodgrove.example' } = {}) {
  const [answer] = JSON.parse(await site.server.cli('invite', email, ...to, '--as', by, '--json', ...options));
  return answer;
}

/** The path of the first address in a mail's text. */
export function linkIn(mail) {
  return new URL(/https?:\/\/\S+/.exec(mail.text)[0]).pathname;
}

/** Does what has a code sent, and gives the code. Mails that were sent before have arrived. */
export async function codeAfter(site, email, act) {
  const nth = site.smtp.to(email).length + 1;
  await act();
  return codeOf(await site.smtp.waitForMail(email, { nth }));
}

/** Waits until the browser code of a page has come: before that, its buttons lead to plain pages. */
export async function listens(page) {
  await page.waitForLoadState('networkidle');
}

/** The apps that can be seen on My Apps. */
export function apps(page) {
  return page.getByRole('main').getByRole('listitem').and(page.locator('[data-haystack]'));
}

/** The menu of an app's tile, opened. */
export async function openTileMenu(page, name) {
  await page.getByLabel(`${name}: what you can do`).click();
}

/** A picture of the whole page in test-results/shots, if the run was asked for pictures: `SHOTS=1 npx playwright test looks`. */
export async function picture(page, name) {
  if (!process.env.SHOTS) return;
  const path = fileURLToPath(new URL(`../test-results/shots/${name}.png`, import.meta.url));
  await page.screenshot({ path, fullPage: true });
}

/** WCAG 2.2 AA, whose rule on the size of targets axe leaves out unless asked, and what is good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Those of them that depend on colours. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** Nothing stands in the way of anybody, in light and in dark: what does not depend on colours is looked at once. */
export async function axe(page, { without = [] } = {}) {
  // Its own script once for each page that is loaded; no page of ours has foreign frames.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeCore.source);
  for (const [colorScheme, runOnly] of [
    ['light', { type: 'tag', values: RULES }],
    ['dark', { type: 'rule', values: COLOUR_RULES }],
  ]) {
    await page.emulateMedia({ colorScheme });
    const context = { include: [['html']], exclude: without.map((part) => [part]) };
    const violations = await page.evaluate(async ([context, runOnly]) => (await window.axe.run(context, { runOnly, resultTypes: ['violations'] })).violations, [context, runOnly]);
    const found = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary}`));
    expect.soft(found, `accessibility of ${page.url()}, ${colorScheme}, ${page.viewportSize().width} wide`).toEqual([]);
  }
}
