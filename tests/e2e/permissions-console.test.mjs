import test from 'node:test';
import assert from 'node:assert/strict';
import { Browser } from './lib/browser.mjs';
import { started } from './lib/daemon.mjs';

test('in the console: Manage Private Keys, Add, Check Names, Apply', async () => {
  const d = await started();
  try {
    const c = await d.ok('POST', '/api/v1/certificates', { dns_names: ['page.example.lan'] });
    await d.ok('POST', '/api/v1/tokens', { name: 'Deploy', role: 'viewer', expires_in_days: 1 });
    const b = await Browser.signedIn(d, 'browser');
    try {
      await b.page.goto(`${d.origin}/#/certificates/${c.id}`);
      await b.more('Manage Private Keys…');
      await b.sees('Nobody is named');
      await b.button('Add…').click();
      await b.field('Enter the name to select').fill('nobody-here');
      await b.button('Check Names').click();
      await b.sees('look at the spelling');
      await b.field('Enter the name to select').fill('deploy');
      await b.button('Check Names').click();
      await b.page.locator('dialog u', { hasText: 'Deploy' }).waitFor();
      await b.inOrder('select names');
      await b.button('OK').click();
      await b.page.getByLabel('Allow Export: Deploy').check();
      await b.inOrder('permissions');
      await b.button('Apply').click();
      await b.sees('Permissions applied');
      assert.deepEqual((await d.ok('GET', `/api/v1/certificates/${c.id}/permissions`)).items, [{ kind: 'token', name: 'Deploy', use: true, export: true, manage: false }]);
      assert.equal(await b.page.getByLabel('Allow Use: operator').isDisabled(), true, 'what a role may is not changed here');
    } finally { await b.end(); }
  } finally { await d.end(); }
});
