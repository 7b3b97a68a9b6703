// The demonstration without a mail server: its people, and the mailbox that anybody may read.

import { simpleParser } from 'mailparser';
import { codeOf } from '../support/mail.mjs';
import { askForCode, comeInAs, enterCode, expect, test } from '../support/test.mjs';

test.use({ siteIs: { mail: false } });

for (const [name, sees] of [
  ['John Doe', 'Launch board'],
  ['Ada Lindqvist', 'Handbook'],
  ['Maya Stone', 'Launch board'],
]) {
  test(`one can be ${name}`, async ({ page }) => {
    await comeInAs(page, name);
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name.split(' ')[0]);
    await expect(page.getByRole('link', { name: sees })).toBeVisible();
  });
}

test('mail lies in the mailbox, as it looks and as it was sent', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Read the mail' }).click();
  await expect(page.getByRole('heading', { name: 'No mail yet' })).toBeVisible();
  await page.getByRole('link', { name: 'To sign in' }).click();
  await askForCode(page, 'maya.stone@woodgrove.example');
  await expect(async () => {
    const listed = await (await page.request.get('/demo/mailbox.json')).json();
    expect(listed).toHaveLength(1);
    expect(listed[0]).toMatchObject({ to: 'maya.stone@woodgrove.example', subject: 'Your code to sign in at WoodGrove' });
    expect(Object.keys(listed[0]).sort()).toEqual(['at', 'id', 'kind', 'subject', 'to']);
  }).toPass({ timeout: 10_000 });
  await page.getByRole('link', { name: 'Read the mail' }).click();
  await page.getByRole('link', { name: 'Your code to sign in at WoodGrove' }).click();
  const shown = page.frameLocator('iframe').getByText(/^\d{4} \d{4}$/);
  await expect(shown).toBeVisible();
  const source = page.getByRole('link', { name: 'Source' });
  const answer = await page.request.get(await source.getAttribute('href'));
  const mail = await simpleParser(await answer.text());
  expect(mail.to.text).toContain('maya.stone@woodgrove.example');
  expect(codeOf(mail)).toBe(await shown.textContent());
  // What the link shows, or hands over, is the mail.
  const download = page.waitForEvent('download').catch(() => null);
  await source.click();
  expect((await download)?.suggestedFilename() ?? page.url()).toMatch(/\.eml$/);
  await page.goto('/sign-in');
  await enterCode(page, codeOf(mail));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Maya');
});

test('the demonstration’s own addresses are there in the demonstration only', async ({ page, request }) => {
  expect((await request.post('/demo/persona', { form: { email: 'nobody@woodgrove.example' } })).status()).toBe(404);
  await page.goto('/sign-in');
  await expect(page.getByRole('complementary')).toContainText('A demonstration');
});

test.describe('in earnest', () => {
  test.use({ siteIs: { demo: false } });

  test('there is no mailbox and nobody to be', async ({ page, request, complaints }) => {
    complaints.allow(/status of 404/);
    await page.goto('/sign-in');
    await expect(page.getByRole('main').getByRole('button')).toHaveText(['Send code']);
    for (const path of ['/demo/mailbox', '/demo/mailbox.json', '/demo/apps/launch-board']) {
      expect((await request.get(path)).status(), path).toBe(404);
    }
    expect((await request.post('/demo/persona', { form: { email: 'john.doe@woodgrove.example' } })).status()).toBe(404);
  });
});
