import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { file, started, tool } from './lib/daemon.mjs';


// In order as it stands; where there is most to see, in dark and narrow too.
async function looked(b, name, everywhere = Boolean(process.env.PICTURES)) {
  for (const [colorScheme, width] of everywhere ? [['dark', 1280], ['light', 390], ['dark', 390], ['light', 1280]] : [['light', 1280]]) {
    await b.page.emulateMedia({ colorScheme });
    await b.page.setViewportSize({ width, height: 860 });
    await b.inOrder(`${name} ${colorScheme} ${width}`);
  }
}
function request(d, name, ...extra) {
  const csr = join(d.dir, `${name}.csr`);
  tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(d.dir, `${name}.key`), '-out', csr,
    '-subj', `/O=Theirs/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, ...extra.flatMap(e => ['-addext', e])]);
  return csr;
}

test('a request is opened, compared, edited and signed; another one is denied; what came of both is in its list', async () => {
  const d = await started();
  const b = await Browser.signedIn(d, 'operator');
  try {
    await b.page.getByRole('link', { name: 'Pending Requests' }).click();
    await b.sees('Nothing is waiting');
    await b.page.getByRole('link', { name: 'Sign a request' }).first().click();
    await b.button('Next').click();
    await b.sees('Paste the request, or open its file.');
    await b.field('Certificate request, PKCS #10').fill('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n');
    await b.button('Next').click();
    await b.page.locator('.fault').filter({ hasText: /not/ }).first().waitFor();
    await b.page.getByLabel('Open a file: Certificate request, PKCS #10').setInputFiles(request(d, 'printer.example.lan', 'basicConstraints=critical,CA:TRUE', 'keyUsage=keyCertSign'));
    await b.page.waitForFunction(() => document.querySelector('textarea')?.value.includes('BEGIN CERTIFICATE REQUEST') && !document.querySelector('textarea').value.includes('AAAA\n---'));
    await looked(b, 'sign-1-request');
    await b.button('Next').click();
    await b.page.getByLabel('DNS names and IP addresses', { exact: true }).fill('10.0.0.9 ');
    await b.page.getByLabel(/^Valid for, in days/).fill('90');
    await b.page.getByLabel(/^Friendly name/).fill('Printer');
    await looked(b, 'sign-2-terms');
    await b.button('Next').click();
    await b.sees('A request never makes an authority.');
    await b.sees('DNS Name=printer.example.lan, IP Address=10.0.0.9');
    await looked(b, 'sign-3-compare', true);
    await b.button('Sign').click();
    await b.sees('The certificate you requested was issued to you.');
    await looked(b, 'sign-4-issued');
    for (const [words, name] of [['Download certificate (PEM)', 'printer.example.lan.pem'], ['Download certificate (DER)', 'printer.example.lan.cer'],
      ['Download certificate chain (PEM)', 'printer.example.lan.chain.pem'], ['Download certificate chain (P7B)', 'printer.example.lan.p7b']]) {
      const download = b.page.waitForEvent('download');
      await b.button(words).click();
      assert.equal((await download).suggestedFilename(), name);
    }
    const [certificate] = (await d.ok('GET', '/api/v1/certificates?q=printer.example.lan')).items;
    assert.deepEqual([certificate.label, certificate.ip_addresses], ['Printer', ['10.0.0.9']]);

    const { token } = await d.ok('POST', '/api/v1/tokens', { name: 'asker', role: 'requester', expires_in_days: 1 });
    await d.ok('POST', '/api/v1/requests', { kind: 'sign', csr: readFileSync(request(d, 'wrong.example.lan'), 'utf8'), comment: 'please' }, { token });
    await b.page.getByRole('link', { name: 'Dashboard', exact: true }).click();
    await b.page.getByRole('link', { name: /^A certificate request is pending/ }).click();
    await b.page.getByRole('link', { name: 'wrong.example.lan' }).click();
    await b.sees('you must wait for an administrator');
    await b.page.getByLabel(/^Valid for, in days/).fill('30');
    await b.button('Show what will be signed').click();
    await b.sees('Of the subject only the common name is taken');
    await looked(b, 'decide');
    await b.button('Deny…').click();
    await b.page.getByRole('dialog').getByLabel('Reason').fill('There is no such host.');
    await b.inOrder('deny dialog');
    await b.page.getByRole('dialog').getByRole('button', { name: 'Deny', exact: true }).click();
    await b.sees('The disposition message is "There is no such host."');
    await b.page.getByRole('link', { name: 'Failed Requests' }).click();
    await b.page.getByRole('link', { name: 'wrong.example.lan' }).waitFor();
    await looked(b, 'failed');
  } finally {
    await b.end();
    await d.end();
  }
});

test('a request for another authority is made, sent, and completed with what came back', async () => {
  const d = await started();
  const b = await Browser.signedIn(d, 'operator');
  try {
    await b.page.getByRole('link', { name: 'Certificate Enrollment Requests' }).click();
    await b.sees('No requests for other authorities');
    await looked(b, 'external-0-none');
    await b.page.getByRole('link', { name: 'Create a request' }).first().click();
    await b.page.getByLabel('DNS names and IP addresses', { exact: true }).fill('www.example.com ');
    await b.page.getByLabel(/^Friendly name/).fill('Public face');
    await b.button('Next').click();
    await b.page.getByLabel(/^Organization(optional)?$/).fill('Example');
    await b.page.getByLabel(/^Country/).fill('D');
    await b.button('Next').click();
    await b.sees('A country is two letters');
    await b.page.getByLabel(/^Country/).fill('de');
    await looked(b, 'external-1-subject');
    await b.button('Next').click();
    await b.page.getByLabel('Key', { exact: true }).selectOption('ec-p256');
    await looked(b, 'external-2-key');
    await b.button('Next').click();
    await looked(b, 'external-3-review');
    await b.button('Create request').click();
    await b.sees('The private key stays here.');
    await b.page.getByRole('tab', { name: 'certreq .inf' }).click();
    await b.sees('KeyAlgorithm = ECDSA_P256');
    await looked(b, 'external-4-made');
    await b.page.getByRole('tab', { name: 'PKCS #10' }).click();
    const download = b.page.waitForEvent('download');
    await b.button('Save www.example.com.csr').click();
    const csr = join(d.dir, 'www.csr');
    await (await download).saveAs(csr);

    const run = (...args) => tool('openssl', args, { cwd: d.dir });
    assert.match(run('req', '-in', csr, '-verify', '-noout').stderr, /OK/);
    run('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'far.key', '-out', 'far.pem', '-subj', '/CN=Far away Root', '-days', '999', '-addext', 'keyUsage=critical,keyCertSign');
    file(d.dir, 'far.ext', 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n');
    run('x509', '-req', '-in', csr, '-CA', 'far.pem', '-CAkey', 'far.key', '-CAcreateserial', '-days', '90', '-copy_extensions', 'copy', '-extfile', 'far.ext', '-out', 'answer.pem');
    run('crl2pkcs7', '-nocrl', '-certfile', 'answer.pem', '-certfile', 'far.pem', '-outform', 'DER', '-out', 'answer.p7b');
    await b.page.getByLabel('Open a file: What the authority sent back').setInputFiles(join(d.dir, 'far.pem'));
    await b.button('Show what is in it').click();
    await b.sees('has the public key of this request');
    await b.page.getByLabel('Open a file: What the authority sent back').setInputFiles(join(d.dir, 'answer.p7b'));
    await b.page.waitForFunction(() => /answer\.p7b/.test(document.querySelector('.drop-file input')?.value ?? ''));
    await b.button('Show what is in it').click();
    await b.sees('It belongs to this request');
    await looked(b, 'external-5-preview', true);
    await b.button('Complete').click();
    await b.sees('The certificate was received and has its private key');
    await looked(b, 'external-6-completed');
    await b.page.getByRole('link', { name: 'Show certificate' }).click();
    await b.sees('You have a private key that corresponds to this certificate');
    const [made] = (await d.ok('GET', '/api/v1/certificates?q=www.example.com')).items;
    assert.deepEqual([made.label, made.has_private_key, made.issuer], ['Public face', true, 'CN=Far away Root']);
  } finally {
    await b.end();
    await d.end();
  }
});
