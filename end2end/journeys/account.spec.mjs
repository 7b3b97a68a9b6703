import { apps, comeInAs, expect, openTileMenu, test } from '../support/test.mjs';

test('name and language can be changed', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.goto('/account');
  await page.getByRole('textbox', { name: 'Name' }).fill('Johnny Doe');
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Français' });
  await page.getByRole('region', { name: 'Profile' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Mon compte');
  await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
  await expect(page.getByRole('status')).toContainText('Enregistré.');
  await expect(page.getByRole('textbox', { name: 'Nom' })).toHaveValue('Johnny Doe');
  await expect(page.locator('summary', { hasText: /Johnny Doe\s:\scompte/ })).toBeVisible();
  await page.getByRole('link', { name: 'Mes applications' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Johnny');
});

test('another browser’s session is ended from here', async ({ page, openElsewhere }) => {
  await comeInAs(page, 'John Doe');
  const other = await openElsewhere({
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  });
  await comeInAs(other, 'John Doe');
  await page.goto('/account');
  const sessions = page.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem');
  await expect(sessions).toHaveCount(2);
  await page.getByRole('button', { name: 'End: Firefox · Windows' }).click();
  await expect(page.getByRole('status')).toContainText('Ended.');
  await expect(sessions).toHaveCount(1);
  await expect(sessions).toContainText('this browser');
  await other.goto('/');
  await expect(other).toHaveURL('/sign-in');
  // And this one is still in.
  await page.goto('/');
  await expect(page).toHaveURL('/');
});

test('favourites make a shelf of their own', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await expect(page.getByRole('region', { name: 'Your apps' })).toBeVisible();
  const all = await apps(page).count();
  await openTileMenu(page, 'Launch board');
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  const favourites = page.getByRole('region', { name: 'Favourites' });
  await expect(favourites.getByRole('listitem')).toHaveCount(1);
  await expect(favourites.getByRole('link', { name: 'Launch board' })).toBeVisible();
  await expect(apps(page)).toHaveCount(all);
  await openTileMenu(page, 'Launch board');
  await page.getByRole('button', { name: 'Remove from favourites' }).click();
  await expect(favourites).toHaveCount(0);
});

test('an app’s page says how one got it', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('link', { name: 'About this app' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Launch board');
  await expect(page.getByRole('heading', { name: 'How I got this' })).toBeVisible();
  const ways = page.getByRole('main').getByRole('listitem');
  await expect(ways.filter({ hasText: 'Given to you' })).toBeVisible();
  await expect(ways.filter({ hasText: 'Through the group Contoso launch' })).toBeVisible();
  await page.getByRole('link', { name: 'Open', exact: true }).click();
  await expect(page).toHaveURL('/demo/apps/launch-board');
});

test('a name of nothing is refused, and what was typed stays', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await page.goto('/account');
  // The browser lets blanks pass; the server does not.
  await page.getByRole('textbox', { name: 'Name' }).fill('   ');
  await page.getByRole('combobox', { name: 'Language' }).selectOption({ label: 'Français' });
  await page.getByRole('region', { name: 'Profile' }).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('alert')).toHaveText('Type a name; it was empty.');
  const name = page.getByRole('textbox', { name: 'Name' });
  await expect(name).toHaveAttribute('aria-invalid', 'true');
  await expect(name).toHaveValue('   ');
  await expect(page.getByRole('combobox', { name: 'Language' })).toHaveValue('fr');
  // Nothing was saved, and the error is not shown a second time.
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.goto('/account');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(name).toHaveValue('John Doe');
});

test('signing out ends the session, and looking at its page does not', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  const cookies = await page.context().cookies();
  await page.goto('/sign-out');
  await expect(page.getByRole('main')).toContainText('You are signed in as John Doe.');
  await page.getByRole('link', { name: 'Stay signed in' }).click();
  await expect(page).toHaveURL('/');
  await page.locator('summary', { hasText: 'John Doe: account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount');
  // A copy of the cookie is worth nothing either.
  await page.context().addCookies(cookies);
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount');
});
