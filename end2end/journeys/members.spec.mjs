// How members come to be, in an organisation that begins empty.

import { codeOf } from '../support/mail.mjs';
import { askForCode, enterCode, expect, signIn, test } from '../support/test.mjs';

test.use({ siteIs: { demo: false } });

test('whoever was added signs in, and sees where the apps will be', async ({ page, site }) => {
  await site.server.cli('organisation', 'set', 'name', 'Contoso');
  await site.server.cli('user', 'add', 'Ann.Lee@contoso.example', '--name', 'Ann Lee');
  // The address is the same person's however it is written; mail goes to the one that is known.
  await page.goto('/sign-in');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Welcome to Contoso');
  await askForCode(page, 'ann.lee@CONTOSO.example');
  const mail = await site.smtp.waitForMail('Ann.Lee@contoso.example');
  expect(mail.subject).toBe('Your code to sign in at Contoso');
  expect(mail.subject).not.toMatch(/\d/);
  expect(mail.from.text).toContain('Contoso');
  await enterCode(page, codeOf(mail));
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Good .*, Ann$/);
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Your apps will stand here');
  // There is nothing to search yet.
  await expect(page.getByRole('searchbox')).toHaveCount(0);
  expect(JSON.parse(await site.server.cli('audit', 'verify', '--json'))).toMatchObject({ ok: true });
});

test('people of an own domain join by proving their address, and nobody else does', async ({ page, site, openElsewhere }) => {
  await site.server.cli('organisation', 'set', 'ownDomains', 'contoso.example');
  await site.server.cli('organisation', 'set', 'membersMayJoin', 'true');
  for (const address of ['bob@elsewhere.example', 'bob@mail.contoso.example', 'bob@evilcontoso.example']) {
    const stranger = await openElsewhere();
    await stranger.goto('/sign-in');
    await askForCode(stranger, address);
  }
  await signIn(page, site, 'bob.stone@contoso.example');
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText('Your apps will stand here');
  await page.goto('/account');
  await expect(page.getByRole('main')).toContainText('bob.stone@contoso.example');
  await expect(page.getByRole('textbox', { name: 'Name' })).toHaveValue('bob.stone');
  // The second time it is the same member.
  const again = await openElsewhere();
  await again.goto('/sign-in');
  await askForCode(again, 'BOB.STONE@contoso.example');
  await enterCode(again, codeOf(await site.smtp.waitForMail('bob.stone@contoso.example', { nth: 2 })));
  await again.goto('/account');
  await expect(again.getByRole('region', { name: 'Where you are signed in' }).getByRole('listitem')).toHaveCount(2);
  await site.server.stop();
  expect(site.smtp.offered.map((offer) => offer.to).filter((to) => !to.startsWith('bob.stone@'))).toEqual([]);
});
