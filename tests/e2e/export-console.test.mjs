// The export in a browser: where it goes is asked, the file is made for that place.
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { started, tool } from './lib/daemon.mjs';

const password = 'long enough 42';
let d, made;
test.before(async () => {
  d = await started();
  made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['goes.example.lan'] });
});
test.after(async () => { await d.end(); });

async function exporting(name, options) {
  const b = await Browser.signedIn(d, name, options);

  await b.page.goto(`${d.origin}/#/certificates/${made.id}`);
  await b.button('Export…').click();
  await b.sees('Where does it go?');
  return b;
}

const place = (b, name) => b.page.getByRole('radio', { name });

async function downloaded(b, as) {
  await b.field('Certificate password').fill(password);
  await b.field('Certificate password, again').fill(password);
  const [file] = await Promise.all([b.page.waitForEvent('download'), b.button('Download').click()]);
  const path = join(d.dir, as);
  await file.saveAs(path);
  await b.sees('opened again and checked');
  return tool('openssl', ['pkcs12', '-in', path, '-passin', `pass:${password}`, '-noout', '-info']).stderr;
}

test('Windows Server 2016 is chosen, its trap is told, and the file has what it reads', async () => {
  const b = await exporting('light');
  try {
    assert.equal(await place(b, /^Windows Server 2019 and later/).isChecked(), true);
    await b.sees('Windows Server 2016 says of such a file that the password is wrong');
    await b.inOrder('export, where it goes');
    await place(b, /^Windows Server 2012 R2 to 2016/).check();
    await b.sees('Opened by: Windows Server 2012 R2, 2016 and all later');
    assert.match(await downloaded(b, 'chosen.pfx'), /Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048/);
    await b.sees('Opened by: Windows Server 2012 R2');
    await b.inOrder('export, done');
  } finally {
    await b.end();
  }
});

test('dark, narrow, by keyboard; whoever knows better takes the profile under Advanced', async () => {
  const b = await exporting('dark', { colorScheme: 'dark', width: 390 });
  try {
    await place(b, /^Windows Server 2019 and later/).focus();
    await b.page.keyboard.press('ArrowDown');
    assert.equal(await place(b, /^Windows Server 2012 R2 to 2016/).isChecked(), true);
    await b.page.getByText('Advanced', { exact: true }).press('Enter');
    await b.inOrder('export, advanced, dark, narrow');
    await b.field('PKCS #12 profile').selectOption('strict');
    assert.match(await downloaded(b, 'strict.pfx'), /Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 250000/);
  } finally {
    await b.end();
  }
});
