// Doors: which are shut, where they send people, and how little stands before them.

import { codeOf } from '../support/mail.mjs';
import { askForCode, comeInAs, enterCode, expect, test } from '../support/test.mjs';

const MAYA = 'maya.stone@woodgrove.example';
const NOTHING_HERE = 'There is nothing here for you';

test('an app and any path of administrators wait until one is signed in, then show what they are', async ({ page, site, request, complaints }) => {
  const app = '/apps/00000000-0000-7000-8000-000000000000';
  for (const path of [app, `${app}/open`, `${app}/icon`, '/admin/', '/admin/a/b?q=c%26d', '/apps/no-id']) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    expect(answer.headers().location, path).toBe(`/sign-in?next=${encodeURIComponent(path)}`);
  }
  await page.goto('/admin/anything');
  await expect(page).toHaveURL('/sign-in?next=%2Fadmin%2Fanything');
  await askForCode(page, MAYA);
  const code = codeOf(await site.smtp.waitForMail(MAYA));
  complaints.allow(/status of 404/);
  await enterCode(page, code);
  await expect(page).toHaveURL('/admin/anything');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(NOTHING_HERE);
  await page.getByRole('link', { name: 'To my apps' }).click();
  await expect(page).toHaveURL('/');
});

test('an unknown page is a page, signed in or not', async ({ page, complaints }) => {
  complaints.allow(/status of 404/);
  expect((await page.goto('/nothing-here')).status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(NOTHING_HERE);
  await page.getByRole('link', { name: 'To sign in' }).click();
  await expect(page).toHaveURL('/sign-in');
  await comeInAs(page, 'Maya Stone');
  for (const path of ['/nothing-here', '/apps/no-id', '/apps/00000000-0000-7000-8000-000000000000']) {
    expect((await page.goto(path)).status(), path).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(NOTHING_HERE);
    await expect(page.getByRole('link', { name: 'To my apps' })).toBeVisible();
  }
});

for (const next of ['https://elsewhere.example/', '//elsewhere.example/', '/\\elsewhere.example', '/sign-out', 'javascript:alert(1)']) {
  test(`nobody is sent to ${next} after signing in`, async ({ page, site }) => {
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await askForCode(page, MAYA);
    await enterCode(page, codeOf(await site.smtp.waitForMail(MAYA)));
    await expect(page).toHaveURL('/');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Good .*, Maya$/);
  });
}

test('no page before the house has a script, and each weighs 40 KB with all it needs', async ({ page, site, complaints }) => {
  complaints.allow(/status of 4(04|10)/);
  const { signInUrl } = JSON.parse(await site.server.cli('admin', 'create', '--email', 'x@woodgrove.example', '--json'));
  const weigh = async (html, what) => {
    expect(html, what).not.toMatch(/<script/i);
    const parts = [...html.matchAll(/<(?:link|img|iframe)\b[^>]*?(?:href|src)="([^"]+)"/g)].map(([, path]) => path);
    expect(parts, what).not.toHaveLength(0);
    let bytes = Buffer.byteLength(html);
    for (const path of parts) {
      const answer = await page.request.get(path);
      expect(answer.status(), path).toBe(200);
      bytes += (await answer.body()).length;
    }
    expect(bytes, what).toBeLessThanOrEqual(40 * 1024);
  };
  for (const path of ['/sign-in', signInUrl, '/sign-in/not-a-link', '/sign-out', '/nothing-here', '/demo/apps/launch-board']) {
    await weigh(await (await page.goto(path)).text(), path);
  }
  await page.goto('/sign-in');
  await askForCode(page, MAYA);
  await weigh(await (await page.request.get('/sign-in')).text(), 'the step of the code');
  await page.getByRole('button', { name: 'Use another address' }).click();
  await comeInAs(page, 'Maya Stone');
  await weigh(await (await page.goto('/admin')).text(), 'a wrong turn of a member');
});

test('the icon of the site is there', async ({ page }) => {
  await page.goto('/sign-in');
  const answer = await page.request.get(await page.locator('link[rel=icon]').getAttribute('href'));
  expect(answer.status()).toBe(200);
  expect(answer.headers()['content-type']).toBe('image/svg+xml');
});
