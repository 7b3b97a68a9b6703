// Every page as people see it, wide and narrow, light and dark; and that nobody is kept out by how it looks.

import { codeOf } from '../support/mail.mjs';
import { askForCode, axe, comeInAs, enterCode, expect, listens, openTileMenu, picture, test } from '../support/test.mjs';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

const SAM = 'gsamoogle@gmail.com';
const LONG = 'maximiliane.freifrau-von-und-zu-hohenlohe-langenburg@donaudampfschifffahrtsgesellschaft.example';

/** Invites in John's name, without a mail unless asked for one. */
async function invite(site, email, ...options) {
  const [answer] = JSON.parse(await site.server.cli('invite', email, '--group', 'Contoso launch', '--as', 'john.doe@woodgrove.example', '--json', ...options));
  return answer;
}

/** What moves, or would, for somebody who asked for less motion. */
function motion(page) {
  return page.evaluate(() => {
    const moves = (element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration.split(',').some((duration) => Number.parseFloat(duration) > 0);
    };
    return [...document.getAnimations().map(String), ...[...document.querySelectorAll('*')].filter(moves).map((e) => `${e.localName}.${e.className}`)];
  });
}

/** Accessibility, no motion, no scrolling sideways, and pictures on request. */
async function look(page, name, options) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await picture(page, `${name}-${size.width}-${colorScheme}`);
    }
    await axe(page, options);
  }
  expect.soft(await motion(page), `${name}: what moves although less motion was asked for`).toEqual([]);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    const over = await page.evaluate(() => {
      const scrollers = [document.documentElement, ...document.querySelectorAll('dialog[open]')];
      return Math.max(...scrollers.map((element) => element.scrollWidth - element.clientWidth));
    });
    expect.soft(over, `${name}: pixels to scroll sideways at ${width}`).toBe(0);
  }
}

// Tests that only look share a site.
test.describe(() => {
  test.use({ siteIs: { shared: true } });

  test('sign-in', async ({ page }) => {
    await page.goto('/sign-in');
    await look(page, 'sign-in');
  });

  test('sign-out', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/sign-out');
    await look(page, 'sign-out');
  });

  test('account menu', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.locator('summary', { hasText: 'John Doe: account' }).click();
    await look(page, 'account-menu');
  });

  test('menu of a row, and of the last tile', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    const menus = page.getByLabel(/: what you can do$/);
    await menus.last().click();
    await look(page, 'row-menu');
    await menus.last().click();
    await menus.nth(5).click();
    await look(page, 'last-tile-menu');
  });

  test('where an app of the demonstration would be', async ({ page }) => {
    await page.goto('/demo/apps/launch-board');
    await look(page, 'demo-app');
  });

  test('My Apps', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await look(page, 'my-apps');
  });

  test('My Apps without apps', async ({ page }) => {
    await comeInAs(page, 'Noor Haddad');
    await expect(page.getByRole('heading', { name: 'Your apps will stand here' })).toBeVisible();
    await look(page, 'no-apps');
  });

  test('nothing found', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.getByRole('searchbox', { name: 'Find an app' }).pressSequentially('zzz');
    await expect(page.getByRole('heading', { name: 'No app of yours is called that' })).toBeVisible();
    await look(page, 'nothing-found');
  });

  test('tile menu', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await openTileMenu(page, 'Drawing office');
    await expect(page.getByRole('button', { name: 'Add to favourites' })).toBeVisible();
    await look(page, 'tile-menu');
  });

  test('app page', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await openTileMenu(page, 'Launch board');
    await page.getByRole('link', { name: 'About this app' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Launch board');
    await look(page, 'app-page');
  });

  test('account', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/account');
    await look(page, 'account');
  });

  test('account with an error', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/account');
    await page.getByRole('textbox', { name: 'Name' }).fill(' ');
    await page.getByRole('region', { name: 'Profile' }).getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, 'account-error');
  });

  test('404', async ({ page, complaints }) => {
    complaints.allow(/status of 404/);
    expect((await page.goto('/nothing-here')).status()).toBe(404);
    await look(page, '404');
  });

  test('dead one-time link', async ({ page, complaints }) => {
    complaints.allow(/status of 410/);
    expect((await page.goto('/sign-in/nothing')).status()).toBe(410);
    await look(page, 'dead-link');
  });

  test('my groups', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/groups');
    await look(page, 'groups');
  });

  test('my groups without groups', async ({ page }) => {
    await comeInAs(page, 'Noor Haddad');
    await page.goto('/groups');
    await look(page, 'no-groups');
  });

  test('a group that one is in, and one without guests', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/groups');
    await page.getByRole('link', { name: 'Press', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Press');
    await look(page, 'group-joined');
    await page.goto('/groups');
    await page.getByRole('link', { name: 'Contoso launch', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'No guests yet' })).toBeVisible();
    await look(page, 'group-no-guests');
  });

  test('invitations without invitations', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.goto('/invitations');
    await expect(page.getByRole('heading', { name: 'You have invited nobody yet' })).toBeVisible();
    await look(page, 'no-invitations');
  });

  test('inviting, in the dialog', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await listens(page);
    await page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Contoso launch', exact: true }) }).getByRole('button', { name: 'Invite' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await look(page, 'invite-dialog');
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(`${SAM}, ${LONG}`);
    await expect(page.getByRole('dialog')).toContainText('2 mails go out');
    await look(page, 'invite-dialog-preview');
  });

  test('inviting, with an error', async ({ page }) => {
    await comeInAs(page, 'John Doe');
    await page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Contoso launch', exact: true }) }).getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(SAM);
    await page.getByText('More: language').click();
    await page.getByLabel('Who else is told').fill('nobody@elsewhere.example');
    await page.getByRole('button', { name: 'Send invitation' }).click();
    await expect(page.getByRole('alert')).toBeVisible();
    await look(page, 'invite-error');
  });
});

test('code step', async ({ page }) => {
  await page.goto('/sign-in');
  await askForCode(page, 'john.doe@woodgrove.example');
  await look(page, 'code-step');
});

test('code step with an error', async ({ page }) => {
  await page.goto('/sign-in');
  await askForCode(page, 'john.doe@woodgrove.example');
  await enterCode(page, 'none');
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'code-step-error');
});

test('one-time link', async ({ page, site }) => {
  const { signInUrl } = JSON.parse(await site.server.cli('admin', 'create', '--email', 'x@woodgrove.example', '--json'));
  await page.goto(signInUrl);
  await look(page, 'link');
});

test('favourites', async ({ page }) => {
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('button', { name: 'Add to favourites' }).click();
  await expect(page.getByRole('heading', { name: 'Favourites' })).toBeVisible();
  await look(page, 'favourites');
});

test('a group with guests, and what the last sending came to', async ({ page, site }) => {
  test.setTimeout(120_000);
  const { targets } = await invite(site, SAM, '--access-until', '2030-02-28');
  await invite(site, LONG, '--no-mail');
  await site.smtp.waitForMail(SAM);
  site.smtp.behave.rcpt = 550;
  await comeInAs(page, 'John Doe');
  await page.goto(`/invite?to=group:${targets[0].id}`);
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(`mara@fabrikam.example, junk, x@woodgrove.example, ${LONG}`);
  await page.getByRole('button', { name: 'Send', exact: false }).click();
  await expect(page.getByRole('status')).toContainText('not invited');
  await site.server.waitForLog(/mail \S+ failed/);
  await look(page, 'group-sent');
  await page.goto(`/groups/${targets[0].id}`);
  await expect(page.getByRole('row').filter({ hasText: 'mara@fabrikam.example' })).toContainText('Mail refused');
  await look(page, 'group-guests');
  await page.goto('/invitations');
  await expect(page.getByRole('row').filter({ hasText: LONG })).toBeVisible();
  await look(page, 'invitations');
});

test('an app with guests', async ({ page, site }) => {
  await site.server.cli('invite', SAM, LONG, '--app', 'Launch board', '--as', 'john.doe@woodgrove.example', '--no-mail');
  await comeInAs(page, 'John Doe');
  await openTileMenu(page, 'Launch board');
  await page.getByRole('link', { name: 'About this app' }).click();
  await expect(page.getByRole('row').filter({ hasText: LONG })).toBeVisible();
  await look(page, 'app-guests');
});

test('inviting, with what will happen', async ({ page, site }) => {
  const { targets } = await invite(site, 'pending@fabrikam.example', '--no-mail');
  await comeInAs(page, 'John Doe');
  await page.goto(`/invite?to=group:${targets[0].id}`);
  await look(page, 'invite');
  await page.getByRole('textbox', { name: 'E-mail addresses' }).fill(`${SAM}, ${LONG}, junk, maya.stone@woodgrove.example`);
  await page.getByRole('textbox', { name: 'Message' }).fill(`Hello Sam,\nsee https://elsewhere.example/${'a-long-way/'.repeat(20)}`);
  await page.getByLabel('Access until').fill('2030-02-28');
  await page.getByText('More: language').click();
  await expect(page.getByRole('complementary', { name: 'What will happen' })).toContainText('28 February 2030');
  await look(page, 'invite-preview');
});

test('from the ticket to My Apps', async ({ page, site, complaints }) => {
  test.setTimeout(120_000);
  await site.server.cli('organisation', 'set', 'privacyUrl', 'https://privacy.example/statement');
  await site.server.cli('organisation', 'set', 'termsUrl', 'https://privacy.example/terms');
  const { redeemUrl } = await invite(site, SAM, '--no-mail', '--access-until', '2030-02-28');
  await page.goto(redeemUrl);
  await look(page, 'ticket');
  await page.getByRole('button', { name: 'Get started' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Prove that the address is yours');
  await look(page, 'prove');
  await page.getByRole('button', { name: 'Send code' }).click();
  const code = codeOf(await site.smtp.waitForMail(SAM));
  await enterCode(page, 'none');
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'prove-error');
  await enterCode(page, code);
  await expect(page.getByRole('checkbox', { name: /Contoso launch/ })).toBeChecked();
  await look(page, 'accept');
  await page.getByRole('checkbox', { name: 'I have read' }).check();
  await page.getByRole('checkbox', { name: 'I agree' }).check();
  await page.getByRole('textbox', { name: 'Name' }).fill(' ');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await look(page, 'accept-error');
  await page.getByRole('checkbox', { name: 'I have read' }).check();
  await page.getByRole('checkbox', { name: 'I agree' }).check();
  await page.getByRole('textbox', { name: 'Name' }).fill('Sam Oogle');
  await page.getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(page).toHaveURL('/?after=welcome');
  await look(page, 'arrival');
  complaints.allow(/status of 410/);
  expect((await page.goto(redeemUrl)).status()).toBe(410);
  await look(page, 'used-ticket');
});

test('a ticket for a long address', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, LONG, '--no-mail');
  await page.goto(redeemUrl);
  await look(page, 'ticket-long');
});

// The line that says whose the address is does not break.
test('accepting with a long address', async ({ page, site }) => {
  const { redeemUrl } = await invite(site, LONG, '--no-mail');
  await page.goto(redeemUrl);
  await page.getByRole('button', { name: 'Get started' }).click();
  await page.getByRole('button', { name: 'Send code' }).click();
  await enterCode(page, codeOf(await site.smtp.waitForMail(LONG)));
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Come in');
  await look(page, 'accept-long');
});

test('declining, blocking, and goodbye', async ({ page, site, complaints }) => {
  test.setTimeout(120_000);
  const { redeemUrl } = await invite(site, SAM, '--no-mail');
  await page.goto(`${redeemUrl}/block`);
  await look(page, 'block');
  await page.getByRole('textbox', { name: 'Enter the invited e-mail address' }).fill(SAM);
  await page.getByRole('button', { name: 'Block' }).click();
  await expect(page).toHaveURL('/goodbye/blocked');
  await look(page, 'blocked');
  await page.goto(`${redeemUrl}/decline`);
  await look(page, 'decline');
  await page.getByRole('button', { name: 'Decline' }).click();
  await expect(page).toHaveURL('/goodbye/declined');
  await look(page, 'declined');
  complaints.allow(/status of 4(10|04)/);
  expect((await page.goto(redeemUrl)).status()).toBe(410);
  await look(page, 'declined-ticket');
  expect((await page.goto('/redeem/nothing')).status()).toBe(404);
  await look(page, 'unknown-ticket');
});

test.describe('without a mail server', () => {
  test.use({ siteIs: { mail: false } });

  test('demo mailbox', async ({ page }) => {
    await page.goto('/demo/mailbox');
    await expect(page.getByRole('heading', { name: 'No mail yet' })).toBeVisible();
    await look(page, 'mailbox-empty');
    await page.getByRole('link', { name: 'To sign in' }).click();
    await askForCode(page, 'john.doe@woodgrove.example');
    const subject = 'Your code to sign in at WoodGrove';
    // It arrives within seconds; the page does not tell by itself.
    await expect(async () => {
      await page.goto('/demo/mailbox');
      await expect(page.getByRole('link', { name: subject })).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 10_000 });
    await look(page, 'mailbox');
    await page.getByRole('link', { name: subject }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(subject);
    // The mail itself runs no script, so axe cannot look into it.
    await look(page, 'mailbox-mail', { without: ['iframe'] });
    await expect(page.frameLocator('iframe').getByText(/^\d{4} \d{4}$/)).toBeVisible();
  });
});

test.describe('in earnest', () => {
  test.use({ siteIs: { demo: false } });

  test('sign-in, with a long name and a privacy statement', async ({ page, site }) => {
    await site.server.cli('organisation', 'set', 'name', 'Donaudampfschifffahrtsgesellschaft & Partners of Wood Grove');
    await site.server.cli('organisation', 'set', 'privacyUrl', 'https://privacy.example/statement');
    await page.goto('/sign-in');
    await look(page, 'sign-in-earnest');
  });
});

test.describe('in French', () => {
  test.use({ locale: 'fr-FR' });

  test('sign-in, code step, My Apps, account and 404', async ({ page, site, complaints }) => {
    test.setTimeout(120_000);
    const maya = 'maya.stone@woodgrove.example';
    await page.goto('/sign-in');
    await look(page, 'fr-sign-in');
    await page.getByRole('textbox', { name: 'Votre adresse e-mail' }).fill(maya);
    await page.getByRole('button', { name: 'Envoyer le code' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Regardez votre messagerie');
    await look(page, 'fr-code-step');
    await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(await site.smtp.waitForMail(maya)));
    await page.getByRole('button', { name: 'Continuer' }).click();
    await expect(page).toHaveURL('/');
    await look(page, 'fr-my-apps');
    await page.getByLabel('Launch board : ce que vous pouvez faire').click();
    await look(page, 'fr-tile-menu');
    await page.goto('/account');
    await look(page, 'fr-account');
    complaints.allow(/status of 404/);
    await page.goto('/nothing-here');
    await look(page, 'fr-404');
  });

  test('inviting, and from the ticket to My Apps', async ({ page, site, openElsewhere }) => {
    test.setTimeout(180_000);
    const { redeemUrl, targets } = await invite(site, SAM, '--no-mail', '--access-until', '2030-02-28');
    const john = await openElsewhere({ reducedMotion: 'reduce', locale: 'fr-FR' });
    await john.goto('/sign-in');
    await john.getByRole('button', { name: 'John Doe' }).click();
    await john.goto(`/groups/${targets[0].id}`);
    await look(john, 'fr-group-guests');
    await john.goto('/groups');
    await look(john, 'fr-groups');
    await john.goto('/invitations');
    await look(john, 'fr-invitations');
    await john.goto(`/invite?to=group:${targets[0].id}`);
    await john.getByRole('textbox', { name: 'Adresses e-mail' }).fill(`${LONG}, mara@fabrikam.example`);
    await expect(john.getByRole('complementary', { name: 'Ce qui va se passer' })).toContainText('2 messages partent');
    await john.getByText('Plus : langue').click();
    await look(john, 'fr-invite');

    await page.goto(redeemUrl);
    await look(page, 'fr-ticket');
    await page.goto(`${redeemUrl}/decline`);
    await look(page, 'fr-decline');
    await page.goto(redeemUrl);
    await page.getByRole('button', { name: 'Commencer' }).click();
    await page.getByRole('button', { name: 'Envoyer le code' }).click();
    const code = codeOf(await site.smtp.waitForMail(SAM));
    await look(page, 'fr-prove');
    await page.getByRole('textbox', { name: 'Code' }).fill(code);
    await page.getByRole('button', { name: 'Continuer' }).click();
    await expect(page.getByRole('checkbox', { name: /Contoso launch/ })).toBeChecked();
    await look(page, 'fr-accept');
    await page.getByRole('button', { name: 'Accepter' }).click();
    await expect(page).toHaveURL('/?after=welcome');
    await look(page, 'fr-arrival');
  });
});
