// The portal: an administrator's day.

import { writeFile } from 'node:fs/promises';
import { codeOf } from '../support/mail.mjs';
import { comeInAs, expect, linkIn, test } from '../support/test.mjs';

/** A guest takes the link, proves the address and accepts. */
async function accept(guest, site, email, mail) {
  await guest.goto(linkIn(mail));
  await guest.getByRole('button', { name: 'Get started' }).click();
  await guest.getByRole('button', { name: 'Send code' }).click();
  const code = codeOf(await site.smtp.waitForMail(email, { nth: 2 }));
  await guest.getByRole('textbox', { name: 'Code' }).fill(code);
  await guest.getByRole('button', { name: 'Continue', exact: true }).click();
  const name = guest.getByRole('textbox', { name: 'Name' });
  await name.fill('Sam Oogle');
  await guest.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(guest).toHaveURL('/?after=welcome');
}

/** Goes on by the Tab key alone until this has the focus. */
async function reach(page, locator) {
  await expect(locator).toBeVisible();
  for (let stops = 0; stops < 400; stops += 1) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${locator} is not reached by the keyboard`);
}

/** Reaches this by the keyboard, and presses Enter. */
async function press(page, locator) {
  await reach(page, locator);
  await page.keyboard.press('Enter');
}

/** Reaches this by the keyboard, and types in place of what is there. */
async function type(page, locator, text) {
  await reach(page, locator);
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(text);
}

test('smoke: an administrator’s day, by keyboard alone', async ({ page, site, openElsewhere, home, complaints }) => {
  test.slow();
  complaints.allow(/^request: .*vestibule\.js csp$/);
  await comeInAs(page, 'Ada Lindqvist');

  // A guest inviter is named.
  await page.goto('/admin/roles');
  await type(page, page.getByLabel('Whose address'), 'john.doe@woodgrove.example');
  await reach(page, page.getByLabel('Role', { exact: true }));
  await page.keyboard.type('Guest inviter');
  await press(page, page.getByRole('button', { name: 'Give a role' }));
  await expect(page.getByRole('status')).toContainText('John Doe: Guest inviter.');

  // The brand: a colour that cannot be read is refused, another holds at once.
  await page.goto('/admin/organisation');
  const colour = page.getByLabel('Colour');
  for (const [typed, seen] of [['#ffee00', 'choose a darker one'], ['#6b2d73', 'Saved']]) {
    await type(page, colour, typed);
    await press(page, page.locator('#identity').getByRole('button', { name: 'Save' }));
    await expect(page.getByRole('main')).toContainText(seen);
  }
  await expect(page.locator('link[href="/brand/6b2d73.css"]')).toHaveCount(1);

  // Policy: a domain is denied.
  await type(page, page.getByLabel('No guests from these domains'), 'denied.example');
  await press(page, page.locator('#inviting').getByRole('button', { name: 'Save' }));
  await expect(page.getByRole('status')).toContainText('Saved');

  // Ten are invited, one refused.
  await page.goto('/admin/invite');
  const ten = [...Array(9)].map((_, i) => `guest${i}@tailspin.example`).concat('somebody@denied.example');
  await type(page, page.getByRole('textbox', { name: 'Addresses' }), ten.join('\n'));
  await type(page, page.getByRole('textbox', { name: 'To groups' }), 'Contoso launch');
  // What will happen is said as one types.
  const aside = page.getByRole('complementary', { name: 'What will happen' });
  await expect(aside.getByRole('listitem').filter({ hasText: 'denied.example' })).toContainText('domain');
  await expect(aside).toContainText('Ada Lindqvist via WoodGrove');
  await press(page, page.getByRole('button', { name: 'Send 9 invitations', exact: true }));
  const outcome = page.getByRole('status');
  await expect(outcome.getByRole('listitem').filter({ hasText: 'tailspin.example' })).toHaveCount(9);
  await expect(outcome.getByRole('listitem').filter({ hasText: 'denied.example' })).toContainText('domain');

  // Who invited whom.
  await page.goto('/admin/invitations?q=guest3');
  await expect(page.getByRole('row').filter({ hasText: 'guest3@tailspin.example' })).toContainText('Ada Lindqvist');

  // A guest comes in; the access is ended, and given back.
  const guest = await openElsewhere({ javaScriptEnabled: false });
  await accept(guest, site, 'guest0@tailspin.example', await site.smtp.waitForMail('guest0@tailspin.example'));
  await page.goto('/admin/guests?q=guest0');
  await press(page, page.getByRole('link', { name: 'Sam Oogle' }));
  await press(page, page.getByRole('button', { name: 'Remove', exact: true }));
  await expect(page.getByRole('status')).toContainText('Contoso launch');
  await guest.goto('/');
  await expect(guest.getByRole('link', { name: 'Launch board' })).toHaveCount(0);
  await press(page, page.getByRole('button', { name: 'Undo' }));
  await expect(page.getByRole('status')).toContainText('It is as it was before.');
  await guest.goto('/');
  await expect(guest.getByRole('link', { name: 'Launch board' }).first()).toBeVisible();
  await press(page, page.getByRole('button', { name: 'Disable' }));
  await expect(page.getByRole('status')).toContainText('may not sign in any more');
  expect((await guest.goto('/')).url()).toContain('/sign-in');
  await press(page, page.getByRole('button', { name: 'Undo' }));
  await expect(page.getByRole('status')).toContainText('It is as it was before.');
  await expect(page.getByRole('button', { name: 'Disable' })).toBeVisible();

  // The funnel.
  await page.goto('/admin/reports');
  await press(page, page.getByRole('link', { name: 'Invitations' }).last());
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('main').getByRole('img').first()).toBeVisible();

  // The trail leaves as a file, and verifies without the database.
  await page.goto('/admin/audit');
  const file = await page.request.get('/admin/audit.jsonl');
  expect(file.headers()['content-disposition']).toContain('trail.jsonl');
  const path = `${home.folder}/trail.jsonl`;
  await writeFile(path, await file.body());
  const verdict = JSON.parse(await site.server.cli('audit', 'verify', path, '--json'));
  expect(verdict.ok).toBe(true);
  expect(verdict.events).toBeGreaterThan(400);
});
