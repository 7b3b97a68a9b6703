// Every page of the portal as administrators see it.

import { axe, comeInAs, expect, test } from '../support/test.mjs';

test.use({ siteIs: { shared: true } });

const PAGES = [
  '/admin',
  '/admin/guests',
  '/admin/guests?q=nobodyatall',
  '/admin/members',
  '/admin/members/add',
  '/admin/groups',
  '/admin/apps',
  '/admin/apps/new',
  '/admin/invitations',
  '/admin/invite',
  '/admin/audit',
  '/admin/reports',
  '/admin/reports/invitations',
  '/admin/reports/pending',
  '/admin/reports/guests',
  '/admin/reports/inactive',
  '/admin/reports/sign-ins',
  '/admin/reports/licensing',
  '/admin/organisation',
  '/admin/roles',
];

for (const [name, locale, viewport] of [
  ['desk', 'en-GB', { width: 1280, height: 900 }],
  ['phone', 'fr-FR', { width: 390, height: 844 }],
]) {
  test(`every page of the portal is accessible and fits a ${name} (${locale})`, async ({ openElsewhere }) => {
    test.slow();
    const page = await openElsewhere({ viewport, locale });
    await comeInAs(page, 'Ada Lindqvist');
    const [person] = (await (await page.request.get('/admin/guests.jsonl?q=mei')).text()).trim().split('\n');
    for (const path of [...PAGES, `/admin/people/${JSON.parse(person).id}`]) {
      const answer = await page.goto(path);
      expect(answer.status(), path).toBe(200);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(viewport.width);
      await axe(page);
    }
  });
}
