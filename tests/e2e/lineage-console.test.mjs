import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { X509Certificate } from 'node:crypto';
import { file, started, tool } from './lib/daemon.mjs';
import { foreign } from './lib/foreign.mjs';

test('in the console: replaced with a file, rolled back (to an expired version when that is agreed to), archived, brought back; what is in use says by whom', async () => {
  const d = await started(), made = names => d.ok('POST', '/api/v1/certificates', names);
  try {
    const c = await made({ dns_names: ['page.example.lan'] });
    tool('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(d.dir, 'k.pem'), '-out', join(d.dir, 'c.pem'), '-days', '400', '-subj', '/CN=other.example.lan',
      '-addext', 'subjectAltName=DNS:other.example.lan', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth']);
    file(d.dir, 'both.pem', tool('cat', [join(d.dir, 'c.pem'), join(d.dir, 'k.pem')]).stdout);
    const b = await Browser.signedIn(d, 'browser');
    try {
      await b.page.goto(`${d.origin}/#/certificates/${c.id}`);
      await b.more('Replace with file…');
      await b.field('File').setInputFiles(join(d.dir, 'both.pem'));
      await b.button('Look at it').click();
      await b.sees('It would be version 2');
      assert.equal(await b.button('Replace').isDisabled(), true, 'what differs must be agreed to');
      await b.inOrder('replace');
      for (const box of await b.page.locator('dialog input[type=checkbox]').all()) await box.check();
      await b.button('Replace').click();
      await b.sees('Replaced: version 2');
      await b.page.goto(`${d.origin}/#/certificates/${c.id}/versions`);
      await b.button('Roll back to version 1').click();
      await b.button('Roll back').click();
      await b.button('Roll back to version 2').waitFor();
      await b.inOrder('versions');
      await b.more('Delete…');
      await b.button('Archive').click();
      await b.button('Bring back').click();
      await b.button('Renew now').waitFor();
      assert.equal((await d.ok('GET', `/api/v1/certificates/${c.id}`)).version, 1);

      // what has changed is told, the tab stays in sight on a telephone, and purposes are those of the extension
      await d.ok('PATCH', `/api/v1/certificates/${c.id}`, { owner: 'eva', tags: ['lab'] });
      await b.page.setViewportSize({ width: 390, height: 844 });
      await b.page.goto(`${d.origin}/#/certificates/${c.id}/history`);
      await b.sees('Owner: none → eva');
      await b.sees('Tags: none → lab');
      const tab = await b.page.getByRole('tab', { name: 'History' }).boundingBox();
      assert.ok(tab.x >= 0 && tab.x + tab.width <= 390, `the tab stands at ${tab.x}`);
      await b.inOrder('history on a telephone');
      await b.page.setViewportSize({ width: 1280, height: 860 });
      const [{ certificate_id: brought }] = (await d.ok('POST', '/api/v1/certificates/import', { data: readFileSync(join(d.dir, 'c.pem'), 'utf8'), store: 'people' })).items;
      await b.page.goto(`${d.origin}/#/certificates/${brought}`);
      await b.sees('Ensures the identity of a remote computer');

      // an expired one is refused, told why, and comes back when that is ticked
      const over = await made({ dns_names: ['over.example.lan'] }), f = foreign(d.dir, 'over');
      await d.ok('POST', `/api/v1/certificates/${over.id}/replace`, { data: f.leaf('o', { dns: ['over.example.lan'], ip: [], until: '20240101000000Z' }), accept: ['expired'] });
      await d.ok('POST', `/api/v1/certificates/${over.id}/rollback`, { version: 1 });
      await b.page.goto(`${d.origin}/#/certificates/${over.id}/versions`);
      await b.button('Roll back to version 2').click();
      await b.button('Roll back').click();
      await b.sees('Version 2 expired on');
      await b.inOrder('expired version');
      await b.field('Bring it back although it has expired').check();
      await b.button('Roll back').click();
      await b.sees('Rolled back: version 2');
      assert.equal((await d.ok('GET', `/api/v1/certificates/${over.id}`)).status, 'expired');
      // More, by keyboard: opened, walked, left, and the focus comes back to its button
      const item = name => b.page.getByRole('menuitem', { name, exact: true }), focused = () => b.page.evaluate(() => document.activeElement.textContent.trim());
      await b.page.emulateMedia({ colorScheme: 'dark' });
      for (const key of ['Enter', 'ArrowDown']) {
        await b.button('More').press(key);
        await item('Replace with file…').waitFor();
        assert.equal(await focused(), 'Replace with file…');
        await b.page.keyboard.press('ArrowDown');
        assert.equal(await focused(), 'Manage Private Keys…');
        await b.inOrder('more');
        await b.page.keyboard.press('Escape');
        await item('Replace with file…').waitFor({ state: 'detached' });
        assert.equal(await focused(), 'More');
      }
      const line = await b.page.evaluate(() => new Set([...document.querySelectorAll('.page-action > *')].map(e => Math.round(e.getBoundingClientRect().bottom))).size);
      assert.equal(line, 1, 'the buttons stand in one line at 1280');
      await b.page.emulateMedia({ colorScheme: 'light' });
      await b.button('More').click();
      await b.inOrder('more, light');
      await b.button('More').click();
      await item('Delete…').waitFor({ state: 'detached' });
      const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id;
      await b.page.goto(`${d.origin}/#/certificates/${server}/uses`);
      await b.sees('This web server shows it');
      await b.more('Delete…');
      await b.sees('It is in use');
      await b.inOrder('in use');
    } finally { await b.end(); }
  } finally { await d.end(); }
});

test("in the console: the server's own certificate is replaced with a file; the page is led over, confirms there, and the next handshake shows it", async () => {
  const d = await started();
  try {
    const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, f = foreign(d.dir, 'server');
    file(f.dir, 'both.pem', f.leaf('s'));
    const b = await Browser.signedIn(d, 'browser');
    try {
      await b.page.goto(`${d.origin}/#/certificates/${server}`);
      await b.more('Replace with file…');
      await b.field('File').setInputFiles(join(f.dir, 'both.pem'));
      await b.button('Look at it').click();
      await b.sees('This server shows it');
      assert.equal(await b.button('Replace').isDisabled(), true, 'its chain is not known here');
      await b.field('Use it although its chain is not known here').check();
      await b.inOrder('replace what is shown');
      const left = b.page.waitForEvent('framenavigated', { predicate: frame => /chrome-error/.test(frame.url()) });
      await b.button('Replace').click();
      await left;
      await b.clickThrough('text=Shown to every new connection');
      await b.sees('The certificate is kept');
      await b.inOrder('after the replacement');
      const now = await d.ok('GET', '/api/v1/web-server', undefined, { ca: f.read('ca.pem') });
      assert.deepEqual([now.state, now.serving.version, now.serving.certificate_id], ['kept', 2, server]);
      const { stdout } = tool('openssl', ['s_client', '-connect', `127.0.0.1:${d.https}`, '-servername', 'localhost', '-CAfile', f.at('ca.pem'), '-verify_return_error'], { input: '' });
      assert.equal(new X509Certificate(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(stdout)[0]).fingerprint256, new X509Certificate(f.read('s.pem')).fingerprint256);

      // and back, to one that this browser knows: nothing is seen of it
      await b.page.goto(`${d.origin}/#/certificates/${server}/versions`);
      await b.button('Roll back to version 1').click();
      await b.sees('comes back by itself');
      await b.button('Roll back').click();
      await b.sees('Rolled back: version 1');
      assert.deepEqual(await d.ok('GET', '/api/v1/web-server').then(w => [w.state, w.serving.version]), ['kept', 1]);
    } finally { await b.end(); }
  } finally { await d.end(); }
});
