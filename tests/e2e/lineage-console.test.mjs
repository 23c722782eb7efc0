import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { file, started, tool } from './lib/daemon.mjs';

test('in the console: replaced with a file, rolled back, archived, brought back; what is in use says by whom', async () => {
  const d = await started(), made = names => d.ok('POST', '/api/v1/certificates', names);
  try {
    const c = await made({ dns_names: ['page.example.lan'] });
    tool('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(d.dir, 'k.pem'), '-out', join(d.dir, 'c.pem'), '-days', '400', '-subj', '/CN=other.example.lan',
      '-addext', 'subjectAltName=DNS:other.example.lan', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth']);
    file(d.dir, 'both.pem', tool('cat', [join(d.dir, 'c.pem'), join(d.dir, 'k.pem')]).stdout);
    const b = await Browser.signedIn(d, 'browser');
    try {
      await b.page.goto(`https://localhost:${d.https}/#/certificates/${c.id}`);
      await b.button('Replace with file…').click();
      await b.field('File').setInputFiles(join(d.dir, 'both.pem'));
      await b.button('Look at it').click();
      await b.sees('It would be version 2');
      assert.equal(await b.button('Replace').isDisabled(), true, 'what differs must be agreed to');
      await b.inOrder('replace');
      await b.picture('replace');
      for (const box of await b.page.locator('dialog input[type=checkbox]').all()) await box.check();
      await b.button('Replace').click();
      await b.sees('Replaced: version 2');
      await b.page.goto(`https://localhost:${d.https}/#/certificates/${c.id}/versions`);
      await b.button('Roll back to version 1').click();
      await b.button('Roll back').click();
      await b.button('Roll back to version 2').waitFor();
      await b.inOrder('versions');
      await b.picture('versions');
      await b.button('Delete').click();
      await b.button('Archive').click();
      await b.button('Bring back').click();
      await b.button('Replace with file…').waitFor();
      assert.equal((await d.ok('GET', `/api/v1/certificates/${c.id}`)).version, 1);
      const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id;
      await b.page.goto(`https://localhost:${d.https}/#/certificates/${server}/uses`);
      await b.sees('This web server shows it');
      await b.button('Delete').click();
      await b.sees('It is in use');
      await b.inOrder('in use');
      await b.picture('uses');
    } finally { await b.end(); }
  } finally { await d.end(); }
});
