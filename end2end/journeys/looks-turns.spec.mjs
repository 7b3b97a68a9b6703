// Every state of an invitation as its owner sees it, and every wrong turn as guests see it: reached by real steps, in
// both languages, at a desk and on a phone.

import { axe, codeAfter, comeInAs, expect, invite, linkIn, picture, test } from '../support/test.mjs';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
];

const SAM = 'gsamoogle@gmail.com';
const LONG = 'maximiliane.freifrau-von-und-zu-hohenlohe-langenburg@donaudampfschifffahrtsgesellschaft.example';
const JOHN = 'john.doe@woodgrove.example';
const ADA = 'admin@woodgrove.example';
const BOARD = { to: ['--app', 'Launch board'] };
const DIRECTORY = { to: [], by: ADA };

/** What is pressed and read on the way, by language. */
const WORDS = {
  en: {
    accept: 'Accept',
    addOwner: 'Add owner',
    address: 'Your e-mail address',
    asked: 'A new link has been asked for',
    askForLink: 'Ask for a new one',
    begin: 'Get started',
    changeEnd: 'Change the end date',
    code: 'Code',
    colleague: 'Colleague’s address',
    comeIn: 'Come in',
    conflict: 'It stands otherwise by now',
    continue: 'Continue',
    decline: 'Decline',
    declined: 'This invitation was declined',
    denied: 'You cannot come in with this',
    ended: 'Your access has ended',
    expired: 'This link has run out',
    goodbye: 'You have declined',
    help: 'What went wrong, and what to do',
    more: 'What this means',
    name: 'Name',
    other: 'You are Maya Stone, and this is for somebody else',
    remove: 'Remove',
    replaced: 'A newer mail has taken its place',
    resend: 'Resend',
    sendCode: 'Send code',
    states: { active: 'Accepted', declined: 'Declined', disabled: 'Disabled', ended: 'Access ended', expired: 'Link ran out', invited: 'Invited', waiting: 'Waits for an owner', withdrawn: 'Withdrawn' },
    tries: 'This code has been tried too often.',
    unknown: 'This link leads nowhere',
    used: 'This invitation has been accepted',
    waits: 'Waits for an owner’s word',
    withdraw: 'Withdraw',
    withdrawn: 'This invitation was taken back',
    word: 'A word to John Doe',
  },
  fr: {
    accept: 'Accepter',
    addOwner: 'Ajouter un propriétaire',
    address: 'Votre adresse e-mail',
    asked: 'Un nouveau lien a été demandé',
    askForLink: 'En demander un nouveau',
    begin: 'Commencer',
    changeEnd: 'Modifier la date de fin',
    code: 'Code',
    colleague: 'Adresse du collègue',
    comeIn: 'Entrez',
    conflict: 'La situation a changé entre-temps',
    continue: 'Continuer',
    decline: 'Refuser',
    declined: 'Cette invitation a été refusée',
    denied: 'Vous ne pouvez pas entrer ainsi',
    ended: 'Votre accès a pris fin',
    expired: 'Ce lien a expiré',
    goodbye: 'Vous avez refusé',
    help: 'Ce qui n’a pas marché, et que faire',
    more: 'Ce que cela signifie',
    name: 'Nom',
    other: 'Vous êtes Maya Stone, et ceci est pour quelqu’un d’autre',
    remove: 'Enlever',
    replaced: 'Un message plus récent l’a remplacé',
    resend: 'Renvoyer',
    sendCode: 'Envoyer le code',
    states: { active: 'Acceptée', declined: 'Refusée', disabled: 'Désactivée', ended: 'Accès terminé', expired: 'Lien expiré', invited: 'Invitée', waiting: 'Attend un propriétaire', withdrawn: 'Retirée' },
    tries: 'Ce code a été essayé trop souvent.',
    unknown: 'Ce lien ne mène nulle part',
    used: 'Cette invitation a été acceptée',
    waits: 'Attend l’accord d’un propriétaire',
    withdraw: 'Retirer',
    withdrawn: 'Cette invitation a été retirée',
    word: 'Un mot à John Doe',
  },
};

/** A day so many days from now, as date fields have it. */
function day(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** Buttons with a word that is broken in two. */
function brokenButtons(page) {
  return page.evaluate(() => {
    const isBroken = (text) =>
      [...text.data.matchAll(/\S+/g)].some(({ index, 0: word }) => {
        const range = new Range();
        range.setStart(text, index);
        range.setEnd(text, index + word.length);
        return new Set([...range.getClientRects()].map(({ top }) => top)).size > 1;
      });
    const buttons = [...document.querySelectorAll('.btn')];
    return buttons.filter((button) => [...button.childNodes].some((node) => node instanceof Text && isBroken(node))).map((button) => button.textContent);
  });
}

for (const [language, locale] of [
  ['en', 'en-GB'],
  ['fr', 'fr-FR'],
]) {
  const words = WORDS[language];

  /** Nobody kept out by light or dark, wide or narrow, no scrolling sideways, and pictures on request. */
  const snap = async (page, name) => {
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    for (const size of SIZES) {
      await page.setViewportSize(size);
      expect.soft(await brokenButtons(page), `${name}: buttons with a broken word at ${size.width}`).toEqual([]);
      await picture(page, `turn-${name}-${language}-${size.width}`);
    }
    for (const width of [390, 320]) {
      await page.setViewportSize({ width, height: 844 });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(over, `${name}: pixels to scroll sideways at ${width}`).toBe(0);
    }
    // What axe looks for is the same in both languages.
    if (language === 'en') await axe(page);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(SIZES[0]);
  };

  /** A page that says this, and its pictures. */
  const shows = async (page, title, name) => {
    await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
    await snap(page, name);
  };

  const press = (page, name) => page.getByRole('button', { name, exact: true }).click();

  const enterCode = async (page, code) => {
    await page.getByRole('textbox', { name: words.code }).fill(code);
    await press(page, words.continue);
  };

  /** From a link to the page that follows the proof of the address. */
  const prove = async (page, site, link, email = SAM) => {
    await page.goto(link);
    await press(page, words.begin);
    await enterCode(page, await codeAfter(site, email, () => press(page, words.sendCode)));
  };

  const accept = async (page, name) => {
    await page.getByRole('textbox', { name: words.name }).fill(name);
    await press(page, words.accept);
    await expect(page).toHaveURL('/?after=welcome');
  };

  const decline = async (page, link) => {
    await page.goto(`${link}/decline`);
    await page.getByRole('textbox', { name: words.word }).fill('I do not work on this any more.\nAsk Kim instead.');
    await press(page, words.decline);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(words.goodbye);
  };

  const row = (page, email) => page.getByRole('row').filter({ hasText: email });

  test.describe(language === 'en' ? 'in English' : 'in French', () => {
    test.use({ locale });
    test.beforeEach(({ complaints }) => {
      test.setTimeout(180_000);
      // That a page is a wrong turn is the point here.
      complaints.allow(/status of 4\d\d/);
    });

    test('the states of invitations, as their owner sees them', async ({ page, site, openElsewhere }) => {
      const guest = await openElsewhere({ locale });
      const nobody = ['--no-mail'];
      const at = (name) => `${name}@fabrikam.example`;
      const ids = {};
      const invited = async (name, ...options) => {
        const { invitationId, redeemUrl, userId, targets } = await invite(site, at(name), ...options);
        ids[name] = { invitation: invitationId, user: userId, target: targets[0]?.id };
        return redeemUrl;
      };
      const accepted = async (name, ...options) => {
        await prove(guest, site, await invited(name, ...options), at(name));
        await accept(guest, name);
        await guest.context().clearCookies();
      };
      await accepted('ended', [...nobody, '--access-until', day(1)]);
      await invited('expired', [...nobody, '--link-days', '1']);
      site.server.daysFromNow(3);
      await accepted('active', [...nobody, '--access-until', day(60)]);
      await accepted('disabled', nobody);
      await site.server.cli('user', 'disable', at('disabled'));
      await decline(guest, await invited('declined', nobody));
      await invited('invited', ['--message', 'See you on Thursday.\nJohn']);
      await site.smtp.waitForMail(at('invited'));
      await invited('withdrawn', nobody);
      const waiting = await invited('waiting', nobody, BOARD);
      await comeInAs(page, 'John Doe');
      await page.goto('/invitations');
      await row(page, at('withdrawn')).getByRole('button', { name: words.withdraw }).click();
      await snap(page, 'state-done');
      // John gives the app away: whom he invited to it waits for Ada's word.
      await page.goto(`/apps/${ids.waiting.target}/settings`);
      await page.getByRole('textbox', { name: words.colleague }).fill(ADA);
      await press(page, words.addOwner);
      await snap(page, 'settings-app');
      await page.getByRole('listitem').filter({ hasText: JOHN }).getByRole('button', { name: words.remove }).click();
      await prove(guest, site, waiting, at('waiting'));
      await press(guest, words.accept);
      await expect(guest.getByRole('main')).toContainText(words.waits);
      await page.goto('/invitations');
      const { states } = words;
      // The list says what became of the invitation; what became of the access stands where access is steered.
      for (const name of ['invited', 'expired', 'active', 'declined', 'withdrawn']) await expect(row(page, at(name))).toContainText(states[name]);
      await snap(page, 'state-list');
      for (const name of Object.keys(states)) {
        await page.goto(`/invitations/${ids[name].invitation}`);
        await shows(page, 'nvitation', `state-${name}`);
      }
      await page.goto(`/groups/${ids.active.target}`);
      for (const name of ['active', 'ended', 'disabled']) await expect(row(page, at(name))).toContainText(states[name]);
      await snap(page, 'state-group');
      await page.goto('/guests');
      for (const name of ['ended', 'disabled', 'waiting']) {
        const guest = page.locator('section').filter({ has: page.getByRole('link', { name, exact: true }) });
        await expect(guest).toContainText(states[name]);
      }
      await snap(page, 'state-guests');
      await page.goto(`/guests/${ids.active.user}`);
      await snap(page, 'state-guest');
      await page.goto(`/prolong/${ids.active.user}/group:${ids.active.target}`);
      await snap(page, 'state-prolong');
      await page.goto(`/groups/${ids.active.target}/settings`);
      await snap(page, 'settings-group');
      await page.goto('/groups/new');
      await snap(page, 'settings-new-group');
      await page.goto(`/invite?again=${ids.invited.invitation}`);
      await snap(page, 'state-correct');
    });

    test('a guest with a long address, as the owner sees it', async ({ page, site }) => {
      const { invitationId, userId, targets } = await invite(site, LONG, ['--no-mail', '--access-until', day(60)]);
      await comeInAs(page, 'John Doe');
      const places = { list: '/invitations', invitation: `/invitations/${invitationId}`, correct: `/invite?again=${invitationId}`, guests: '/guests', guest: `/guests/${userId}`, group: `/groups/${targets[0].id}` };
      for (const [name, path] of Object.entries(places)) {
        await page.goto(path);
        // With what can be unfolded unfolded.
        for (const fold of await page.getByText(words.changeEnd).all()) await fold.click();
        await snap(page, `long-${name}`);
      }
    });

    test('links that were cut short or never given out, and the page that explains', async ({ page, site }) => {
      const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
      await page.goto(redeemUrl.slice(0, -3));
      await shows(page, words.unknown, 'malformed');
      await page.goto(redeemUrl.slice(0, -3) + 'xyz');
      await shows(page, words.unknown, 'unknown');
      await page.getByRole('link', { name: words.more }).click();
      await shows(page, words.help, 'help');
    });

    test('links that have done their work', async ({ page, site, openElsewhere }) => {
      await invite(site, SAM);
      const first = linkIn(await site.smtp.waitForMail(SAM));
      const john = await openElsewhere({ locale });
      await comeInAs(john, 'John Doe');
      await john.goto('/invitations');
      await row(john, SAM).getByRole('button', { name: words.resend }).click();
      const second = linkIn(await site.smtp.waitForMail(SAM, { nth: 2 }));
      await page.goto(first);
      await shows(page, words.replaced, 'replaced');
      await decline(page, second);
      await snap(page, 'goodbye-declined');
      await page.goto(second);
      await shows(page, words.declined, 'declined');
      const { redeemUrl } = await invite(site, 'mara@fabrikam.example', ['--no-mail']);
      await john.goto('/invitations');
      await row(john, 'mara@fabrikam.example').getByRole('button', { name: words.withdraw }).click();
      await page.goto(redeemUrl);
      await shows(page, words.withdrawn, 'withdrawn');
      const { redeemUrl: other } = await invite(site, 'kim@fabrikam.example', ['--no-mail']);
      await john.goto('/invitations');
      await prove(page, site, other, 'kim@fabrikam.example');
      await accept(page, 'Kim Berg');
      await page.goto('/account');
      await snap(page, 'account-guest');
      await page.goto('/account/leave');
      await snap(page, 'leave');
      await page.context().clearCookies();
      await page.goto(other);
      await shows(page, words.used, 'used');
      // The owner's other tab has not heard of it.
      await row(john, 'kim@fabrikam.example').getByRole('button', { name: words.withdraw }).click();
      await expect(john.getByRole('status')).toContainText(words.conflict);
      await snap(john, 'state-conflict');
    });

    test('a link that has run out, and a new one that was asked for', async ({ page, site }) => {
      const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
      site.server.daysFromNow(31);
      await page.goto(redeemUrl);
      await shows(page, words.expired, 'expired');
      await press(page, words.askForLink);
      await shows(page, words.asked, 'asked');
    });

    test('a link for somebody else, and a code that was tried too often', async ({ page, site, openElsewhere }) => {
      const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
      const maya = await openElsewhere({ locale });
      await comeInAs(maya, 'Maya Stone');
      await maya.goto(redeemUrl);
      await shows(maya, words.other, 'other');
      await page.goto(`${redeemUrl}/decline`);
      await snap(page, 'decline');
      await page.goto(redeemUrl);
      await press(page, words.begin);
      const code = await codeAfter(site, SAM, () => press(page, words.sendCode));
      const wrong = code.startsWith('1') ? `2${code.slice(1)}` : `1${code.slice(1)}`;
      for (let tries = 0; tries < 5; tries += 1) await enterCode(page, wrong);
      await expect(page.getByRole('alert')).toContainText(words.tries);
      await snap(page, 'tries');
      // Not even the right one helps now; a new one does.
      await expect(page.getByRole('textbox', { name: words.code })).toHaveCount(0);
      await enterCode(page, await codeAfter(site, SAM, () => press(page, words.sendCode)));
      await expect(page.getByRole('heading', { level: 1 })).toContainText(words.comeIn);
    });

    test('who has proved the address, and cannot come in', async ({ page, site }) => {
      const { redeemUrl } = await invite(site, SAM, ['--no-mail']);
      await site.server.cli('user', 'disable', SAM);
      await prove(page, site, redeemUrl);
      await shows(page, words.denied, 'denied-disabled');
      await site.server.cli('user', 'enable', SAM);
      await site.server.cli('organisation', 'set', 'deniedDomains', 'gmail.com');
      await page.context().clearCookies();
      await prove(page, site, redeemUrl);
      await shows(page, words.denied, 'denied-domain');
      // Whoever invited to the organisation itself has left since.
      const { redeemUrl: other } = await invite(site, 'mara@fabrikam.example', ['--no-mail'], DIRECTORY);
      await site.server.cli('admin', 'create', '--email', 'other@woodgrove.example');
      await site.server.cli('user', 'disable', ADA);
      await page.context().clearCookies();
      await prove(page, site, other, 'mara@fabrikam.example');
      await shows(page, words.denied, 'denied-inviter');
    });

    test('who has to wait for an owner, and whose access has ended', async ({ page, site, openElsewhere }) => {
      const { redeemUrl, targets } = await invite(site, SAM, ['--no-mail'], BOARD);
      const john = await openElsewhere({ locale });
      await comeInAs(john, 'John Doe');
      await john.goto(`/apps/${targets[0].id}/settings`);
      await john.getByRole('textbox', { name: words.colleague }).fill(ADA);
      await press(john, words.addOwner);
      await john.getByRole('listitem').filter({ hasText: JOHN }).getByRole('button', { name: words.remove }).click();
      await prove(page, site, redeemUrl);
      await press(page, words.accept);
      await expect(page.getByRole('main')).toContainText(words.waits);
      await snap(page, 'waits');
      const { redeemUrl: other } = await invite(site, 'mara@fabrikam.example', ['--no-mail', '--access-until', day(2)]);
      await page.context().clearCookies();
      await prove(page, site, other, 'mara@fabrikam.example');
      await accept(page, 'Mara Lind');
      const open = await page.getByRole('link', { name: 'Launch board' }).getAttribute('href');
      site.server.daysFromNow(4);
      await page.goto(open);
      await page.getByRole('textbox', { name: words.address }).fill('mara@fabrikam.example');
      await enterCode(page, await codeAfter(site, 'mara@fabrikam.example', () => press(page, words.sendCode)));
      await shows(page, words.ended, 'ended');
    });
  });
}
