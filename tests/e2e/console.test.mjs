import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { Daemon, PASSWORD, file, started, tool } from './lib/daemon.mjs';

const home = (d, name) => join(d.dir, name);
// The link is what the daemon printed; the file may hold it, or the token alone.
const setupLink = d => `${d.origin}/setup#token=${d.setupToken.split('token=').pop()}`;

async function makeAdministrator(b) {
  await b.sees('There is no default password');
  await b.field('Name').fill('admin');
  await b.field('Password').fill(PASSWORD);
  await b.field('Password, again').fill(PASSWORD);
  await b.button('Continue').click();
}

async function makeAuthority(b) {
  await b.sees('By which names and addresses');
  const names = b.page.getByLabel('Names and addresses', { exact: true });
  await names.fill('localhost 127.0.0.1 ca.example.lan ');
  await b.button('Continue').click();
  await b.sees('A root, which people install once');
  await b.field('Name').fill('Example Lab');
  await b.button('Create').click();
  await b.sees('Every computer that shall accept');
}

async function finish(b) {
  await b.sees('The new certificate is in use');
  await b.button('Continue').click();
  await b.sees('Finishing closes the setup for good');
  await b.button('Finish setup').click();
  await b.sees('Your authority is ready');
}

async function requestCertificate(b) {
  await b.page.getByRole('link', { name: 'Request a certificate' }).click();
  await b.sees('What is it for?');
  await b.button('Next').click();
  await b.page.getByLabel('DNS names and IP addresses', { exact: true }).fill('www.example.lan, 10.0.0.7 ');
  await b.button('Next').click();
  await b.sees('Where is the private key?');
  await b.button('Next').click();
  await b.button('Next').click();
  await b.inOrder('review of a request');
  await b.button('Issue certificate').click();
  await b.sees('The certificate is ready');
}

async function downloadPfx(b) {
  await b.field('Certificate password').fill(PASSWORD);
  await b.field('Certificate password, again').fill(PASSWORD);
  const download = b.page.waitForEvent('download');
  await b.button('Download').click();
  const asked = b.page.getByRole('dialog').getByLabel('Password', { exact: true });
  if (await asked.waitFor({ timeout: 1500 }).then(() => true, () => false)) {
    await asked.fill(PASSWORD);
    await b.page.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  }
  return download;
}

test('the first run in a browser that does not know the root: it is led over the swap, resumes, and takes a PFX home', async () => {
  const d = await new Daemon().start();
  const b = await Browser.start({ home: home(d, 'stranger') });
  try {
    assert.equal(await b.open(setupLink(d)), true, 'the makeshift certificate is warned of');
    assert.doesNotMatch(b.page.url(), /token/, 'the token has left the address');
    await b.inOrder('setup, administrator');
    await makeAdministrator(b);
    await makeAuthority(b);
    await b.button('Test: does this browser trust it?').click();
    await b.sees('Not yet');
    await b.inOrder('setup, trust');
    await b.button('Continue').click();
    await b.sees('Your browser will warn once more');

    const left = b.page.waitForEvent('framenavigated');
    await b.button('Issue it and use it now').click();
    await left;
    await b.clickThrough('text=Finishing closes the setup for good');
    await b.inOrder('setup, after the swap');
    await b.button('Back').click();
    await finish(b);
    await b.inOrder('setup, done');

    await requestCertificate(b);
    const download = await downloadPfx(b);
    assert.equal(download.suggestedFilename(), 'www.example.lan.pfx');
    const pfx = join(d.dir, 'www.pfx');
    await download.saveAs(pfx);
    const seen = tool('openssl', ['pkcs12', '-in', pfx, '-passin', `pass:${PASSWORD}`, '-nodes']).stdout;
    assert.match(seen, /BEGIN PRIVATE KEY/);
    await b.sees('Import-PfxCertificate -FilePath .\\www.example.lan.pfx');
    await b.inOrder('result of a request');
  } finally {
    await b.end();
    await d.end();
  }
});

test('the first run in a browser that was given the root: nothing is seen of the swap', async () => {
  const d = await new Daemon().start();
  let b = await Browser.start({ home: home(d, 'first') });
  try {
    await b.open(setupLink(d));
    await makeAdministrator(b);
    await makeAuthority(b);
    // the root is installed, and the browser started again, as the page says
    const state = await b.context.storageState();
    await b.end();
    const root = await d.call('GET', '/trust/root.pem', undefined, { plain: true, port: d.http, token: null });
    b = await Browser.start({ home: home(d, 'second'), trusts: [file(d.dir, 'root.pem', root.bytes)], state });
    await b.open(`${d.origin}/setup`);
    await b.sees('Every computer that shall accept');
    await b.button('Test: does this browser trust it?').click();
    await b.sees('This browser trusts the root');
    await b.button('Continue').click();
    await b.sees('You will see nothing of the change');
    await b.page.evaluate(() => { window.wasHere = true; });
    await b.button('Issue it and use it now').click();
    await finish(b);
    assert.equal(await b.page.evaluate(() => window.wasHere), true, 'the page was never left');
    assert.equal(await b.open(`${d.origin}/`, 'text=Needs attention'), false, 'no warning');
  } finally {
    await b.end();
    await d.end();
  }
});

test('without the link the setup page says where it is, and nothing else', async () => {
  const d = await new Daemon().start();
  const b = await Browser.start({ home: home(d, 'nobody') });
  try {
    await b.open(`${d.origin}/setup`);
    await b.sees('Setup needs its link');
    await b.inOrder('setup, closed');
  } finally {
    await b.end();
    await d.end();
  }
});

test('the server is given another certificate from the picker, and the one before comes back', async () => {
  const d = await started();
  const fresh = await d.ok('POST', '/api/v1/certificates', { dns_names: ['ca.example.lan', 'localhost'], ip_addresses: ['127.0.0.1'] });
  await d.ok('POST', '/api/v1/certificates', { profile: 'client', dns_names: ['person.example.lan'] });
  const b = await Browser.signedIn(d, 'operator');
  try {
    const before = (await d.ok('GET', '/api/v1/web-server')).serving;
    await b.page.getByRole('link', { name: 'Web Server' }).click();
    await b.button('Select X.509 certificate').click();
    await b.sees('Edit certificate location');
    const rows = b.page.locator('.pick tbody tr');
    await rows.first().waitFor();
    assert.equal(await rows.filter({ hasText: 'person.example.lan' }).getByRole('radio').isDisabled(), true, 'a client certificate cannot be chosen');
    await b.inOrder('picker');
    await rows.filter({ has: b.page.locator('strong', { hasText: 'ca.example.lan' }) }).getByRole('radio').check();
    await b.button('OK').click();
    await b.sees('Now serving');
    await b.inOrder('after a swap');
    const now = await d.ok('GET', '/api/v1/web-server');
    assert.equal(now.state, 'kept');
    assert.equal(now.serving.thumbprint_sha256, fresh.thumbprint_sha256);

    await b.button('Previous certificate').click();
    await b.sees('The previous certificate is back');
    assert.equal((await d.ok('GET', '/api/v1/web-server')).serving.thumbprint_sha256, before.thumbprint_sha256);
  } finally {
    await b.end();
    await d.end();
  }
});

test('a certificate that this browser does not know: the page is led over by a load and confirms by itself', async () => {
  const d = await started();
  const own = await d.ok('POST', '/api/v1/certificates', { dns_names: ['alone.example.lan', 'localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'], issuer: 'self' });
  const b = await Browser.signedIn(d, 'operator');
  try {
    await b.page.goto(`${d.origin}/#/web-server?select=${own.id}`);
    await b.sees('Edit certificate location');
    await b.button('OK').click();
    await b.sees('Use it although its chain is not known here');
    await b.inOrder('a refused swap');
    assert.notEqual((await d.ok('GET', '/api/v1/web-server')).serving.thumbprint_sha256, own.thumbprint_sha256, 'a refused swap changes nothing');
    await b.page.getByLabel('Use it although its chain is not known here').check();
    const left = b.page.waitForEvent('framenavigated');
    await b.button('OK').click();
    await left;
    // Chromium forgets an exception as soon as anything of this host comes under a good certificate, its cache included: it may ask twice
    await b.clickThrough('text=The certificate is kept');
    const now = await d.ok('GET', '/api/v1/web-server', undefined, { verify: false });
    assert.equal(now.state, 'kept');
    assert.equal(now.serving.thumbprint_sha256, own.thumbprint_sha256);
  } finally {
    await b.end();
    await d.end();
  }
});

test('every screen is in order for axe, light and dark, wide and narrow, and by the keyboard alone', async () => {
  const d = await started();
  for (let n = 0; n < 8; n++)
    await d.ok('POST', '/api/v1/certificates', { dns_names: [`host-${n}.example.lan`], valid_days: 10 + 9 * n });
  const [one] = (await d.ok('GET', '/api/v1/certificates?q=host-3.example.lan')).items;
  const screens = ['/', '/certificates', '/certificates?store=root', '/certificates?q=nothing-of-the-kind', ...['', '/details', '/path', '/versions', '/history'].map(tab => `/certificates/${one.id}${tab}`),
    '/request', '/import', '/trust', '/authorities', '/web-server', '/settings', '/tokens', '/toolbox', '/toolbox/convert', '/nowhere'];
  try {
    for (const [colorScheme, width] of [['light', 1280], ['dark', 1280], ['light', 390], ['dark', 390]]) {
      const b = await Browser.signedIn(d, `${colorScheme}-${width}`, { colorScheme, width });
      try {
            for (const screen of screens) {
          await b.page.goto(`${d.origin}/#${screen}`);
          await b.page.waitForSelector('h1');
          await b.page.waitForFunction(() => !document.querySelector('.busy'));
          await b.inOrder(`${screen} ${colorScheme} ${width}`);
        }
        if (width === 1280) {
          await b.page.goto(`${d.origin}/#/certificates`);
          await b.page.waitForSelector('.row-link');
          await b.page.keyboard.press('/');
          await b.page.keyboard.type('host-3');
          await b.page.waitForFunction(() => document.querySelectorAll('.row-link').length === 1);
          await b.page.keyboard.press('Tab');
          await b.page.evaluate(() => document.activeElement.blur());
          await b.page.keyboard.press('j');
          await b.page.keyboard.press('Enter');
          await b.sees('You have a private key that corresponds to this certificate');
        }
      } finally {
        await b.end();
      }
    }
  } finally {
    await d.end();
  }
});

test('names of any shape are shown as text', async () => {
  const d = await started();
  const b = await Browser.signedIn(d, 'texts');
  try {
    await d.ok('POST', '/api/v1/certificates', { dns_names: ['x.example.lan'], label: '<img src=x onerror=alert(1)>' });
    b.page.on('dialog', () => b.faults.push('a dialog opened'));
    await b.page.goto(`${d.origin}/#/certificates?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    await b.sees('Nothing matches');
    await b.inOrder('a search for markup');
  } finally {
    await b.end();
    await d.end();
  }
});
