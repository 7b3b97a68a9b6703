import { codeOf } from '../support/mail.mjs';
import { apps, askForCode, comeInAs, enterCode, expect, signIn, test } from '../support/test.mjs';

const JOHN = 'john.doe@woodgrove.example';

test('smoke: a code from the mail signs in, and Launch board opens after three letters', async ({ page, site }) => {
  await signIn(page, site, JOHN);
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Good (morning|afternoon|evening), John$/);
  const search = page.getByRole('searchbox', { name: 'Find an app' });
  await search.pressSequentially('lau');
  await expect(apps(page)).toHaveCount(1);
  await expect(apps(page)).toContainText('Launch board');
  await expect(page.getByRole('status')).toHaveText('1 app found. Press Enter to open Launch board');
  await search.press('Enter');
  await expect(page).toHaveURL('/demo/apps/launch-board');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Here Launch board would open');
});

test.describe('on a phone without script', () => {
  test.use({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });

  test('a code from the mail signs in, and the form finds Launch board', async ({ page, site, complaints }) => {
    // How the browser says that script is switched off.
    complaints.allow(/vestibule\.js csp$/);
    await signIn(page, site, JOHN);
    await expect(page).toHaveURL('/');
    const search = page.getByRole('searchbox', { name: 'Find an app' });
    await search.fill('lau');
    await search.press('Enter');
    await expect(page).toHaveURL('/?q=lau');
    await expect(apps(page)).toHaveCount(1);
    await page.getByRole('link', { name: 'Launch board' }).click();
    await expect(page).toHaveURL('/demo/apps/launch-board');
  });
});

test.describe('in French', () => {
  test.use({ locale: 'fr-FR' });

  test('page and mail speak French', async ({ page, site }) => {
    await page.goto('/sign-in');
    await expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Bienvenue chez WoodGrove');
    await page.getByRole('textbox', { name: 'Votre adresse e-mail' }).fill(JOHN);
    await page.getByRole('button', { name: 'Envoyer le code' }).click();
    const mail = await site.smtp.waitForMail(JOHN);
    expect(mail.subject).toBe('Votre code de connexion chez WoodGrove');
    expect(mail.headers.get('content-language')).toBe('fr');
    expect(mail.text).toContain('Il est valable 10 minutes');
    await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(mail));
    await page.getByRole('button', { name: 'Continuer' }).click();
    await expect(page).toHaveURL('/');
    await expect(page.getByRole('searchbox', { name: 'Trouver une application' })).toBeVisible();
  });
});

test('a wrong code keeps the page and says so; the right one still signs in', async ({ page, site }) => {
  await page.goto('/sign-in');
  await askForCode(page, JOHN);
  const right = codeOf(await site.smtp.waitForMail(JOHN));
  const wrong = right.replace(/^./, (digit) => String((Number(digit) + 1) % 10));
  await enterCode(page, wrong);
  await expect(page.getByRole('alert')).toContainText('This code does not fit.');
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your mailbox');
  await expect(page.getByRole('textbox', { name: 'Code' })).toHaveAttribute('aria-invalid', 'true');
  await enterCode(page, right);
  await expect(page).toHaveURL('/');
});

test('an address that nobody has here looks the same, and gets no mail', async ({ page, site }) => {
  await page.goto('/sign-in');
  await askForCode(page, 'stranger@elsewhere.example');
  await expect(page.getByRole('main')).toContainText('If stranger@elsewhere.example may sign in here');
  // Mail leaves in the order of asking: with John's here, a stranger's would have been offered.
  await page.getByRole('button', { name: 'Use another address' }).click();
  await askForCode(page, JOHN);
  await site.smtp.waitForMail(JOHN);
  expect(site.smtp.offered.map((offer) => offer.to)).toEqual([JOHN]);
});

test('whoever is not signed in is sent to do so, and comes back', async ({ page, site, request }) => {
  for (const [path, next] of [
    ['/', ''],
    ['/account', '?next=%2Faccount'],
    ['/admin', '?next=%2Fadmin'],
    ['/admin/x', '?next=%2Fadmin%2Fx'],
  ]) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    expect(answer.headers().location, path).toBe(`/sign-in${next}`);
  }
  const maya = 'maya.stone@woodgrove.example';
  await page.goto('/account');
  await expect(page).toHaveURL('/sign-in?next=%2Faccount');
  await askForCode(page, maya);
  await enterCode(page, codeOf(await site.smtp.waitForMail(maya)));
  await expect(page).toHaveURL('/account');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('My account');
});

test('a member finds nothing below /admin', async ({ page }) => {
  await comeInAs(page, 'Maya Stone');
  // With the page's cookies.
  expect((await page.request.get('/admin/x', { maxRedirects: 0 })).status()).toBe(404);
  expect((await page.request.get('/admin', { maxRedirects: 0 })).status()).toBe(404);
});

test('the sign-in page has no script, and weighs 40 KB with its styles', async ({ request }) => {
  const html = await (await request.get('/sign-in')).text();
  expect(html).not.toMatch(/<script/i);
  const sheets = [...html.matchAll(/<link[^>]+rel="stylesheet"[^>]*>/g)].map(([tag]) => /href="([^"]+)"/.exec(tag)[1]);
  expect(sheets).not.toHaveLength(0);
  let bytes = Buffer.byteLength(html);
  for (const sheet of sheets) {
    const answer = await request.get(sheet);
    expect(answer.status(), sheet).toBe(200);
    bytes += (await answer.body()).length;
  }
  expect(bytes).toBeLessThanOrEqual(40 * 1024);
});

test('an administrator’s link changes nothing when it is opened, signs in once, and is gone', async ({ page, site, complaints }) => {
  const { signInUrl } = JSON.parse(await site.server.cli('admin', 'create', '--email', 'x@woodgrove.example', '--json'));
  // Mail scanners open links: neither time counts.
  for (const time of ['first', 'second']) {
    expect((await page.goto(signInUrl)).status(), time).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  }
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Good /);
  complaints.allow(/status of 410/);
  expect((await page.goto(signInUrl)).status()).toBe(410);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link does not work any more');
});
