// Every page as people see it, wide and narrow, light and dark; and that nobody is kept out by how it looks.

import { fileURLToPath } from 'node:url';
import { codeOf } from '../support/mail.mjs';
import { askForCode, axe, comeInAs, enterCode, expect, openTileMenu, test } from '../support/test.mjs';

const SHOTS = fileURLToPath(new URL('../test-results/shots/', import.meta.url));
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** What moves, or would, for somebody who asked for less motion. */
function motion(page) {
  return page.evaluate(() => {
    const moves = (element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(',').some((duration) => Number.parseFloat(duration) > 0);
    };
    return [...document.getAnimations().map(String), ...[...document.querySelectorAll('*')].filter(moves).map((e) => `${e.localName}.${e.className}`)];
  });
}

/** Pictures of the whole page, accessibility, no motion, and no scrolling sideways. */
async function look(page, name, options) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SHOTS}${name}-${size.width}-${colorScheme}.png`, fullPage: true });
    }
    await axe(page, options);
  }
  expect.soft(await motion(page), `${name}: what moves although less motion was asked for`).toEqual([]);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect.soft(over, `${name}: pixels to scroll sideways at ${width}`).toBe(0);
  }
}

test('sign-in', async ({ page }) => {
  await page.goto('/sign-in');
  await look(page, 'sign-in');
});

test('code step', async ({ page }) => {
  await page.goto('/sign-in');
  await askForCode(page, 'john.doe@woodgrove.example');
  await look(page, 'code-step');
});

test('code step with an error', async ({ page }) => {
  await page.goto('/sign-in');
  await askForCode(page, 'john.doe@woodgrove.example');
  await enterCode(page, 'none');
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'code-step-error');
});

test('one-time link', async ({ page, site }) => {
  const { signInUrl } = JSON.parse(await site.server.cli('admin', 'create', '--email', 'x@woodgrove.example', '--json'));
  await page.goto(signInUrl);
  await look(page, 'link');
});

test('sign-out', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.goto('/sign-out');
  await look(page, 'sign-out');
});

test('account menu', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.locator('summary', { hasText: 'John Doe: account' }).click();
  await look(page, 'account-menu');
});

test('menu of a row, and of the last tile', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  const menus = page.getByLabel(/: what you can do$/);
  await menus.last().click();
  await look(page, 'row-menu');
  await menus.last().click();
  await menus.nth(5).click();
  await look(page, 'last-tile-menu');
});

test('favourites', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  await expect(page.getByRole('heading', { name: 'Favourites' })).toBeVisible();
  await look(page, 'favourites');
});

test('where an app of the demonstration would be', async ({ page }) => {
  await page.goto('/demo/apps/launch-board');
  await look(page, 'demo-app');
});

test('My Apps', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await look(page, 'my-apps');
});

test('My Apps without apps', async ({ page }) => {
  await comeInAs(page, 'Noor Haddad');
  await expect(page.getByRole('heading', { name: 'Your apps will stand here' })).toBeVisible();
  await look(page, 'no-apps');
});

test('nothing found', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.getByRole('searchbox', { name: 'Find an app' }).pressSequentially('zzz');
  await expect(page.getByRole('heading', { name: 'No app of yours is called that' })).toBeVisible();
  await look(page, 'nothing-found');
});

test('tile menu', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Drawing office');
  await expect(page.getByRole('button', { name: 'Add to favourites' })).toBeVisible();
  await look(page, 'tile-menu');
});

test('app page', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('link', { name: 'About this app' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Launch board');
  await look(page, 'app-page');
});

test('account', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.goto('/account');
  await look(page, 'account');
});

test('account with an error', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.goto('/account');
  await page.getByRole('textbox', { name: 'Name' }).fill(' ');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'account-error');
});

test('404', async ({ page, complaints }) => {
  complaints.allow(/status of 404/);
  expect((await page.goto('/nothing-here')).status()).toBe(404);
  await look(page, '404');
});

test('dead one-time link', async ({ page, complaints }) => {
  complaints.allow(/status of 410/);
  expect((await page.goto('/sign-in/nothing')).status()).toBe(410);
  await look(page, 'dead-link');
});

test.describe('without a mail server', () => {
  test.use({ siteIs: { mail: false } });

  test('demo mailbox', async ({ page }) => {
    await page.goto('/demo/mailbox');
    await expect(page.getByRole('heading', { name: 'No mail yet' })).toBeVisible();
    await look(page, 'mailbox-empty');
    await page.getByRole('link', { name: 'To sign in' }).click();
    await askForCode(page, 'john.doe@woodgrove.example');
    const subject = 'Your code to sign in at WoodGrove';
    // It arrives within seconds; the page does not tell by itself.
    await expect(async () => {
      await page.goto('/demo/mailbox');
      await expect(page.getByRole('link', { name: subject })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
    await look(page, 'mailbox');
    await page.getByRole('link', { name: subject }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(subject);
    // The mail itself runs no script, so axe cannot look into it.
    await look(page, 'mailbox-mail', { without: ['iframe'] });
    await expect(page.frameLocator('iframe').getByText(/^\d{4} \d{4}$/)).toBeVisible();
  });
});

test.describe('in earnest', () => {
  test.use({ siteIs: { demo: false } });

  test('sign-in, with a long name and a privacy statement', async ({ page, site }) => {
    await site.server.cli('organisation', 'set', 'name', 'Donaudampfschifffahrtsgesellschaft & Partners of Wood Grove');
    await site.server.cli('organisation', 'set', 'privacyUrl', 'https://privacy.example/statement');
    await page.goto('/sign-in');
    await look(page, 'sign-in-earnest');
  });
});

test.describe('in French', () => {
  test.use({ locale: 'fr-FR' });

  test('sign-in, code step, My Apps, account and 404', async ({ page, site, complaints }) => {
    test.setTimeout(120_000);
    const maya = 'maya.stone@woodgrove.example';
    await page.goto('/sign-in');
    await look(page, 'fr-sign-in');
    await page.getByRole('textbox', { name: 'Votre adresse e-mail' }).fill(maya);
    await page.getByRole('button', { name: 'Envoyer le code' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Regardez votre messagerie');
    await look(page, 'fr-code-step');
    await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(await site.smtp.waitForMail(maya)));
    await page.getByRole('button', { name: 'Continuer' }).click();
    await expect(page).toHaveURL('/');
    await look(page, 'fr-my-apps');
    await page.getByLabel('Launch board : ce que vous pouvez faire').click();
    await look(page, 'fr-tile-menu');
    await page.goto('/account');
    await look(page, 'fr-account');
    complaints.allow(/status of 404/);
    await page.goto('/nothing-here');
    await look(page, 'fr-404');
  });
});
