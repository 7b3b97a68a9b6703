// Redeeming: every way in, every way out, and what each link says once it has done its work.

import { codeOf } from '../support/mail.mjs';
import { apps, askForCode, comeInAs, enterCode, expect, test } from '../support/test.mjs';

const SAM = 'gsamoogle@gmail.com';
const JOHN = 'john.doe@woodgrove.example';
const NOOR = 'noor.haddad@woodgrove.example';
const ADA = 'admin@woodgrove.example';

/** Invites from the command line, to the group that John owns unless told otherwise. */
async function invite(site, email, options = [], { to = ['--group', 'Contoso launch'], by = JOHN } = {}) {
  const [answer] = JSON.parse(await site.server.cli('invite', email, ...to, '--as', by, '--json', ...options));
  return answer;
}

/** The path of the first address in a mail's text. */
function ticketOf(mail) {
  return new URL(/https?:\/\/\S+/.exec(mail.text)[0]).pathname;
}

/** A code that is none. */
function wrong(code) {
  return code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`;
}

/** From a page with "Get started" to the step that asks for the code. `nth` is the mail that has it. */
async function haveCodeSent(page, site, { email = SAM, nth = 1 } = {}) {
  await page.getByRole('button', { name: 'Get started' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prove that the address is yours');
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Look into your mailbox');
  return codeOf(await site.smtp.waitForMail(email, { nth }));
}

/** From a page with "Get started" to the page on which one accepts. */
async function prove(page, site, where) {
  await enterCode(page, await haveCodeSent(page, site, where));
  await isAskedToAccept(page);
}

async function isAskedToAccept(page) {
  await expect(page).toHaveURL('/redeem');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Come in');
}

async function accept(page) {
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page).toHaveURL('/?after=welcome');
}

/** What a link's page says, and with which status, to somebody who only has the link. */
async function says(page, path) {
  const answer = await page.request.get(path);
  return { status: answer.status(), title: /<h1[^>]*>([^<]*)</.exec(await answer.text())?.[1] };
}

test.describe('every way leads to the same page', () => {
  const seen = async (page, email = SAM) => {
    await isAskedToAccept(page);
    await expect(page.getByRole('main')).toContainText(`${email} is yours.`);
    await expect(page.getByRole('checkbox', { name: /Contoso launch.*from John Doe/ })).toBeChecked();
  };

  test('the link that is handed over instead of a mail', async ({ page, site }) => {
    const { redeemUrl, outcome } = await invite(site, SAM, ['--no-mail']);
    expect(outcome).toBe('invited');
    expect(redeemUrl.startsWith(`${site.server.url}/redeem/`)).toBe(true);
    await page.goto(redeemUrl);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('John Doe invites you to WoodGrove');
    // Whoever finds the link does not learn the address from it.
    await expect(page.getByRole('main')).toContainText('g•••@gmail.com');
    expect(await page.content()).not.toContain(SAM);
    await prove(page, site);
    await seen(page);
    await accept(page);
    // The code is the only mail that Sam had.
    expect(site.smtp.to(SAM)).toHaveLength(1);
  });

  test('the invitation without its secret', async ({ page, site }) => {
    const { invitationId } = await invite(site, SAM, ['--no-mail']);
    await page.goto(`/join/${invitationId}`);
    await expect(page.getByRole('main')).toContainText('g•••@gmail.com');
    expect(await page.content()).not.toContain(SAM);
    await prove(page, site);
    await seen(page);
    await accept(page);
  });

  test('signing in with the invited address', async ({ page, site }) => {
    await invite(site, SAM, ['--no-mail']);
    await page.goto('/sign-in');
    await askForCode(page, SAM);
    await enterCode(page, codeOf(await site.smtp.waitForMail(SAM)));
    await seen(page);
    await accept(page);
    await expect(apps(page).filter({ hasText: 'Launch board' })).toBeVisible();
  });
});

test('a wrong code is said to be wrong, and the right one still works', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  const code = await haveCodeSent(page, site);
  await enterCode(page, wrong(code));
  await expect(page.getByRole('alert')).toContainText('This code does not fit.');
  await enterCode(page, code);
  await isAskedToAccept(page);
});

test('who has not proved the address cannot accept', async ({ page, site }) => {
  const { redeemUrl, userId } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await page.getByRole('button', { name: 'Get started' }).click();
  await page.goto('/redeem');
  await expect(page.getByRole('button', { name: 'Accept', exact: true })).toHaveCount(0);
  await page.goto('/');
  await expect(page).toHaveURL(/\/sign-in/);
  const trail = (await site.server.cli('audit', 'export')).split('\n').filter((line) => line.includes(userId));
  expect(trail.length).toBeGreaterThan(0);
  expect(trail.filter((line) => line.includes('Redeem external user invite'))).toEqual([]);
});

test.describe('a link that has done its work says so', () => {
  test('accepted', async ({ page, site, openElsewhere }) => {
    const { redeemUrl, invitationId } = await invite(site, SAM, ['--no-mail']);
    await page.goto(redeemUrl);
    await prove(page, site);
    await accept(page);
    const elsewhere = await openElsewhere();
    const used = { status: 410, title: 'This invitation has been accepted' };
    expect(await says(elsewhere, redeemUrl)).toEqual(used);
    expect(await says(elsewhere, `/join/${invitationId}`)).toEqual(used);
    expect(await says(elsewhere, `${redeemUrl}/decline`)).toEqual(used);
  });

  test('replaced by a newer mail, which works', async ({ page, site }) => {
    await invite(site, SAM);
    const first = ticketOf(await site.smtp.waitForMail(SAM));
    // John asks again, for more.
    expect((await invite(site, SAM, [], { to: ['--app', 'Launch board'] })).outcome).toBe('pending');
    const second = ticketOf(await site.smtp.waitForMail(SAM, { nth: 2 }));
    expect(await says(page, first)).toEqual({ status: 410, title: 'A newer mail has taken its place' });
    expect(await says(page, `${first}/decline`)).toEqual({ status: 410, title: 'A newer mail has taken its place' });
    await page.goto(second);
    await prove(page, site, { nth: 3 });
    await expect(page.getByRole('checkbox', { checked: true })).toHaveCount(2);
    await accept(page);
  });

  test('declined', async ({ page, site }) => {
    const { redeemUrl, invitationId } = await invite(site, SAM, ['--no-mail']);
    await page.goto(redeemUrl);
    await page.getByRole('link', { name: 'Decline' }).click();
    await page.getByRole('button', { name: 'Decline' }).click();
    await expect(page).toHaveURL('/goodbye/declined');
    const declined = { status: 410, title: 'This invitation was declined' };
    expect(await says(page, redeemUrl)).toEqual(declined);
    expect(await says(page, `/join/${invitationId}`)).toEqual(declined);
  });

  test('never given out, or cut short', async ({ page, site }) => {
    const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
    const unknown = { status: 404, title: 'This link leads nowhere' };
    for (const path of [redeemUrl.slice(0, -1), `${redeemUrl}x`, '/redeem/nothing', '/redeem/nothing/decline', '/redeem/nothing/block']) {
      expect(await says(page, path), path).toEqual(unknown);
    }
    for (const path of ['/join/nothing', '/join/01a208b7-5f1c-7ebb-ac21-461df29e2d07']) expect(await says(page, path), path).toEqual(unknown);
  });

  test('and people see it as a page that leads on', async ({ page, complaints }) => {
    complaints.allow(/status of 404/);
    await page.goto('/redeem/nothing');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link leads nowhere');
    await page.getByRole('link', { name: 'To sign in' }).click();
    await expect(page).toHaveURL('/sign-in');
  });
});

test('who declines is no guest of the group any more, and the inviter can see it', async ({ page, site, openElsewhere }) => {
  await invite(site, SAM);
  const mail = await site.smtp.waitForMail(SAM);
  await comeInAs(page, 'John Doe');
  await page.getByRole('link', { name: 'Contoso launch', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: SAM });
  await expect(row).toContainText('Invited');

  const guest = await openElsewhere();
  await guest.goto(/\S+\/decline/.exec(mail.text)[0]);
  await expect(guest.getByRole('main')).toContainText('John Doe will see that you declined.');
  // To look is not to decline.
  await page.reload();
  await expect(row).toContainText('Invited');
  await guest.getByRole('link', { name: 'Back to the invitation' }).click();
  await expect(guest).toHaveURL(ticketOf(mail));
  await guest.getByRole('link', { name: 'Decline' }).click();
  await guest.getByRole('button', { name: 'Decline' }).click();
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText('You have declined');

  await page.reload();
  await expect(row).toHaveCount(0);
  await page.goto('/invitations');
  await expect(row).toContainText('Declined');
});

test('who wants no more invitations gets none, and whoever invites again is told', async ({ page, site, openElsewhere }) => {
  await invite(site, SAM);
  const mail = await site.smtp.waitForMail(SAM);
  const guest = await openElsewhere();
  await guest.goto(/\S+\/block/.exec(mail.text)[0]);
  await guest.getByRole('textbox', { name: 'Enter the invited e-mail address' }).fill(SAM);
  await guest.getByRole('button', { name: 'Block' }).click();
  await expect(guest).toHaveURL('/goodbye/blocked');
  await expect(guest.getByRole('heading', { level: 1 })).toHaveText('No further invitations');
  // What was sent before still works.
  expect((await says(guest, ticketOf(mail))).status).toBe(200);

  await comeInAs(page, 'John Doe');
  await page.getByRole('listitem').filter({ hasText: 'Launch board' }).getByRole('button', { name: 'Invite' }).click();
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
  const side = page.getByRole('complementary', { name: 'What will happen' });
  await expect(side).toContainText('this address wants no mail from us');
  await expect(side).toContainText('No mail goes out.');
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await expect(page.getByRole('status')).toContainText('this address wants no mail from us');
  await site.server.stop();
  expect(site.smtp.to(SAM)).toHaveLength(1);
});

test('one click in a mail program stops invitations, and only by POST', async ({ page, site }) => {
  await invite(site, SAM);
  const mail = await site.smtp.waitForMail(SAM);
  const address = /https?:\/\/\S+\/unsubscribe/.exec(mail.raw.replace(/\r?\n[ \t]+/g, ' '))[0];
  const looked = await page.request.get(address);
  expect(new URL(looked.url()).pathname).toBe(`${ticketOf(mail)}/block`);
  expect(await looked.text()).toContain('Block further invitations?');
  const blocked = (line) => line.includes('unsubscribed') && line.includes(SAM);
  expect((await site.server.cli('audit', 'export')).split('\n').filter(blocked)).toEqual([]);
  const answer = await page.request.post(address, { form: { 'List-Unsubscribe': 'One-Click' } });
  expect(answer.status()).toBe(200);
  await invite(site, SAM, [], { to: ['--app', 'Launch board'] });
  await site.server.stop();
  expect(site.smtp.to(SAM)).toHaveLength(1);
});

test('what is unticked is not given', async ({ page, site, openElsewhere }) => {
  const { redeemUrl, targets } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  await page.getByRole('checkbox', { name: /Contoso launch/ }).uncheck();
  await accept(page);
  await expect(page.getByRole('heading', { name: 'Your apps will stand here' })).toBeVisible();
  await expect(apps(page)).toHaveCount(0);
  expect((await page.request.get(`/groups/${targets[0].id}`)).status()).toBe(404);
  const john = await openElsewhere();
  await comeInAs(john, 'John Doe');
  await john.goto(`/groups/${targets[0].id}`);
  await expect(john.getByRole('row').filter({ hasText: SAM })).toHaveCount(0);
  const told = await site.smtp.waitForMail(JOHN);
  expect(told.text).toContain('Contoso launch');
});

test('a member who is invited has access at once, and a notice without anything to redeem', async ({ page, site }) => {
  const { outcome, targets } = await invite(site, NOOR);
  expect(outcome).toBe('added');
  const mail = await site.smtp.waitForMail(NOOR);
  expect(mail.text).toContain('Contoso launch');
  expect(mail.raw).not.toContain('/redeem/');
  expect(mail.text).toContain(site.server.url);
  await comeInAs(page, 'Noor Haddad');
  await expect(apps(page).filter({ hasText: 'Launch board' })).toBeVisible();
  await page.goto(`/groups/${targets[0].id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Contoso launch');
});

test('who invites the same guest a second time gives access at once', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  await accept(page);
  const again = await invite(site, SAM, [], { to: ['--group', 'Press'], by: ADA });
  expect(again.outcome).toBe('added');
  const mail = await site.smtp.waitForMail(SAM, { nth: 2 });
  expect(mail.text).toContain('Press');
  expect(mail.raw).not.toContain('/redeem/');
});

test('two who invite are both offered on one page, each with their name', async ({ page, site }) => {
  await invite(site, SAM, ['--no-mail']);
  const { redeemUrl } = await invite(site, SAM, ['--no-mail'], { to: ['--group', 'Press'], by: ADA });
  await page.goto(redeemUrl);
  await prove(page, site);
  await expect(page.getByRole('checkbox', { name: /Contoso launch.*from John Doe/ })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /Press.*from Ada Lindqvist/ })).toBeChecked();
  await page.getByRole('checkbox', { name: /Press/ }).uncheck();
  await page.getByRole('textbox', { name: 'Name' }).fill(' ');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  // What was unticked stays so while something else is put right.
  await expect(page.getByRole('alert')).toContainText('Type a name');
  await expect(page.getByRole('checkbox', { name: /Press/ })).not.toBeChecked();
  await expect(page.getByRole('checkbox', { name: /Contoso launch/ })).toBeChecked();
  await page.getByRole('textbox', { name: 'Name' }).fill('Sam Oogle');
  await accept(page);
  await site.smtp.waitForMail(JOHN);
  await site.smtp.waitForMail(ADA);
});

test('an invitation to nothing but the organisation', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, SAM, ['--no-mail'], { to: [], by: ADA });
  await page.goto(redeemUrl);
  await prove(page, site);
  await expect(page.getByRole('checkbox')).toHaveCount(0);
  await expect(page.getByRole('main')).toContainText('You become a guest of WoodGrove.');
  await accept(page);
  await expect(page.getByRole('heading', { name: 'Your apps will stand here' })).toBeVisible();
});

test('an invitation that leads on: at once to hosts that are known, to others only if the guest wants', async ({ page, site, openElsewhere, complaints }) => {
  const visit = async (guest, email) => {
    const { redeemUrl } = await invite(site, email, ['--no-mail', '--redirect', 'https://elsewhere.example/board']);
    await guest.goto(redeemUrl);
    await prove(guest, site, { email });
    await guest.getByRole('button', { name: 'Accept', exact: true }).click();
  };
  // Nobody is there; that the browser wants to go there is what counts.
  complaints.allow(/^request: https:\/\/elsewhere\.example\/board net::ERR_/);
  await visit(page, SAM);
  await expect(page).toHaveURL('/?after=welcome');
  const onward = page.getByRole('link', { name: 'The invitation leads on to elsewhere.example' });
  await expect(onward).toHaveAttribute('href', 'https://elsewhere.example/board');
  await site.server.cli('organisation', 'set', 'redirectHosts', 'elsewhere.example');
  const other = await openElsewhere();
  const gone = other.waitForRequest('https://elsewhere.example/board');
  await visit(other, 'mara@fabrikam.example');
  await gone;
});

test('pressing Accept twice still brings the guest in', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  await page.getByRole('button', { name: 'Accept', exact: true }).dblclick();
  await expect(page.getByRole('main')).toContainText('Launch board');
  await expect(page).toHaveURL(/\/(\?after=welcome)?$/);
});

test('who declined and signs in later is told so', async ({ page, site, complaints }) => {
  complaints.allow(/status of 410/);
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(`${redeemUrl}/decline`);
  await page.getByRole('button', { name: 'Decline' }).click();
  await page.goto('/sign-in');
  await askForCode(page, SAM);
  await enterCode(page, codeOf(await site.smtp.waitForMail(SAM)));
  await expect(page).toHaveURL('/redeem');
  await expect(page.getByRole('main')).not.toContainText('…');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This invitation was declined');
});

test('who is signed in as somebody else proves the invited address all the same', async ({ page, site }) => {
  await comeInAs(page, 'John Doe');
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  await accept(page);
  await expect(page.getByText('gsamoogle: account')).toBeAttached();
});

test('the privacy statement has to be ticked, and is in force from the moment it is set', async ({ page, site }) => {
  await site.server.cli('organisation', 'set', 'privacyUrl', 'https://woodgrove.example/privacy');
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  const tick = page.getByRole('checkbox', { name: 'I have read the privacy statement' });
  await expect(tick).not.toBeChecked();
  await expect(tick).toHaveAttribute('required');
  await expect(page.getByRole('link', { name: 'Read it' })).toHaveAttribute('href', 'https://woodgrove.example/privacy');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page).toHaveURL('/redeem');
  // Browsers can be told not to look: the server looks too.
  await page.locator('form').filter({ has: tick }).evaluate((form) => {
    form.noValidate = true;
  });
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Tick that you agree');
  await tick.check();
  // Another statement has taken its place meanwhile.
  await site.server.cli('organisation', 'set', 'privacyUrl', 'https://woodgrove.example/privacy-2');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The statement has changed meanwhile.');
  await tick.check();
  await accept(page);
  expect(await site.server.cli('audit', 'export')).toContain('https://woodgrove.example/privacy-2');
});

test('what was ticked stays so while something else is put right', async ({ page, site }) => {
  await site.server.cli('organisation', 'set', 'privacyUrl', 'https://woodgrove.example/privacy');
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.goto(redeemUrl);
  await prove(page, site);
  const tick = page.getByRole('checkbox', { name: 'I have read the privacy statement' });
  await tick.check();
  await page.getByRole('textbox', { name: 'Name' }).fill(' ');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('Type a name');
  await expect(tick).toBeChecked();
});

test('who invites an address that wants no mail is given the link to hand over', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
  await page.request.post(`${redeemUrl}/unsubscribe`, { form: { 'List-Unsubscribe': 'One-Click' } });
  const { targets } = await invite(site, 'mara@fabrikam.example', ['--no-mail'], { to: ['--group', 'Press'], by: ADA });
  await comeInAs(page, 'Ada Lindqvist');
  await page.goto(`/invite?to=group:${targets[0].id}`);
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
  await page.getByRole('button', { name: 'Send', exact: false }).click();
  await expect(page.getByRole('status')).toContainText('hand over the link yourself');
  await expect(page.getByRole('status')).toContainText(/\/(redeem|join)\//);
});

test('who invites whom somebody else has invited is told so', async ({ page, site }) => {
  await invite(site, SAM, ['--no-mail']);
  await comeInAs(page, 'Ada Lindqvist');
  await page.goto('/invite');
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
  await page.getByRole('button', { name: 'Send', exact: false }).click();
  await expect(page.getByRole('status')).toContainText('John Doe has invited already');
});

test.describe('in French', () => {
  test.use({ locale: 'fr-FR' });

  test('mail and pages, from the link to the end', async ({ page, site }) => {
    await invite(site, SAM, ['--language', 'fr', '--access-until', '2030-02-28']);
    const mail = await site.smtp.waitForMail(SAM);
    expect(mail.subject).toBe('John Doe vous invite à rejoindre Contoso launch chez WoodGrove');
    // French sets a space that does not break before a colon.
    expect(mail.text).toContain('Commencer\u00a0:');
    expect(mail.text).toContain('Accès jusqu’au\u00a0: 28 février 2030');
    expect(mail.text).not.toMatch(/\b(invited you|until|Decline|Get started)\b/);
    expect(mail.html).toContain('lang="fr"');
    await page.goto(ticketOf(mail));
    const isFrench = () => expect(page.locator('html')).toHaveAttribute('lang', 'fr');
    await isFrench();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('John Doe vous invite chez WoodGrove');
    await page.getByRole('button', { name: 'Commencer' }).click();
    await isFrench();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prouvez que l’adresse est la vôtre');
    await page.getByRole('button', { name: 'Envoyer le code' }).click();
    const code = await site.smtp.waitForMail(SAM, { nth: 2 });
    expect(code.subject).toBe('Votre code pour accepter l’invitation de WoodGrove');
    await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(code));
    await page.getByRole('button', { name: 'Continuer' }).click();
    await isFrench();
    await expect(page.getByRole('checkbox', { name: /Contoso launch.*de la part de John Doe.*jusqu’au 28 février 2030/ })).toBeChecked();
    await expect(page.getByRole('combobox', { name: 'Langue' })).toHaveValue('fr');
    await page.getByRole('button', { name: 'Accepter' }).click();
    await expect(page).toHaveURL('/?after=welcome');
    await isFrench();
    await expect(page.getByRole('main')).toContainText('Bienvenue');
    // John reads English.
    expect((await site.smtp.waitForMail(JOHN)).subject).toContain('accepted the invitation');
  });
});

test('no page of redeeming has a script', async ({ page, site, complaints }) => {
  complaints.allow(/status of (404|410)/);
  const hasNone = async (path) => {
    if (path) await page.goto(path);
    const html = await (await page.request.get(page.url())).text();
    expect.soft(html, page.url()).not.toContain('<script');
    expect.soft(html, page.url()).not.toContain('modulepreload');
    await expect.soft(page.locator('script'), page.url()).toHaveCount(0);
  };
  const { redeemUrl, invitationId } = await invite(site, SAM, ['--no-mail']);
  await hasNone(`/join/${invitationId}`);
  await hasNone(`${redeemUrl}/decline`);
  await hasNone(`${redeemUrl}/block`);
  await hasNone('/goodbye/declined');
  await hasNone('/goodbye/blocked');
  await hasNone('/redeem/nothing');
  await hasNone(redeemUrl);
  await page.getByRole('button', { name: 'Get started' }).click();
  await hasNone();
  await page.getByRole('button', { name: 'Send code' }).click();
  await hasNone();
  await enterCode(page, codeOf(await site.smtp.waitForMail(SAM)));
  await isAskedToAccept(page);
  await hasNone();
  await accept(page);
  await hasNone(redeemUrl);
});
