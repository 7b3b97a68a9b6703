// The walk-through that always works, both ways in: from the inviter's click to the guest's open app, and to the whole
// trail that the administrator sees. The release has to pass it too.

import { codeOf } from '../support/mail.mjs';
import { comeInAs, expect, linkIn, test } from '../support/test.mjs';

const SAM = 'gsamoogle@gmail.com';
const WORDS = 'Hello Sam,\nthis is the board we talked about on Thursday. See https://elsewhere.example <b>soon</b>.\nJohn';

/** John invites Sam to the group he owns, from My Apps. */
async function invite(page, { email = SAM, message = WORDS } = {}) {
  await comeInAs(page, 'John Doe');
  const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Contoso launch', exact: true }) });
  await row.getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(email);
  if (message) await page.getByRole('textbox', { name: 'Message' }).fill(message);
}

/** Sam takes the link to the page on which he accepts. */
async function prove(guest, site, mail) {
  await guest.goto(linkIn(mail));
  await guest.getByRole('button', { name: 'Get started' }).click();
  await expect(guest).toHaveURL('/redeem');
  await guest.getByRole('button', { name: 'Send code' }).click();
  const code = codeOf(await site.smtp.waitForMail(SAM, { nth: 2 }));
  await guest.getByRole('textbox', { name: 'Code' }).fill(code);
  await guest.getByRole('button', { name: 'Continue', exact: true }).click();
}

/** Sam says who he is, accepts, and opens the app. */
async function acceptAndOpen(guest) {
  await expect(guest.getByRole('checkbox', { name: /Contoso launch/ })).toBeChecked();
  await guest.getByRole('textbox', { name: 'Name' }).fill('Sam Oogle');
  await guest.getByRole('textbox', { name: 'Company' }).fill('Oogle Ltd');
  await guest.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(guest).toHaveURL('/?after=welcome');
  await expect(guest.getByRole('main')).toContainText('You are in');
  const welcome = await guest.getByRole('main').innerText();
  await guest.getByRole('link', { name: 'Launch board' }).click();
  await expect(guest).toHaveURL('/demo/apps/launch-board');
  return welcome;
}

/** The administrator sees Sam like any other, with the whole trail. */
async function seesSam(page, inviter) {
  await page.goto('/admin/guests?q=gsamoogle');
  await page.getByRole('link', { name: 'Sam Oogle' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sam Oogle');
  const main = page.getByRole('main');
  for (const text of ['Oogle Ltd', 'Launch board', 'the group has the app', 'Invite external user', 'Redeem external user invite', 'Sign-in activity']) {
    await expect(main).toContainText(text);
  }
  await page.getByRole('link', { name: 'The whole story' }).click();
  const event = (name) => page.getByRole('listitem').filter({ hasText: name });
  await expect(event('Redeem external user invite')).toHaveCount(1);
  await expect(event('Invite external user')).toContainText(inviter);
}

for (const [where, options] of [
  ['at a desk', { javaScriptEnabled: false }],
  ['on a phone', { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
]) {
  test(`smoke: the walk-through from My Apps, the guest ${where} without script`, async ({ page, site, openElsewhere, complaints }) => {
    // Where script is off, Chromium says so of the code it was to fetch ahead.
    complaints.allow(/^request: .*vestibule\.js csp$/);
    await invite(page);
    await page.getByLabel('Access until').fill('2030-02-28');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page.getByRole('status')).toContainText(SAM);
    await expect(page.getByRole('row').filter({ hasText: SAM })).toContainText('Invited');

    const mail = await site.smtp.waitForMail(SAM);
    expect(mail.subject).toBe('John Doe invited you to Contoso launch at WoodGrove');
    expect(mail.from.value[0].name).toBe('John Doe via WoodGrove');
    expect(mail.replyTo.value[0].address).toBe('john.doe@woodgrove.example');
    expect(mail.text).toContain('this is the board we talked about on Thursday.');
    expect(mail.html).toContain('&lt;b&gt;soon');
    expect(mail.text).toContain('28 February 2030');
    expect(mail.html).toContain(linkIn(mail));
    expect(mail.headers.get('list-unsubscribe-post') ?? mail.raw).toMatch(/One-Click/);

    const guest = await openElsewhere(options);
    await prove(guest, site, mail);
    expect(await acceptAndOpen(guest)).toContain('until 28 February 2030');

    const told = await site.smtp.waitForMail('john.doe@woodgrove.example');
    expect(told.subject).toBe('Sam Oogle accepted the invitation to WoodGrove');
    await page.reload();
    await expect(page.getByRole('row').filter({ hasText: SAM })).toContainText('Accepted');
    await expect(page.getByRole('row').filter({ hasText: SAM })).toContainText('Sam Oogle');

    const trail = (await site.server.cli('audit', 'export')).trim().split('\n').map((line) => JSON.parse(line));
    const redeemed = trail.filter((event) => event.activityDisplayName === 'Redeem external user invite' && event.targetResources[0].userPrincipalName === SAM);
    expect(redeemed).toHaveLength(1);
    expect(redeemed[0].targetResources.map((target) => target.userPrincipalName)).toEqual([SAM, 'john.doe@woodgrove.example', null]);
    // The link has done its work.
    const again = await guest.request.get(linkIn(mail));
    expect(again.status()).toBe(410);
    const administrator = await openElsewhere();
    await comeInAs(administrator, 'Ada Lindqvist');
    await seesSam(administrator, 'John Doe');
  });
}

test('smoke: the walk-through from the portal', async ({ page, site, openElsewhere, complaints }) => {
  complaints.allow(/^request: .*vestibule\.js csp$/);
  await comeInAs(page, 'Ada Lindqvist');
  await page.goto('/admin');
  await page.getByRole('link', { name: 'Invite people' }).click();
  await page.getByRole('textbox', { name: 'Addresses' }).fill(SAM);
  await page.getByRole('textbox', { name: 'To groups' }).fill('Contoso launch');
  await page.getByRole('textbox', { name: 'Message' }).fill('Welcome, Sam.');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page).toHaveURL(/\/admin\/invitations/);
  await expect(page.getByRole('status')).toContainText(SAM);

  const mail = await site.smtp.waitForMail(SAM);
  expect(mail.subject).toBe('Ada Lindqvist invited you to Contoso launch at WoodGrove');
  expect(mail.text).toContain('Welcome, Sam.');
  const guest = await openElsewhere({ javaScriptEnabled: false });
  await prove(guest, site, mail);
  await acceptAndOpen(guest);
  const told = await site.smtp.waitForMail('admin@woodgrove.example');
  expect(told.subject).toBe('Sam Oogle accepted the invitation to WoodGrove');
  await seesSam(page, 'Ada Lindqvist');
});
