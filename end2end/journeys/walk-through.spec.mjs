// The walk-through that always works: from the inviter's click to the guest's open app.

import { codeOf } from '../support/mail.mjs';
import { comeInAs, expect, test } from '../support/test.mjs';

const SAM = 'gsamoogle@gmail.com';
const WORDS = 'Hello Sam,\nthis is the board we talked about on Thursday. See https://elsewhere.example <b>soon</b>.\nJohn';

/** The path of the first address in a mail's text. */
function ticketOf(mail) {
  return new URL(/https?:\/\/\S+/.exec(mail.text)[0]).pathname;
}

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
  await guest.goto(ticketOf(mail));
  await guest.getByRole('button', { name: 'Get started' }).click();
  await expect(guest).toHaveURL('/redeem');
  await guest.getByRole('button', { name: 'Send code' }).click();
  const code = codeOf(await site.smtp.waitForMail(SAM, { nth: 2 }));
  await guest.getByRole('textbox', { name: 'Code' }).fill(code);
  await guest.getByRole('button', { name: 'Continue', exact: true }).click();
}

for (const [where, options] of [
  ['at a desk', { javaScriptEnabled: false }],
  ['on a phone', { javaScriptEnabled: false, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }],
]) {
  test(`from invitation to open app, the guest ${where} without script`, async ({ page, site, openElsewhere, complaints }) => {
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
    expect(mail.html).toContain(ticketOf(mail));
    expect(mail.headers.get('list-unsubscribe-post') ?? mail.raw).toMatch(/One-Click/);

    const guest = await openElsewhere(options);
    await prove(guest, site, mail);
    await expect(guest.getByRole('checkbox', { name: /Contoso launch/ })).toBeChecked();
    await guest.getByRole('textbox', { name: 'Name' }).fill('Sam Oogle');
    await guest.getByRole('textbox', { name: 'Company' }).fill('Oogle Ltd');
    await guest.getByRole('button', { name: 'Accept', exact: true }).click();
    await expect(guest).toHaveURL('/?after=welcome');
    await expect(guest.getByRole('main')).toContainText('You are in');
    await expect(guest.getByRole('main')).toContainText('until 28 February 2030');
    await guest.getByRole('link', { name: 'Launch board' }).click();
    await expect(guest).toHaveURL('/demo/apps/launch-board');

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
    const again = await guest.request.get(ticketOf(mail));
    expect(again.status()).toBe(410);
  });
}
