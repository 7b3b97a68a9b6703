// Inviting as information workers do it: in the dialog, from My Apps, with a preview that follows the typing.

import { axe, comeInAs, expect, listens, test } from '../support/test.mjs';

const SAM = 'gsamoogle@gmail.com';

/** The button beside what John owns, on My Apps. */
function inviteButton(page, name) {
  return page.getByRole('region', { name: 'Yours to share' }).getByRole('listitem').filter({ hasText: name }).getByRole('button', { name: 'Invite' });
}

test('three interactions lead from My Apps to a mail', async ({ page, site }) => {
  await comeInAs(page, 'John Doe');
  await listens(page);
  await inviteButton(page, 'Contoso launch').click();
  await expect(page.getByRole('dialog', { name: 'Invite to Contoso launch' })).toBeVisible();
  await page.keyboard.type(SAM);
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('status')).toContainText('Contoso launch: invited');
  expect((await site.smtp.waitForMail(SAM)).subject).toContain('Contoso launch');
});

test('what will happen and the mail follow the typing, and nothing typed is lost', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await listens(page);
  await inviteButton(page, 'Contoso launch').click();
  const dialog = page.getByRole('dialog');
  const side = dialog.getByRole('complementary', { name: 'What will happen' });
  await expect(side).toContainText('Type an address');
  await dialog.getByLabel('E-mail addresses').fill(`${SAM}, mara@fabrikam.example, junk, maya.stone@woodgrove.example`);
  await expect(side.getByRole('listitem').filter({ hasText: 'junk' })).toContainText('neither an e-mail address');
  await expect(side.getByRole('listitem').filter({ hasText: 'maya.stone' })).toContainText('has it already');
  await expect(side).toContainText('2 mails go out');
  await expect(dialog.getByRole('button', { name: 'Send 2 invitations', exact: true })).toBeVisible();
  await dialog.getByLabel('Message').fill('Hello <b>Sam</b>');
  await expect(side.getByRole('blockquote')).toHaveText('Hello <b>Sam</b>');
  await expect(dialog).toContainText('16 / 1000');
  await dialog.getByLabel('Access until').fill('2030-02-28');
  await expect(side).toContainText('28 February 2030');
  await axe(page);
  // Closing loses nothing.
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await inviteButton(page, 'Contoso launch').click();
  await expect(dialog.getByLabel('Message')).toHaveValue('Hello <b>Sam</b>');
  await dialog.getByRole('link', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  // Another target has a dialog of its own.
  await inviteButton(page, 'Launch board').click();
  await expect(page.getByRole('dialog', { name: 'Invite to Launch board' })).toBeVisible();
  await expect(dialog.getByLabel('Message')).toHaveValue('');
});

test('an error keeps what was typed', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await inviteButton(page, 'Contoso launch').click();
  await page.getByLabel('E-mail addresses').fill(SAM);
  await page.getByText('More: language').click();
  await page.getByLabel('Who else is told').fill('nobody@elsewhere.example');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('alert')).toContainText('Name colleagues');
  await expect(page.getByLabel('E-mail addresses')).toHaveValue(SAM);
  await axe(page);
});

test.describe('a mail server of the old kind', () => {
  test.use({ siteIs: { demo: true, mail: true, behave: { ascii: true } } });

  test('letters that the mail server cannot carry, and domains that look like others, are said before sending', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await inviteButton(page, 'Contoso launch').click();
    await page.getByLabel('E-mail addresses').fill('józef@fabrikam.example, sam@p\u0430ypal.example, ola@müller.example');
    const lines = page.getByRole('complementary', { name: 'What will happen' }).getByRole('listitem');
    await expect(lines.filter({ hasText: 'józef' })).toContainText('Our mail server cannot reach');
    await expect(lines.filter({ hasText: 'sam@' })).toContainText('really sam@xn--pypal-4ve.example');
    await expect(lines.filter({ hasText: 'müller' })).toContainText('will be invited');
  });
});

test('a mail reaches a domain beyond ASCII', async ({ page, site }) => {
  await comeInAs(page, 'John Doe');
  await inviteButton(page, 'Contoso launch').click();
  await page.getByLabel('E-mail addresses').fill('ola@müller.example');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await site.smtp.waitForMail('ola@müller.example');
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the same dialog is a page, and the preview a second step', async ({ page, complaints }) => {
    complaints.allow(/vestibule\.(js|wasm) csp$/);
    await comeInAs(page, 'John Doe');
    await inviteButton(page, 'Launch board').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Invite to Launch board');
    await page.getByLabel('E-mail addresses').fill(SAM);
    await page.getByRole('button', { name: 'See what will happen' }).click();
    await expect(page.getByRole('complementary', { name: 'What will happen' })).toContainText('Launch board: will be invited');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page.getByRole('status')).toContainText('Launch board: invited');
  });
});

test.describe('mail that is refused', () => {
  test.use({ siteIs: { demo: true, mail: true, behave: { rcpt: 550 } } });

  test('is told to the owner in the server’s words', async ({ page, site }) => {
    await comeInAs(page, 'John Doe');
    await inviteButton(page, 'Contoso launch').click();
    await page.getByLabel('E-mail addresses').fill(SAM);
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await site.smtp.waitForOffer(SAM);
    const row = page.getByRole('row').filter({ hasText: SAM });
    await expect(async () => {
      await page.reload();
      await expect(row).toContainText('Mail refused', { timeout: 500 });
    }).toPass();
    await expect(row).toContainText('not this one');
  });
});
