// What follows an invitation: an owner's week, and the guest's side of it. Guests have no script.

import { readFile } from 'node:fs/promises';
import { apps, askForCode, codeAfter, comeInAs, enterCode, expect, invite, linkIn, listens, test } from '../support/test.mjs';

const SAM = 'gsamoogle@gmail.com';
const MARA = 'mara@fabrikam.example';
const KIM = 'kim@fabrikam.example';
const JOHN = 'john.doe@woodgrove.example';
const MAYA = 'maya.stone@woodgrove.example';
const ADA = 'admin@woodgrove.example';
const WITHOUT_SCRIPT = { javaScriptEnabled: false };

// Where script is off, Chromium says so of the code it was to fetch ahead.
test.beforeEach(({ complaints }) => complaints.allow(/vestibule\.(js|wasm) (csp$|was preloaded)/));

/** A day so many days from now, as date fields have it. */
function day(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The same day as people read it. */
function inWords(date) {
  return new Date(`${date}T00:00:00Z`).toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
}

function row(page, text) {
  return page.getByRole('row').filter({ hasText: text });
}

function title(page) {
  return page.getByRole('heading', { level: 1 });
}

/** What the last act came to. */
function outcome(page) {
  return page.getByRole('status').first();
}

function navigation(page, name) {
  return page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name });
}

/** From a link to the page on which one accepts. */
async function prove(guest, site, path, email = SAM) {
  await guest.goto(path);
  await guest.getByRole('button', { name: 'Get started' }).click();
  const code = await codeAfter(site, email, () => guest.getByRole('button', { name: 'Send code' }).click());
  await enterCode(guest, code);
  await expect(title(guest)).toContainText('Come in');
}

async function accept(guest, name) {
  await guest.getByRole('textbox', { name: 'Name' }).fill(name);
  await guest.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(guest).toHaveURL('/?after=welcome');
}

/** Somebody who was invited and has accepted, and the browser that did. */
async function aGuest(site, openElsewhere, { email = SAM, name = 'Sam Oogle', until } = {}) {
  const { redeemUrl } = await invite(site, email, ['--no-mail', ...(until ? ['--access-until', until] : [])]);
  const guest = await openElsewhere(WITHOUT_SCRIPT);
  await prove(guest, site, redeemUrl, email);
  await accept(guest, name);
  return guest;
}

/** Signs in by a code, from the page that asks for the address. */
async function signInHere(page, site, email) {
  await enterCode(page, await codeAfter(site, email, () => askForCode(page, email)));
}

/** Lets what is done every minute be done now. */
async function tick(site) {
  await site.server.stop();
  await site.server.again();
}

/** A mail with this subject. */
async function mailAbout(site, to, subject) {
  for (let nth = 1; ; nth += 1) {
    const mail = await site.smtp.waitForMail(to, { nth });
    if (mail.subject === subject) return mail;
  }
}

/** What a link's page says to somebody who only has the link. */
async function says(site, path) {
  const answer = await fetch(new URL(path, site.server.url));
  return /<h1[^>]*>([^<]*)</.exec(await answer.text())?.[1];
}

test('follow-ups cost two interactions from My Apps: who has not answered, resend, prolong, remove', async ({ page, site, openElsewhere }) => {
  const until = day(20);
  await invite(site, KIM);
  await site.smtp.waitForMail(KIM);
  await aGuest(site, openElsewhere, { until });
  await comeInAs(page, 'John Doe');
  const inTwo = async (first, second, came) => {
    await page.goto('/');
    let interactions = 0;
    for (const step of [first, second]) {
      await step.click();
      interactions += 1;
    }
    await came();
    expect(interactions).toBe(2);
  };
  await inTwo(navigation(page, 'Invitations'), page.getByRole('link', { name: 'Not answered' }), async () => {
    await expect(row(page, KIM)).toContainText('Invited');
    await expect(row(page, SAM)).toHaveCount(0);
  });
  await inTwo(navigation(page, 'Invitations'), row(page, KIM).getByRole('button', { name: 'Resend' }), async () => {
    await expect(outcome(page)).toContainText('The mail to kim is on its way again');
    await site.smtp.waitForMail(KIM, { nth: 2 });
  });
  const sam = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Sam Oogle' }) });
  await inTwo(navigation(page, 'My guests'), sam.getByRole('button', { name: 'Prolong' }), () => expect(outcome(page)).toContainText('Sam Oogle has access until'));
  await inTwo(navigation(page, 'My guests'), sam.getByRole('button', { name: 'Remove' }), () => expect(outcome(page)).toContainText('Sam Oogle has no access to Contoso launch any more.'));
});

test.describe('an owner', () => {
  test('resends: the fresh link works, the old one says that it was replaced', async ({ page, site, openElsewhere }) => {
    await invite(site, SAM);
    const first = linkIn(await site.smtp.waitForMail(SAM));
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await row(page, SAM).getByRole('button', { name: 'Resend' }).click();
    await expect(outcome(page)).toContainText('with a fresh link');
    const second = linkIn(await site.smtp.waitForMail(SAM, { nth: 2 }));
    expect(await says(site, first)).toBe('A newer mail has taken its place');
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await prove(guest, site, second);
    await accept(guest, 'Sam Oogle');
    // What another tab still shows is no longer so, and is said.
    await row(page, SAM).getByRole('button', { name: 'Withdraw' }).click();
    await expect(outcome(page)).toContainText('It stands otherwise by now');
    await expect(row(page, 'Sam Oogle')).toContainText('Accepted');
  });

  test('withdraws, and takes it back', async ({ page, site }) => {
    const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await row(page, SAM).getByRole('button', { name: 'Withdraw' }).click();
    await expect(outcome(page)).toContainText('The invitation to gsamoogle is withdrawn.');
    await expect(row(page, SAM)).toContainText('Withdrawn');
    expect(await says(site, redeemUrl)).toBe('This invitation was taken back');
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(outcome(page)).toContainText('It is as it was before.');
    await expect(row(page, SAM)).toContainText('Invited');
    expect(await says(site, redeemUrl)).toBe('John Doe invites you to WoodGrove');
  });

  test('finds invitations by state, text and target, and resends to several at once', async ({ page, site }) => {
    for (const email of [SAM, MARA]) await invite(site, email);
    await invite(site, KIM, [], { to: ['--app', 'Launch board'] });
    for (const email of [SAM, MARA, KIM]) await site.smtp.waitForMail(email);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await page.getByRole('searchbox', { name: 'Find a guest' }).fill('fabri');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(row(page, MARA)).toBeVisible();
    await expect(row(page, SAM)).toHaveCount(0);
    // Choices narrow each other.
    await page.getByRole('combobox', { name: 'For' }).selectOption({ label: 'Launch board' });
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(row(page, KIM)).toBeVisible();
    await expect(row(page, MARA)).toHaveCount(0);
    await page.getByRole('link', { name: 'Withdrawn' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing fits' })).toBeVisible();
    await navigation(page, 'Invitations').click();
    await page.getByRole('button', { name: 'Resend to those ticked' }).click();
    await expect(outcome(page)).toContainText('Tick the invitations first.');
    for (const name of ['gsamoogle', 'mara']) await page.getByRole('checkbox', { name: `Invitation to ${name}` }).check();
    await page.getByRole('button', { name: 'Resend to those ticked' }).click();
    await expect(outcome(page)).toContainText('2 mails are on their way again');
    for (const email of [SAM, MARA]) await site.smtp.waitForMail(email, { nth: 2 });
    for (const name of ['gsamoogle', 'mara']) await page.getByRole('checkbox', { name: `Invitation to ${name}` }).check();
    await page.getByRole('button', { name: 'Withdraw those ticked' }).click();
    await expect(outcome(page)).toContainText('2 invitations are withdrawn.');
    for (const email of [SAM, MARA]) await expect(row(page, email)).toContainText('Withdrawn');
    await expect(row(page, KIM)).toContainText('Invited');
    expect(site.smtp.to(KIM)).toHaveLength(1);
  });

  test('changes what an invitation is for', async ({ page, site, openElsewhere }) => {
    const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await page.getByRole('link', { name: 'gsamoogle', exact: true }).click();
    await page.getByText('Change what it is for').click();
    await page.getByRole('checkbox', { name: 'Contoso launch' }).uncheck();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(outcome(page)).toContainText('Tick at least one group or app.');
    await page.getByText('Change what it is for').click();
    await page.getByRole('checkbox', { name: 'Contoso launch' }).uncheck();
    await page.getByRole('checkbox', { name: 'Launch board' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(outcome(page)).toContainText('What the invitation is for has changed.');
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await prove(guest, site, redeemUrl);
    await expect(guest.getByRole('checkbox')).toHaveCount(1);
    await expect(guest.getByRole('checkbox', { name: /^Launch board/ })).toBeChecked();
  });

  test('renews a link that has run out, and it is the same link', async ({ page, site, openElsewhere }) => {
    await invite(site, SAM);
    const mail = await site.smtp.waitForMail(SAM);
    site.server.daysFromNow(40);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await page.getByRole('link', { name: 'Run out' }).click();
    await expect(row(page, SAM)).toContainText('Link ran out');
    await page.getByRole('link', { name: 'gsamoogle', exact: true }).click();
    await expect(page.getByText('It was good until')).toBeVisible();
    await page.getByRole('combobox', { name: 'Good for' }).selectOption({ label: '7 days' });
    await page.getByRole('button', { name: 'Renew the link' }).click();
    await expect(outcome(page)).toContainText(`The link is good until ${inWords(day(47))}.`);
    // The same link for handing over.
    await expect(page.getByRole('textbox', { name: 'Link to hand over' })).toHaveValue(/\/join\//);
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await prove(guest, site, linkIn(mail));
  });

  test('steers on the group’s page: removing, undoing, the end, and longer', async ({ page, site, openElsewhere }) => {
    const guest = await aGuest(site, openElsewhere, { until: day(20) });
    await comeInAs(page, 'John Doe');
    await page.getByRole('link', { name: 'Contoso launch', exact: true }).click();
    const sam = row(page, SAM);
    await expect(sam).toContainText('Accepted');
    await sam.getByRole('button', { name: 'Remove' }).click();
    await expect(outcome(page)).toContainText('Sam Oogle has no access to Contoso launch any more.');
    await expect(sam).toHaveCount(0);
    await guest.goto('/');
    await expect(apps(guest)).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(sam).toContainText(inWords(day(20)));
    await guest.goto('/');
    await expect(apps(guest).filter({ hasText: 'Launch board' })).toBeVisible();
    await sam.getByText('Change the end date').click();
    await sam.getByLabel('Last day').fill(day(-1));
    await sam.getByRole('button', { name: 'Save' }).click();
    await expect(outcome(page)).toContainText('This day has passed.');
    await sam.getByText('Change the end date').click();
    await sam.getByLabel('Last day').fill(day(30));
    await sam.getByRole('button', { name: 'Save' }).click();
    await expect(outcome(page)).toContainText('The end of access is changed.');
    await expect(sam).toContainText(inWords(day(30)));
    await sam.getByRole('button', { name: 'Prolong' }).click();
    await expect(outcome(page)).toContainText('Sam Oogle has access until');
    await expect(sam).not.toContainText(inWords(day(30)));
  });

  test('sees what a guest has, and passes the guest on', async ({ page, site, openElsewhere }) => {
    await aGuest(site, openElsewhere);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'My guests').click();
    await page.getByRole('link', { name: 'Sam Oogle' }).click();
    await expect(page.getByRole('main')).toContainText('Launch board');
    await page.getByRole('textbox', { name: 'Colleague’s address' }).fill('nobody@woodgrove.example');
    await page.getByRole('button', { name: 'Pass on' }).click();
    await expect(page.getByRole('alert')).toContainText('Name a colleague');
    await page.getByRole('textbox', { name: 'Colleague’s address' }).fill(MAYA);
    await page.getByRole('button', { name: 'Pass on' }).click();
    await expect(outcome(page)).toContainText('Maya Stone answers for Sam Oogle now.');
    const told = await mailAbout(site, MAYA, 'You answer for Sam Oogle now');
    const maya = await openElsewhere();
    await comeInAs(maya, 'Maya Stone');
    await maya.goto(linkIn(told));
    await expect(title(maya)).toHaveText('Sam Oogle');
    await navigation(maya, 'My guests').click();
    await expect(maya.getByRole('link', { name: 'Sam Oogle' })).toBeVisible();
  });

  test('makes a group, sets who comes in and how, shares it, and lets Maya in who asks', async ({ page, site, openElsewhere }) => {
    await comeInAs(page, 'John Doe');
    await navigation(page, 'My groups').click();
    await page.getByRole('link', { name: 'New group' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Moonshot');
    await page.getByRole('combobox', { name: 'How colleagues get in' }).selectOption({ label: 'By asking an owner' });
    await page.getByRole('textbox', { name: 'Days of access, unless said otherwise' }).fill('soon');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toContainText('from 1 to 3650');
    await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('Moonshot');
    await page.getByRole('textbox', { name: 'Days of access, unless said otherwise' }).fill('30');
    await page.getByRole('checkbox', { name: 'Guests may be invited' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(title(page)).toHaveText('Moonshot');
    const group = new URL(page.url()).pathname;
    const maya = await openElsewhere(WITHOUT_SCRIPT);
    await comeInAs(maya, 'Maya Stone');
    await navigation(maya, 'My groups').click();
    await maya.getByRole('link', { name: 'Moonshot' }).click();
    await maya.getByRole('textbox', { name: 'A word to its owners' }).fill('I write the press release.');
    await maya.getByRole('button', { name: 'Ask to join' }).click();
    await expect(outcome(maya)).toContainText('The owners of Moonshot were asked.');
    const asked = await mailAbout(site, JOHN, 'Maya Stone wants to join Moonshot');
    expect(asked.text).toContain('I write the press release.');
    await page.goto(linkIn(asked));
    await page.getByRole('button', { name: 'Let in' }).click();
    await expect(outcome(page)).toContainText('Maya Stone is in now.');
    await mailAbout(site, MAYA, 'You are in Moonshot now');
    await expect(row(page, MAYA)).toBeVisible();
    // The file has whoever the page has.
    const coming = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export as CSV' }).click();
    expect(await readFile(await (await coming).path(), 'utf8')).toContain(MAYA);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('textbox', { name: 'Colleague’s address' }).fill(ADA);
    await page.getByRole('button', { name: 'Add owner' }).click();
    await expect(outcome(page)).toContainText('Ada Lindqvist is an owner now.');
    const ada = await openElsewhere();
    await comeInAs(ada, 'Ada Lindqvist');
    await ada.goto(`${group}/settings`);
    // Both change it: the second is told, and nothing typed is lost.
    await page.getByRole('textbox', { name: 'What it is for' }).fill('By John');
    await page.getByRole('button', { name: 'Save' }).click();
    await ada.getByRole('textbox', { name: 'What it is for' }).fill('By Ada');
    await ada.getByRole('button', { name: 'Save' }).click();
    await expect(ada.getByRole('alert')).toContainText('Somebody else has changed this meanwhile.');
    await expect(ada.getByRole('textbox', { name: 'What it is for' })).toHaveValue('By Ada');
    await ada.getByRole('button', { name: 'Save' }).click();
    await expect(ada.getByRole('main')).toContainText('By Ada');
    await ada.goto(`${group}/settings`);
    await ada.getByRole('button', { name: 'Delete the group' }).click();
    await expect(outcome(ada)).toContainText('Moonshot is deleted.');
    await ada.getByRole('button', { name: 'Undo' }).click();
    await page.goto(group);
    await expect(title(page)).toHaveText('Moonshot');
  });
});

test.describe('an owner without script', () => {
  test.use({ javaScriptEnabled: false });

  test('corrects a wrong address, and the mail goes to the right one', async ({ page, site }) => {
    await invite(site, 'gsamogle@gmail.com', ['--message', 'See you on Thursday.']);
    const wrong = linkIn(await site.smtp.waitForMail('gsamogle@gmail.com'));
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await page.getByRole('link', { name: 'gsamogle', exact: true }).click();
    await page.getByRole('link', { name: 'Correct the address and resend' }).click();
    await expect(page.getByRole('textbox', { name: 'E-mail addresses' })).toHaveValue('gsamogle@gmail.com');
    await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('See you on Thursday.');
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page.getByRole('status')).toContainText('Contoso launch: invited');
    expect((await site.smtp.waitForMail(SAM)).text).toContain('See you on Thursday.');
    expect(await says(site, wrong)).toBe('This invitation was taken back');
    await expect(row(page, 'gsamogle@gmail.com')).toContainText('Withdrawn');
  });

  test('resends, withdraws, undoes and prolongs', async ({ page, site, openElsewhere }) => {
    await aGuest(site, openElsewhere, { email: MARA, name: 'Mara Lind', until: day(20) });
    await invite(site, SAM);
    await site.smtp.waitForMail(SAM);
    await comeInAs(page, 'John Doe');
    await navigation(page, 'Invitations').click();
    await row(page, SAM).getByRole('button', { name: 'Resend' }).click();
    await site.smtp.waitForMail(SAM, { nth: 2 });
    await row(page, SAM).getByRole('button', { name: 'Withdraw' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(row(page, SAM)).toContainText('Invited');
    await navigation(page, 'My guests').click();
    await page.getByRole('button', { name: 'Prolong' }).first().click();
    await expect(outcome(page)).toContainText('Mara Lind has access until');
  });
});

for (const [where, options] of [
  ['in the dialog', {}],
  ['without script', WITHOUT_SCRIPT],
]) {
  test(`what was typed ${where} survives the end of the session`, async ({ site, openElsewhere }) => {
    const page = await openElsewhere(options);
    await comeInAs(page, 'John Doe');
    await listens(page);
    const owned = page.getByRole('region', { name: 'Yours to share' }).getByRole('listitem');
    await owned.filter({ hasText: 'Contoso launch' }).getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
    await page.getByRole('textbox', { name: 'Message' }).fill('I wrote this for a long time.');
    site.server.daysFromNow(1);
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await signInHere(page, site, JOHN);
    await expect(page.getByRole('textbox', { name: 'E-mail addresses' })).toHaveValue(SAM);
    await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue('I wrote this for a long time.');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page.getByRole('status')).toContainText('Contoso launch: invited');
    expect((await site.smtp.waitForMail(SAM)).text).toContain('I wrote this for a long time.');
  });
}

for (const [how, refusal, meaning, forGood] of [
  ['nobody has it', { at: 'rcpt', code: 550, text: '5.1.1 No such user here' }, 'Nobody has this address there.', true],
  ['the mailbox is full', { at: 'rcpt', code: 552, text: '5.2.2 Over quota' }, 'The mailbox is full.', true],
  ['the message is not wanted', { at: 'data', code: 554, text: '5.7.1 Rejected as spam' }, 'The server there does not take it.', true],
  ['it shall come back later', { at: 'rcpt', code: 451, text: '4.7.1 Greylisted' }, 'The server there asks us to come back later', false],
]) {
  test(`what a mail server answers is told to the inviter in words: ${how}`, async ({ page, site }) => {
    const wrong = 'gsamogle@gmail.com';
    site.smtp.behave.refuses = { [wrong]: refusal };
    const { invitationId } = await invite(site, wrong);
    if (forGood) {
      const told = await mailAbout(site, JOHN, 'The invitation to gsamogle could not be delivered');
      expect(told.text).toContain(refusal.text);
      expect(linkIn(told)).toBe(`/invitations/${invitationId}`);
    } else {
      await site.smtp.waitForOffer(wrong);
    }
    await comeInAs(page, 'John Doe');
    await expect(async () => {
      await page.goto(`/invitations/${invitationId}`);
      await expect(page.getByRole('main')).toContainText(meaning, { timeout: 100 });
    }).toPass();
    await expect(page.getByRole('main')).toContainText(refusal.text);
    await page.getByRole('link', { name: 'Correct the address and resend' }).click();
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await site.smtp.waitForMail(SAM);
    await page.goto(`/invitations/${invitationId}`);
    await expect(page.getByRole('main')).toContainText('Withdrawn');
  });
}

test.describe('the keyboard alone', () => {
  /** Presses Tab, or Shift and Tab, until something has the focus. */
  const tabTo = async (page, target, key = 'Tab') => {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < 80; presses += 1) {
      await page.keyboard.press(key);
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`${target} is out of the keyboard’s reach`);
  };
  const press = async (page, target, key = 'Enter') => {
    await tabTo(page, target);
    await page.keyboard.press(key);
  };

  test('does an owner’s week', async ({ page, site, openElsewhere }) => {
    await aGuest(site, openElsewhere, { email: MARA, name: 'Mara Lind', until: day(20) });
    await page.goto('/sign-in');
    await press(page, page.getByRole('button', { name: 'John Doe' }));
    await expect(page).toHaveURL('/');
    await listens(page);
    // Inviting.
    const owned = page.getByRole('region', { name: 'Yours to share' }).getByRole('listitem');
    await press(page, owned.filter({ hasText: 'Contoso launch' }).getByRole('button', { name: 'Invite' }));
    await expect(page.getByRole('dialog', { name: 'Invite to Contoso launch' })).toBeVisible();
    await page.keyboard.type(`${SAM}, ${KIM}`);
    await press(page, page.getByRole('button', { name: 'Send 2 invitations' }));
    await expect(page.getByRole('status')).toContainText('Contoso launch: invited');
    for (const email of [SAM, KIM]) await site.smtp.waitForMail(email);
    // Who has not answered; again to one by its own button, to the other by its tick.
    await press(page, navigation(page, 'Invitations'));
    await press(page, page.getByRole('link', { name: 'Not answered' }));
    await press(page, row(page, SAM).getByRole('button', { name: 'Resend' }));
    await site.smtp.waitForMail(SAM, { nth: 2 });
    await press(page, page.getByRole('checkbox', { name: 'Invitation to kim' }), 'Space');
    await tabTo(page, page.getByRole('button', { name: 'Withdraw those ticked' }));
    await tabTo(page, page.getByRole('button', { name: 'Resend to those ticked' }), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await expect(outcome(page)).toContainText('The mail to kim is on its way again');
    // Withdrawing, and taking it back.
    await press(page, row(page, SAM).getByRole('button', { name: 'Withdraw' }));
    await expect(outcome(page)).toContainText('is withdrawn');
    await press(page, page.getByRole('button', { name: 'Undo' }), 'Space');
    await expect(outcome(page)).toContainText('It is as it was before.');
    // Longer, to a day, and not at all.
    await press(page, navigation(page, 'My guests'));
    const mara = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Mara Lind' }) });
    await press(page, mara.getByRole('button', { name: 'Prolong' }));
    await expect(outcome(page)).toContainText('Mara Lind has access until');
    await press(page, mara.getByText('Change the end date'));
    await tabTo(page, mara.getByLabel('Last day'));
    // Its three parts, in whatever order the browser has them.
    for (const key of ['Backspace', 'ArrowRight', 'Backspace', 'ArrowRight', 'Backspace']) await page.keyboard.press(key);
    await press(page, mara.getByRole('button', { name: 'Save' }));
    await expect(outcome(page)).toContainText('The end of access is changed.');
    await expect(mara).toContainText('No end');
    await press(page, mara.getByRole('button', { name: 'Remove' }));
    await expect(outcome(page)).toContainText('Mara Lind has no access to Contoso launch any more.');
    await press(page, page.getByRole('button', { name: 'Undo' }));
    await expect(outcome(page)).toContainText('It is as it was before.');
    await press(page, page.getByRole('link', { name: 'Mara Lind' }));
    await expect(title(page)).toHaveText('Mara Lind');
    await press(page, page.getByRole('textbox', { name: 'Colleague’s address' }), 'End');
    await page.keyboard.type(MAYA);
    await page.keyboard.press('Enter');
    await expect(outcome(page)).toContainText('Maya Stone answers for Mara Lind now.');
  });
});

test.describe('a guest', () => {
  test('declines with a word, which the inviter reads, and takes it back', async ({ page, site, openElsewhere }) => {
    await invite(site, SAM);
    const mail = await site.smtp.waitForMail(SAM);
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await guest.goto(/\S+\/decline/.exec(mail.text)[0]);
    await guest.getByRole('textbox', { name: 'A word to John Doe' }).fill('I left that project.\nAsk <b>Kim</b>.');
    await guest.getByRole('button', { name: 'Decline' }).click();
    await expect(title(guest)).toHaveText('You have declined');
    const told = await mailAbout(site, JOHN, 'gsamoogle has declined');
    expect(told.text).toContain('I left that project.');
    expect(told.html).toContain('Ask &lt;b&gt;Kim');
    await comeInAs(page, 'John Doe');
    await page.goto(linkIn(told));
    await expect(page.getByRole('blockquote')).toContainText('Ask <b>Kim</b>.');
    await guest.getByRole('button', { name: 'Take it back' }).click();
    await expect(title(guest)).toHaveText('John Doe invites you to WoodGrove');
    await prove(guest, site, linkIn(mail));
    await accept(guest, 'Sam Oogle');
    await page.reload();
    await expect(page.getByRole('main')).toContainText('Accepted');
  });

  test('asks for a new link, and one press of the inviter sends it', async ({ page, site, openElsewhere, complaints }) => {
    complaints.allow(/status of 410/);
    await invite(site, SAM);
    const first = linkIn(await site.smtp.waitForMail(SAM));
    site.server.daysFromNow(31);
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await guest.goto(first);
    await expect(title(guest)).toHaveText('This link has run out');
    await guest.getByRole('button', { name: 'Ask for a new one' }).click();
    await expect(title(guest)).toHaveText('A new link has been asked for');
    const told = await mailAbout(site, JOHN, 'gsamoogle asks for a new link');
    await comeInAs(page, 'John Doe');
    await page.goto(linkIn(told));
    await page.getByRole('button', { name: 'Resend' }).click();
    await expect(outcome(page)).toContainText('on its way again');
    const second = linkIn(await site.smtp.waitForMail(SAM, { nth: 2 }));
    await prove(guest, site, second);
    await accept(guest, 'Sam Oogle');
  });

  test('blocks further invitations, and takes them again by proving the address', async ({ site, openElsewhere }) => {
    await invite(site, SAM);
    const mail = await site.smtp.waitForMail(SAM);
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await guest.goto(/\S+\/block/.exec(mail.text)[0]);
    await guest.getByRole('textbox', { name: 'Enter the invited e-mail address' }).fill(SAM);
    await guest.getByRole('button', { name: 'Block' }).click();
    await expect(title(guest)).toHaveText('No further invitations');
    await guest.goto('/sign-in');
    await signInHere(guest, site, SAM);
    await expect(guest.getByRole('main')).toContainText('you have blocked them');
    await guest.getByRole('button', { name: 'Take invitations again' }).click();
    await expect(guest.getByRole('button', { name: 'Take invitations again' })).toHaveCount(0);
    await expect(title(guest)).toContainText('Come in');
    // And they come again.
    const count = site.smtp.to(SAM).length;
    await invite(site, SAM, [], { to: ['--group', 'Press'], by: ADA });
    await site.smtp.waitForMail(SAM, { nth: count + 1 });
  });

  test('is reminded, and wants no more of it', async ({ site, openElsewhere }) => {
    // Whatever the hour is at which this runs.
    await site.server.cli('organisation', 'set', 'quietUntil', '0');
    await site.server.cli('organisation', 'set', 'quietFrom', '0');
    await invite(site, SAM);
    await site.smtp.waitForMail(SAM);
    site.server.daysFromNow(11);
    await tick(site);
    const reminder = await site.smtp.waitForMail(SAM, { nth: 2 });
    expect(reminder.subject).toBe('Reminder: John Doe invited you to Contoso launch at WoodGrove');
    const guest = await openElsewhere(WITHOUT_SCRIPT);
    await guest.goto(/\S+\/quiet/.exec(reminder.text)[0]);
    await guest.getByRole('button', { name: 'No more reminders' }).click();
    await expect(title(guest)).toHaveText('No more reminders');
    site.server.daysFromNow(25);
    await tick(site);
    await site.server.stop();
    expect(site.smtp.to(SAM)).toHaveLength(2);
    await site.server.again();
    await prove(guest, site, linkIn(reminder));
  });

  test('is told before access ends, as is who answers; which prolongs it', async ({ page, site, openElsewhere }) => {
    const until = day(20);
    const guest = await aGuest(site, openElsewhere, { until });
    site.server.daysFromNow(8);
    await tick(site);
    const told = await mailAbout(site, SAM, `Your access to Contoso launch ends on ${inWords(until)}`);
    expect(told.text).toContain('ask John Doe');
    const sponsor = await mailAbout(site, JOHN, `Access of Sam Oogle ends on ${inWords(until)}`);
    const prolong = /https?:\/\/\S+\/prolong\/\S+/.exec(sponsor.text)[0];
    await comeInAs(page, 'John Doe');
    await page.goto(prolong);
    await page.getByRole('button', { name: 'Prolong until' }).click();
    await expect(outcome(page)).toContainText('Sam Oogle has access until');
    site.server.daysFromNow(22);
    await guest.goto('/');
    await signInHere(guest, site, SAM);
    await expect(apps(guest).filter({ hasText: 'Launch board' })).toBeVisible();
  });

  test('whose access has ended is told so, and whom to ask', async ({ site, openElsewhere, complaints }) => {
    complaints.allow(/status of 404/);
    const guest = await aGuest(site, openElsewhere, { until: day(20) });
    const open = await guest.getByRole('link', { name: 'Launch board' }).getAttribute('href');
    site.server.daysFromNow(22);
    await guest.goto(open);
    await signInHere(guest, site, SAM);
    await expect(title(guest)).toHaveText('Your access has ended');
    await expect(guest.getByRole('main')).toContainText(`You could open Launch board until ${inWords(day(20))}.`);
    await expect(guest.getByRole('main')).toContainText('Ask John Doe.');
  });

  test('leaves what was given, takes it back, and leaves the organisation by a code', async ({ site, openElsewhere }) => {
    const guest = await aGuest(site, openElsewhere);
    await guest.goto('/account');
    await guest.getByRole('region', { name: 'What I have' }).getByRole('button', { name: 'Leave' }).click();
    await expect(outcome(guest)).toContainText('You have left Contoso launch.');
    await guest.getByRole('button', { name: 'Undo' }).click();
    await expect(guest.getByRole('region', { name: 'What I have' })).toContainText('Contoso launch');
    await guest.getByRole('link', { name: 'Leave WoodGrove' }).click();
    const code = await codeAfter(site, SAM, () => guest.getByRole('button', { name: 'Send code' }).click());
    await guest.getByRole('textbox', { name: 'Code' }).fill('00000000');
    await guest.getByRole('button', { name: 'Leave', exact: true }).click();
    await expect(guest.getByRole('alert')).toContainText('This code does not fit.');
    await guest.getByRole('textbox', { name: 'Code' }).fill(code);
    await guest.getByRole('button', { name: 'Leave', exact: true }).click();
    await expect(title(guest)).toHaveText('You have left');
    await mailAbout(site, JOHN, 'Sam Oogle has left WoodGrove');
    await guest.goto('/');
    await expect(guest).toHaveURL(/\/sign-in/);
  });
});
