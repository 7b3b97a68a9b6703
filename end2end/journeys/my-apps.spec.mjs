// My Apps as people use it: by mouse, by keyboard, by thumb.

import { codeOf } from '../support/mail.mjs';
import { apps, comeInAs, expect, openTileMenu, test } from '../support/test.mjs';

const JOHN = 'john.doe@woodgrove.example';

/** Presses Tab until something has the focus. */
async function tabTo(page, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is out of the keyboard’s reach`);
}

test('what is opened is counted, and comes first afterwards', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toHaveText('Your apps');
  await page.getByRole('searchbox', { name: 'Find an app' }).fill('lau');
  await page.getByRole('link', { name: 'Launch board' }).click();
  await expect(page).toHaveURL('/demo/apps/launch-board');
  await page.getByRole('link', { name: 'To my apps' }).click();
  await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toHaveText('Opened most');
  await expect(apps(page).first()).toContainText('Launch board');
});

test('a browser that only prepares a page opens nothing', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  const open = await page.getByRole('link', { name: 'Launch board' }).getAttribute('href');
  const prepared = await page.request.get(open, { headers: { 'sec-purpose': 'prefetch' }, maxRedirects: 0 });
  expect(prepared.status()).toBe(303);
  await page.reload();
  await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toHaveText('Your apps');
});

test('the keyboard alone signs in and opens an app', async ({ page, site }) => {
  await page.goto('/sign-in');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await tabTo(page, page.getByRole('textbox', { name: 'Your e-mail address' }));
  await page.keyboard.type(JOHN);
  await page.keyboard.press('Enter');
  const code = page.getByRole('textbox', { name: 'Code' });
  // Nobody has to look for it.
  await expect(code).toBeFocused();
  await page.keyboard.type(codeOf(await site.smtp.waitForMail(JOHN)));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/');
  await tabTo(page, page.getByRole('searchbox', { name: 'Find an app' }));
  await page.keyboard.type('lau');
  await expect(page.getByRole('status')).toHaveText('1 app found. Press Enter to open Launch board');
  await tabTo(page, page.getByRole('link', { name: 'Launch board' }));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/demo/apps/launch-board');
});

test('the keyboard opens the menu of an app', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await tabTo(page, page.getByLabel('Launch board: what you can do'));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('button', { name: 'Add to favourites' }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Favourites' }).getByRole('link', { name: 'Launch board' })).toBeVisible();
});

test('Enter opens nothing where nothing is found, and what is erased comes back', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  const all = await apps(page).count();
  const search = page.getByRole('searchbox', { name: 'Find an app' });
  await search.pressSequentially('lauz');
  await expect(page.getByRole('heading', { name: 'No app of yours is called that' })).toBeVisible();
  await expect(page.getByRole('status')).toHaveText('No app of yours is called that');
  await expect(apps(page)).toHaveCount(0);
  await search.fill('');
  await expect(apps(page)).toHaveCount(all);
  await expect(page.getByRole('heading', { name: 'No app of yours is called that' })).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test('a thumb finds and opens an app', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.getByRole('searchbox', { name: 'Find an app' }).tap();
    await page.keyboard.type('lau');
    await expect(apps(page)).toHaveCount(1);
    await page.getByRole('link', { name: 'Launch board' }).tap();
    await expect(page).toHaveURL('/demo/apps/launch-board');
  });
});

test('an app’s page says how to use it and whom to ask, and can mark it', async ({ page }) => {
  await comeInAs(page, 'Maya Stone');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('link', { name: 'About this app' }).click();
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 2 })).toHaveText(['How to use it', 'How I got this', 'Whom to ask']);
  await expect(main).toContainText('Your tasks are in the column “Before March”.');
  await expect(main.getByRole('listitem')).toContainText('Through the group Contoso launch');
  await expect(main.getByRole('listitem')).toContainText('by John Doe');
  await expect(main.locator('section', { hasText: 'Whom to ask' })).toContainText('John Doe');
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  await expect(page).toHaveURL(/\/apps\/[0-9a-f-]+$/);
  await expect(page.getByRole('button', { name: 'Remove from favourites' })).toBeVisible();
});
