// Whoever does not know us learns nothing about who does.

import { codeOf } from '../support/mail.mjs';
import { askForCode, enterCode, expect, test } from '../support/test.mjs';

const JOHN = 'john.doe@woodgrove.example';
/** A member whom the demonstration's sign-in page does not name. */
const TOM = 'tom.becker@woodgrove.example';

/** Addresses of nobody, and what is no address at all. */
const STRANGE = [
  'stranger@elsewhere.example',
  'john.doe@woodgrove.example.elsewhere.example',
  'not an address',
  'a@b',
  '"quoted local"@woodgrove.example',
  'me@[192.0.2.1]',
  'józef@müller.example',
  "o'hara&sons@elsewhere.example",
  '<script>alert(1)</script>@elsewhere.example',
  '{organisation}@elsewhere.example',
];

/** Asks for a code as any client might: without what an e-mail field refuses or rewrites. */
async function askAnyway(page, address) {
  await page.goto('/sign-in');
  await page.getByRole('textbox', { name: 'Your e-mail address' }).evaluate((field) => {
    field.type = 'text';
  });
  await askForCode(page, address);
}

/** The document, without the address that was typed. */
function documentWithout(page, address) {
  return page.evaluate((typed) => {
    const mask = (text) => text.replaceAll(typed, '(address)');
    const nodes = document.createTreeWalker(document, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) node.data = mask(node.data);
      else for (const attribute of node.attributes) attribute.value = mask(attribute.value);
    }
    return document.documentElement.outerHTML;
  }, address);
}

test('strangers, and what is no address, see the page that members see', async ({ page, site, openElsewhere }) => {
  const seen = new Map();
  for (const address of STRANGE) {
    const stranger = await openElsewhere();
    await askAnyway(stranger, address);
    seen.set(address, await documentWithout(stranger, address));
  }
  await askAnyway(page, TOM);
  const member = await documentWithout(page, TOM);
  expect(member).toContain('(address)');
  for (const [address, document] of seen) expect(document, address).toBe(member);
  // Mail leaves in the order of asking, and what is left has left when the server has ended.
  await site.smtp.waitForMail(TOM);
  await site.server.stop();
  expect(site.smtp.offered.map((offer) => offer.to)).toEqual([TOM]);
});

test('an address that is endless is cut, and kept', async ({ page }) => {
  const endless = `${'x'.repeat(5_000)}@elsewhere.example`;
  await askAnyway(page, endless);
  await expect(page.getByRole('main')).toContainText(endless.slice(0, 254));
  await expect(page.getByRole('main')).not.toContainText(endless.slice(0, 255));
});

test('after five wrong tries even the right code is refused, and a new one works', async ({ page, site }) => {
  await page.goto('/sign-in');
  await askForCode(page, JOHN);
  const right = codeOf(await site.smtp.waitForMail(JOHN));
  const alert = page.getByRole('alert');
  for (let wrong = 1; wrong <= 5; wrong += 1) {
    const code = right.replace(/^./, (digit) => String((Number(digit) + wrong) % 10));
    await enterCode(page, code);
    await expect(alert).toContainText(wrong < 5 ? 'This code does not fit.' : 'This code has been tried too often.');
    await expect(page.getByRole('textbox', { name: 'Code' })).toHaveValue('');
  }
  await enterCode(page, right);
  await expect(alert).toContainText('This code has been tried too often.');
  await page.getByRole('button', { name: 'Send a new code' }).click();
  await expect(alert).toHaveCount(0);
  await enterCode(page, codeOf(await site.smtp.waitForMail(JOHN, { nth: 2 })));
  await expect(page).toHaveURL('/');
});

test('a code works only in the browser that asked for it', async ({ page, site, openElsewhere }) => {
  const other = await openElsewhere();
  await page.goto('/sign-in');
  await askForCode(page, JOHN);
  const first = codeOf(await site.smtp.waitForMail(JOHN));
  await other.goto('/sign-in');
  await askForCode(other, JOHN);
  const second = codeOf(await site.smtp.waitForMail(JOHN, { nth: 2 }));
  await enterCode(other, first);
  await expect(other.getByRole('alert')).toContainText('This code does not fit.');
  await enterCode(other, second);
  await expect(other).toHaveURL('/');
  // That the other browser asked, failed and got in changes nothing here.
  await enterCode(page, first);
  await expect(page).toHaveURL('/');
});

test('asking again ends the earlier code of this browser, and of no other', async ({ page, site, openElsewhere }) => {
  const other = await openElsewhere();
  await other.goto('/sign-in');
  await askForCode(other, JOHN);
  const others = codeOf(await site.smtp.waitForMail(JOHN));
  await page.goto('/sign-in');
  await askForCode(page, JOHN);
  const earlier = codeOf(await site.smtp.waitForMail(JOHN, { nth: 2 }));
  await page.getByRole('button', { name: 'Send a new code' }).click();
  const later = codeOf(await site.smtp.waitForMail(JOHN, { nth: 3 }));
  await enterCode(page, earlier);
  await expect(page.getByRole('alert')).toContainText('This code does not fit.');
  await enterCode(page, later);
  await expect(page).toHaveURL('/');
  await enterCode(other, others);
  await expect(other).toHaveURL('/');
});

for (const [how, written] of [
  ['with a gap', (code) => code],
  ['with a hyphen', (code) => code.replace(' ', '-')],
  ['in one', (code) => code.replace(' ', '')],
]) {
  test(`a code may be typed ${how}`, async ({ page, site }) => {
    await page.goto('/sign-in');
    await askForCode(page, JOHN);
    await enterCode(page, written(codeOf(await site.smtp.waitForMail(JOHN))));
    await expect(page).toHaveURL('/');
  });
}

test('an empty address is asked for again', async ({ page }) => {
  await page.goto('/sign-in');
  // The browser lets nobody send it off.
  const field = page.getByRole('textbox', { name: 'Your e-mail address' });
  await expect(field).toHaveAttribute('required');
  await field.evaluate((input) => input.removeAttribute('required'));
  await page.getByRole('button', { name: 'Send code' }).click();
  await expect(page.getByRole('alert')).toHaveText('Type your e-mail address.');
  await expect(field).toHaveAttribute('aria-invalid', 'true');
});
