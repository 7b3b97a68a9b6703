// Every page as people see it, wide and narrow, light and dark; and that nobody is kept out by how it looks.

import { fileURLToPath } from 'node:url';
import { askForCode, axe, comeInAs, expect, openTileMenu, test } from '../support/test.mjs';

const SHOTS = fileURLToPath(new URL('../test-results/shots/', import.meta.url));
const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

/** Pictures, accessibility, and no scrolling sideways. */
async function look(page, name, options) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SHOTS}${name}-${size.width}-${colorScheme}.png` });
    }
    await axe(page, options);
  }
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
