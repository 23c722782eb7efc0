// The Certificate Import Wizard in a browser, with files of the programs that people have.
import test from 'node:test';
import assert from 'node:assert/strict';
import { Browser } from './lib/browser.mjs';
import { file, started, tool } from './lib/daemon.mjs';
import { packers, password, pki } from './lib/shop.mjs';
import { zipOf } from './lib/zip.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });
const filesRead = (b, n) => b.page.waitForFunction(count => document.querySelectorAll('.import-file').length === count && !document.querySelector('.import-progress'), n);
const row = (b, text) => b.page.locator('.imported tr', { hasText: text });

// The focus is on the new title the moment that it stands there: later it would be taken from whoever types on.
async function stepByStep(b, button, title) {
  const focused = b.page.evaluate(words => new Promise(done => {
    new MutationObserver((changes, observer) => {
      const head = document.querySelector('.wizard-card h2');
      if (head.textContent !== words) return;
      observer.disconnect();
      done(document.activeElement === head);
    }).observe(document.querySelector('.wizard-card'), { subtree: true, childList: true, characterData: true });
  }), title);
  await b.button(button).press('Enter');
  return focused;
}

// What a browser hands over when files are let go above the page.
async function dropOn(b, dropped) {
  const transfer = await b.page.evaluateHandle(list => {
    const t = new DataTransfer();
    for (const [name, base64] of list)
      t.items.add(new File([Uint8Array.from(atob(base64), c => c.charCodeAt(0))], name));
    return t;
  }, Object.entries(dropped).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]));
  await b.page.dispatchEvent('.landing', 'drop', { dataTransfer: transfer });
}

test('files of all kinds are dropped, say truly why where they cannot be opened, open with their passwords, are looked at, imported and found', async () => {
  const made = { openssl: pki(d.dir, 'by-openssl.lan'), NSS: pki(d.dir, 'by-nss.lan'), keytool: pki(d.dir, 'by-keytool.lan'), certtool: pki(d.dir, 'by-certtool.lan') };
  for (const [program, p] of Object.entries(made))
    packers[program](p);
  const trio = pki(d.dir, 'trio.example.lan'), old = pki(d.dir, 'known.example.lan');
  await d.ok('POST', '/api/v1/certificates/import', { data: old.read('leaf.pem').toString() });
  tool('openssl', ['crl2pkcs7', '-nocrl', '-certfile', old.at('leaf.pem'), '-certfile', old.at('ca.pem'), '-outform', 'DER', '-out', old.at('all.p7b')]);
  const odd = made.openssl;
  tool('openssl', ['pkcs12', '-export', '-inkey', odd.at('leaf.key'), '-in', odd.at('leaf.pem'), '-iter', '2500000', '-keypbe', 'NONE', '-certpbe', 'NONE', '-out', odd.at('slow.pfx'), '-passout', 'pass:x']);
  tool('openssl', ['pkcs12', '-export', '-inkey', odd.at('leaf.key'), '-in', odd.at('leaf.pem'), '-legacy', '-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-128', '-out', odd.at('rc2.pfx'), '-passout', 'pass:x']);
  const b = await Browser.signedIn(d, 'walker');
  try {
    await b.page.goto(`${d.origin}/#/certificates`);
    await b.page.getByRole('link', { name: 'Import…' }).click();
    await b.sees('Specify the files you want to import');
    await b.inOrder('wizard, nothing chosen');
    await b.button('Next').click();
    await b.sees('Choose at least one file');
    await b.page.locator('input[type=file]').setInputFiles([odd.at('slow.pfx'), odd.at('rc2.pfx'), file(odd.dir, 'words.txt', 'not a certificate at all')]);
    await filesRead(b, 3);
    for (const why of ['2500000 iterations', 'RC2-128 of PKCS#12', 'This is no certificate'])
      await b.sees(why);
    await b.button('Next').click();
    await b.sees('None of these files holds a certificate');
    await b.inOrder('wizard, true errors');
    for (const name of ['slow.pfx', 'rc2.pfx', 'words.txt'])
      await b.button(`Remove ${name}`).click();
    await dropOn(b, { 'web.pfx': made.openssl.read('o.pfx'), 'cert.pem': trio.read('leaf.pem'), 'privkey.pem': trio.read('leaf.key'), 'chain.pem': trio.read('ca.pem'), 'all.p7b': old.read('all.p7b'),
      'backup.zip': zipOf({ 'nss/a.p12': made.NSS.read('o.pfx'), 'java/b.p12': made.keytool.read('o.pfx'), 'tls/c.p12': made.certtool.read('o.pfx'), 'note.txt': 'from the old server' }),
      'cut.pfx': made.openssl.read('o.pfx').subarray(0, 200), 'empty.pem': '' });
    await filesRead(b, 8);
    await b.sees('The file is empty');
    await b.sees('To maintain security, 3 files in it were protected');
    await b.inOrder('wizard, files');

    await b.field('Password of web.pfx').fill('not it');
    await b.button('Open').first().click();
    await b.sees('password is wrong');
    await b.field('Password of web.pfx').fill(password);
    await b.page.keyboard.press('Enter');
    await b.page.getByLabel('Password of web.pfx', { exact: true }).waitFor({ state: 'detached' });
    await b.field('Password of backup.zip').fill(password);
    await b.button('Open').click();
    await b.page.getByLabel('Password of backup.zip', { exact: true }).waitFor({ state: 'detached' });
    await b.sees('6 certificates, 3 private keys');
    await b.button('Remove empty.pem').click();
    await b.button('Next').click();

    await b.sees('Certificate stores are system areas where certificates are kept');
    assert.equal(await b.page.getByRole('radio', { name: /Automatically select/ }).isChecked(), true);
    await b.inOrder('wizard, store');
    await b.button('Next').click();
    await b.sees('Automatically determined by the wizard');
    const leaf = row(b, 'by-openssl.lan').filter({ hasText: 'issued by by-openssl.lan Root' });
    assert.match(await leaf.innerText(), /Personal/);
    assert.match(await leaf.innerText(), /with its private key/);
    assert.match(await row(b, 'trio.example.lan').filter({ hasText: 'issued by trio.example.lan Root' }).innerText(), /New[^]*with its private key/);
    assert.match(await row(b, 'trio.example.lan Root').filter({ hasText: 'issued by itself' }).innerText(), /Trusted Root Certification Authorities/);
    assert.match(await row(b, 'known.example.lan').filter({ hasText: 'Already there' }).innerText(), /known\.example\.lan, version 1/);
    await b.inOrder('wizard, review');
    const before = (await d.ok('GET', '/api/v1/status')).counters.total;
    await b.button('Finish').click();
    await b.sees('The import was successful');
    await b.inOrder('wizard, result');
    assert.equal((await d.ok('GET', '/api/v1/status')).counters.total, before + 11, 'five leaves and their roots, and the root of the one that was known');
    const [first] = (await d.ok('GET', '/api/v1/certificates?q=trio.example.lan&filter=store:personal')).items;
    assert.equal(first.has_private_key, true);
    await row(b, 'issued by by-nss.lan Root').getByRole('link').click();
    await b.sees('You have a private key that corresponds to this certificate');
  } finally {
    await b.end();
  }
});

test('by keyboard: pasted text, one store for all, a key that stays; and the whole of it undone', async () => {
  const p = pki(d.dir, 'pasted.example.lan');
  const b = await Browser.signedIn(d, 'typist', { colorScheme: 'dark', width: 390 });
  try {
    await b.page.goto(`${d.origin}/#/import?store=people`);
    await b.page.getByText('Or paste text').press('Enter');
    await b.field('Certificates and keys as PEM, or base64 of a file').fill(`${p.read('leaf.pem')}${p.read('leaf.key')}`);
    await b.button('Add').press('Enter');
    await filesRead(b, 1);
    await b.inOrder('wizard, pasted, dark, narrow');
    assert.equal(await stepByStep(b, 'Next', 'Certificate Store'), true, 'reading begins at the title of the step');
    await b.sees('Certificate stores are system areas');
    assert.equal(await b.field('Certificate store').last().inputValue(), 'people', 'the store one comes from is chosen');
    await b.page.getByLabel('Mark this key as exportable').press('Space');
    await b.inOrder('wizard, one store, dark, narrow');
    await b.button('Next').press('Enter');
    await b.page.locator('.facts', { hasText: 'Trusted People' }).waitFor();
    await b.inOrder('wizard, review, dark, narrow');
    await b.button('Finish').press('Enter');
    await b.sees('The import was successful');
    await b.inOrder('wizard, result, dark, narrow');
    const [made] = (await d.ok('GET', '/api/v1/certificates?q=pasted.example.lan&filter=store:people')).items;
    assert.equal(made.exportable, false);
    await b.button('Undo…').press('Enter');
    await b.sees('Undo this import?');
    await b.inOrder('wizard, undo, dark, narrow');
    await b.button(/^Delete 1/).press('Enter');
    await b.sees('The import was undone.');
    assert.equal((await d.call('GET', `/api/v1/certificates/${made.id}`)).status, 404);
    assert.equal((await d.ok('GET', '/api/v1/certificates?q=pasted.example.lan&filter=store:people')).items.length, 0);
  } finally {
    await b.end();
  }
});
