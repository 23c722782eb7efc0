// The toolbox and the palette in a browser: a file dropped in, a result read, a download taken, a certificate found by the keyboard.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { PASSWORD, file, started, tool } from './lib/daemon.mjs';


// Certificate, chain and key, as PEM and as PFX of openssl.
async function files(d) {
  const key = join(d.dir, 'tool.key'), pfx = join(d.dir, 'tool.pfx');
  const csr = tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-subj', '/CN=tool.example.lan', '-addext', 'subjectAltName=DNS:tool.example.lan']).stdout;
  const made = await d.ok('POST', '/api/v1/certificates', { csr });
  const pem = file(d.dir, 'tool.pem', made.pem);
  tool('openssl', ['pkcs12', '-export', '-in', pem, '-inkey', key, '-out', pfx, '-passout', `pass:${PASSWORD}`]);
  return { made, key, pem, pfx };
}

async function decodes(b, d, f) {
  await b.page.keyboard.press('g');
  await b.page.keyboard.press('x');
  await b.sees('nothing is kept');
  await b.page.getByLabel('Open a file: Certificate, request, CRL, key, PKCS #7 or PFX').setInputFiles(f.pfx);
  await b.page.waitForFunction(() => /^tool\.pfx, [\d,.]+ bytes$/.test(document.querySelector('.drop-file input')?.value));
  await b.button('Decode').click();
  await b.sees('It cannot be read');
  await b.field('Password, if it has one').fill(PASSWORD);
  await b.button('Decode').click();
  await b.sees('Belongs to');
  await b.inOrder('decoded PFX');
}

async function matches(b, d, f) {
  await b.page.getByRole('tab', { name: 'Match' }).click();
  const certificate = b.page.getByLabel('Certificate', { exact: true }), other = b.page.getByLabel('Private key or request', { exact: true });
  await certificate.fill(f.made.pem);
  await other.fill(readFileSync(f.key, 'utf8'));
  await b.button('Compare').click();
  await b.sees('They belong together');
  await certificate.fill(d.ca);
  await b.button('Compare').click();
  await b.sees('They do not belong together');
  await b.inOrder('keys compared');
}

// A drop as the page hears of it.
async function drops(b, path, name) {
  const data = await b.page.evaluateHandle(([text, called]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], called));
    return transfer;
  }, [readFileSync(path, 'utf8'), name]);
  await b.page.locator('.drop').dispatchEvent('drop', { dataTransfer: data });
}

async function converts(b, d, f) {
  await b.page.getByRole('tab', { name: 'Convert' }).click();
  await drops(b, f.pem, 'tool.pem');
  await b.page.waitForFunction(() => document.querySelector('.drop textarea').value.includes('BEGIN CERTIFICATE'));
  await b.page.getByLabel('Open a file: What there is').setInputFiles(f.key);
  await b.page.waitForFunction(() => document.querySelector('.drop textarea').value.includes('BEGIN PRIVATE KEY'));
  await b.page.getByRole('radio', { name: /^PFX/ }).check();
  await b.field('New password').fill('abc');
  await b.field('New password, again').fill('abc');
  await b.button('Convert').click();
  await b.page.locator('.field.faulty').waitFor();
  await b.field('New password').fill(PASSWORD);
  await b.field('New password, again').fill(PASSWORD);
  const download = b.page.waitForEvent('download');
  await b.button('Convert').click();
  const pfx = join(d.dir, 'made.pfx');
  await (await download).saveAs(pfx);
  assert.match(tool('openssl', ['pkcs12', '-in', pfx, '-passin', `pass:${PASSWORD}`, '-nodes']).stdout, /BEGIN PRIVATE KEY/);
  await b.sees('Nothing of it was kept here');
  await b.inOrder('converted');
  await b.page.getByRole('radio', { name: /^Windows Server 2012 R2/ }).check();
  await b.inOrder('converted for a place');
  const other = b.page.waitForEvent('download');
  await b.button('Convert').click();
  await (await other).saveAs(pfx);
  assert.match(tool('openssl', ['pkcs12', '-in', pfx, '-passin', `pass:${PASSWORD}`, '-info', '-noout']).stderr, /MAC: sha1/);
  await b.picture('convert');
}

async function explains(b, f) {
  await b.page.getByRole('tab', { name: 'Explain' }).click();
  await b.page.getByLabel('What the browser or program says', { exact: true }).fill('curl: (60) SSL: no alternative certificate subject name matches target host name');
  await b.button('Explain').click();
  await b.sees('The certificate is not for the name or address in the address bar');
  await b.page.getByLabel('The chain that the server shows, if you have it', { exact: true }).fill(f.made.pem);
  await b.page.getByLabel('Name or address that was opened').fill('tool.example.lan');
  await b.button('Explain').click();
  await b.sees('The chain is good');
  await b.sees('does not show it');
  await b.inOrder('an error explained');
}

async function looksAtAServer(b, d, name) {
  await b.page.getByLabel('What the browser or program says', { exact: true }).fill('');
  await b.page.getByLabel('The chain that the server shows, if you have it', { exact: true }).fill('');
  await b.page.getByLabel('Name or address that was opened').fill('www.else.lan');
  await b.page.getByLabel('Server to look at').fill('169.254.169.254');
  await b.button('Explain').click();
  await b.page.locator('.field.faulty').filter({ hasText: 'link-local' }).waitFor();
  await b.page.getByLabel('Server to look at').fill(`localhost:${d.https}`);
  await b.button('Explain').click();
  await b.sees('Answered at 127.0.0.1');
  await b.sees('The certificate is not for the name or address in the address bar');
  await b.inOrder('a server looked at');
  await b.picture(`explain-${name}`);
}

async function goesByPalette(b, f) {
  const typed = b.page.getByRole('combobox', { name: /Screen, or name/ });
  await b.page.keyboard.press('Control+k');
  await typed.fill('conf');
  await b.page.getByRole('option', { name: /Configuration Server/ }).waitFor();
  await b.inOrder('palette');
  await b.page.keyboard.press('Enter');
  await b.page.getByRole('heading', { level: 1, name: 'Configuration Server' }).waitFor();
  for (const words of ['tool.exam', f.made.thumbprint_sha1.slice(0, 10).toUpperCase()]) {
    await b.page.keyboard.press('Control+k');
    await typed.fill(words);
    await b.page.getByRole('option', { name: /tool\.example\.lan/ }).waitFor();
    await b.page.keyboard.press('Enter');
    await b.sees('This certificate is intended for the following purpose');
    assert.ok(b.page.url().includes(f.made.id));
    await b.page.goto(`${b.page.url().split('#')[0]}#/`);
  }
  await b.page.keyboard.press('Control+k');
  await typed.fill('nothing is called like this');
  await b.sees('Nothing is called so');
  await b.page.keyboard.press('Escape');
  await typed.waitFor({ state: 'detached' });
}

test('each tool and the palette, by a file, a drop and the keyboard', async () => {
  const d = await started();
  const f = await files(d);
  await d.ok('PATCH', '/api/v1/settings', { 'tools.loopback': true });
  try {
    for (const colorScheme of ['light', 'dark']) {
      const b = await Browser.signedIn(d, `home-${colorScheme}`, { colorScheme });
      try {
        if (colorScheme === 'light') {
          await decodes(b, d, f);
          await matches(b, d, f);
          await converts(b, d, f);
          await goesByPalette(b, f);
        }
        await b.page.goto(`${d.origin}/#/toolbox`);
        await explains(b, f);
        await looksAtAServer(b, d, colorScheme);
      } finally {
        await b.end();
      }
    }
  } finally {
    await d.end();
  }
});
