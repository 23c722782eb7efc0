// Trust in earnest: what the trust page offers is installed as it says there, and real programs then accept this server. The machine's
// own stores are never touched: a mount namespace of its own, or a home that is thrown away.
import test from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { file, started, tool } from './lib/daemon.mjs';
import { look } from './lib/firefox.mjs';

let d, kit, root;
test.before(async () => {
  d = await started();
  kit = join(d.dir, 'kit');
  mkdirSync(kit);
  const zip = await fetched('signet-trust.zip');
  tool('unzip', ['-q', file(d.dir, 'kit.zip', zip.bytes), '-d', kit]);
  root = { sha1: tool('openssl', ['x509', '-in', d.root_certificate, '-noout', '-fingerprint', '-sha1']).stdout.split('=')[1].trim().replaceAll(':', ''),
    der: tool('openssl', ['x509', '-in', d.root_certificate, '-outform', 'DER', '-out', join(d.dir, 'root.der')]) && readFileSync(join(d.dir, 'root.der')) };
});
test.after(async () => { await d.end(); });

const fetched = name => d.call('GET', `/trust/${name}`, undefined, { plain: true, port: d.http, token: null });
const inKit = name => readFileSync(join(kit, name));
const site = () => d.origin;

const namespace = [...(process.getuid() === 0 ? [] : ['-r']), '-m', '--propagation', 'private'];
const cannot = () => spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status !== 0 &&
  'no mount namespace may be made here, and the machine\'s own trust is not touched';

// A mount namespace whose folders of trust are copies in memory; the script says what happens inside.
function apart(script) {
  const whole = `set -e
    mount -t tmpfs none /mnt
    for at in /etc/ssl /usr/local/share /etc/ca-certificates; do
      mkdir -p "/mnt$at" "$at"; cp -a "$at/." "/mnt$at/" || true; mount --bind "/mnt$at" "$at"
    done
    ${script}`;
  const out = spawnSync('unshare', [...namespace, 'sh', '-c', whole], { encoding: 'utf8', timeout: 120_000, env: { ...process.env, HOME: d.dir } });
  assert.equal(out.status, 0, `${out.stdout}${out.stderr}${out.error ?? ''}`);
  return out.stdout;
}

test('the page names every kind of machine, with the values of this installation, and is fit to be read', async () => {
  const { bytes, headers } = await d.call('GET', '/trust', undefined, { plain: true, port: d.http, token: null });
  const page = bytes.toString();
  for (const name of ['Windows, one machine', 'PFX', 'group policy', 'Firefox', 'Chrome, Edge', 'Debian', 'Fedora', 'macOS', 'iPhone', 'Android', 'Java', 'NSS', 'Python, Node.js'])
    assert.ok(page.includes(name), name);
  assert.equal(page.match(/<h3>Install</g).length, page.match(/<h3>Remove</g).length);
  assert.ok(page.includes(`http://127.0.0.1:${d.http}/trust/root.cer`));
  assert.ok(page.includes(`Cert:\\LocalMachine\\Root\\${root.sha1}`));
  assert.ok(page.includes(d.fingerprint_sha256.toUpperCase().match(/../g).join(':')));
  assert.doesNotMatch(page, /<script|\{url\}|\{file\}|\{sha/);
  assert.match(headers['content-security-policy'], /default-src 'none'/);
  const overTls = await d.call('GET', '/trust/root.cer', undefined, { token: null });
  assert.deepEqual(overTls.bytes, root.der);
});

for (const colorScheme of ['light', 'dark'])
  test(`the page is in order in ${colorScheme}, on a desk and on a telephone`, async () => {
    for (const width of [1280, 380]) {
      const home = join(d.dir, `home-${colorScheme}-${width}`);
      const b = await Browser.start({ home, colorScheme, width });
      try {
        await b.open(`http://127.0.0.1:${d.http}/trust`, 'h1');
        await b.inOrder(`trust page, ${colorScheme}, ${width} wide`);
      } finally {
        await b.end();
      }
    }
  });

test('every file of the kit holds this root in the form that its reader wants', async () => {
  const { files, roots, targets } = (await fetched('trust.json')).body;
  assert.equal(roots[0].thumbprint_sha256, d.fingerprint_sha256);
  assert.ok(targets.length >= 13);
  for (const { name, path } of files)
    assert.deepEqual(inKit(name), (await d.call('GET', path, undefined, { plain: true, port: d.http, token: null })).bytes, name);
  assert.equal(JSON.parse(inKit('chrome-policy.json')).CACertificates[0], root.der.toString('base64'));
  const { Certificates } = JSON.parse(inKit('policies.json')).policies;
  assert.equal(Certificates.ImportEnterpriseRoots, true);
  assert.ok(Certificates.Install.some(path => /^\/usr\/local\/share\/ca-certificates\/[a-z0-9-]+\.crt$/.test(path)));
  assert.match(tool('openssl', ['pkcs7', '-inform', 'DER', '-in', join(kit, 'root.p7b'), '-print_certs']).stdout, /BEGIN CERTIFICATE/);
});

test('the registry file carries the blob that Windows keeps: its hash, then the certificate', () => {
  const text = inKit('root.reg').toString('utf16le');
  assert.match(text, /^\ufeffWindows Registry Editor Version 5\.00\r\n/);
  assert.ok(text.includes(`[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT\\Certificates\\${root.sha1}]`));
  const blob = Buffer.from(/"Blob"=hex:([^]*?)\r\n\r\n/.exec(text)[1].replace(/[^0-9a-f]/g, ''), 'hex');
  const found = {};
  for (let at = 0; at < blob.length;) {
    const [id, one, len] = [blob.readUInt32LE(at), blob.readUInt32LE(at + 4), blob.readUInt32LE(at + 8)];
    assert.equal(one, 1);
    found[id] = blob.subarray(at + 12, at + 12 + len);
    at += 12 + len;
    assert.ok(at <= blob.length);
  }
  assert.equal(found[3].toString('hex').toUpperCase(), root.sha1);
  assert.deepEqual(found[32], root.der);
});

test('the profile for Apple\'s systems is a property list with the root in it', () => {
  const text = inKit('signet.mobileconfig').toString();
  tool('xmllint', ['--noout', '--nonet', join(kit, 'signet.mobileconfig')]);
  assert.equal(Buffer.from(/<key>PayloadContent<\/key><data>([^<]*)</.exec(text)[1], 'base64').compare(root.der), 0);
  assert.match(text, /<string>com\.apple\.security\.root<\/string>/);
  assert.equal(new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g)).size, 2);
});

test('the scripts are sound in the eyes of the shell, and the one for Windows balances', () => {
  for (const shell of ['dash', 'bash'])
    tool(shell, ['-n', join(kit, 'install-ca.sh')]);
  const text = inKit('install-ca.ps1').toString();
  for (const [open, close] of ['{}', '()'].map(pair => pair.split('')))
    assert.equal(text.split(open).length, text.split(close).length);
  assert.match(text, /^#Requires -RunAsAdministrator\r\n/);
  assert.equal(/Certificate = '([^']*)'/.exec(text)[1], root.der.toString('base64'));
  assert.equal(/Thumbprint = '([^']*)'/.exec(text)[1], root.sha1);
});

test('Debian: install-ca.sh, then curl accepts this server; removed, it does not', { skip: cannot() }, () => {
  const said = apart(`
    ! curl -fsS -o /dev/null ${site()}/healthz 2>/dev/null
    ! sh ${kit}/install-ca.sh verify
    sh ${kit}/install-ca.sh
    sh ${kit}/install-ca.sh install
    sh ${kit}/install-ca.sh verify
    curl -fsS -o /dev/null ${site()}/healthz && echo accepted
    sh ${kit}/install-ca.sh remove
    ! curl -fsS -o /dev/null ${site()}/healthz 2>/dev/null && echo refused`);
  assert.match(said, /: not trusted\n[^]*: trusted\n[^]*accepted\nremoved\nrefused\n$/);
});

test('Debian, by hand: the lines of the page itself', { skip: cannot() }, async () => {
  const { targets } = (await fetched('trust.json')).body;
  const lines = verb => targets.find(t => t.slug === 'debian')[verb];
  const said = apart(`
    cd ${d.dir}
    sudo() { "$@"; }
    ${lines('install')}
    ${lines('verify')}
    curl -fsS -o /dev/null ${site()}/healthz && echo accepted
    ${lines('remove')}
    ! curl -fsS -o /dev/null ${site()}/healthz 2>/dev/null && echo refused`);
  assert.match(said, /accepted\n[^]*refused\n$/);
});

test('NSS, by the lines of the page: Chromium comes in without a warning, and is warned without them', async () => {
  const { targets } = (await fetched('trust.json')).body;
  const home = join(d.dir, 'home-nss');
  mkdirSync(join(home, '.pki/nssdb'), { recursive: true });
  const at = async expected => {
    const b = await Browser.start({ home });
    try {
      const refused = await b.page.goto(`${site()}/`).then(() => false, e => /ERR_CERT_AUTHORITY_INVALID/.test(e.message));
      assert.equal(refused, expected);
    } finally {
      await b.end();
    }
  };
  const { install, verify, remove } = targets.find(t => t.slug === 'nss');
  const sh = script => tool('bash', ['-ec', `export HOME=${home}; cd ${home}; ${install.split('\n')[0]}; ${script}`]);
  await at(true);
  sh(`${install}\n${verify}`);
  await at(false);
  sh(remove);
  await at(true);
});

// The policy names the file that the steps for Debian leave behind. These alone change nothing for Firefox; with the policy, as the page says, they do.
test('Firefox ESR, by the lines of the page: with the policy it shows the console, without it it refuses the certificate', { skip: cannot() }, async () => {
  const { targets } = (await fetched('trust.json')).body, install = slug => targets.find(t => t.slug === slug).install;
  const steps = more => `set -e
    mount -t tmpfs none /mnt
    for at in /etc /usr/local/share; do mkdir -p "/mnt$at"; cp -a "$at/." "/mnt$at/"; mount --bind "/mnt$at" "$at"; done
    cd ${d.dir}
    sudo() { "$@"; }
    { ${install('debian')}
    ${more}
    } >/dev/null
    exec "$0" "$@"`;
  const after = more => (program, args) => ['unshare', [...namespace, 'sh', '-c', steps(more), program, ...args]];
  const home = name => {
    const dir = join(d.dir, name);
    mkdirSync(dir, { mode: 0o700 });
    return dir;
  };
  assert.deepEqual(await look(`${site()}/`, { home: home('firefox-alone'), around: after('') }), { refused: 'insecure certificate' });
  assert.match((await look(`${site()}/`, { home: home('firefox-policy'), around: after(install('firefox')) })).title, /Signet/);
});

test('Java: truststore.p12 holds the root as trusted, and with it Java\'s own HTTPS accepts this server', () => {
  const store = join(kit, 'truststore.p12');
  const listed = tool('keytool', ['-J-XX:-UsePerfData', '-list', '-v', '-keystore', store, '-storepass', 'changeit']).stdout;
  assert.match(listed, /trustedCertEntry/);
  assert.ok(listed.replaceAll(':', '').includes(d.fingerprint_sha256.toUpperCase()));
  tool('openssl', ['pkcs12', '-in', store, '-passin', 'pass:changeit', '-nokeys']);
  const trusting = ['-J-Djavax.net.ssl.trustStore=' + store, '-J-Djavax.net.ssl.trustStorePassword=changeit'];
  assert.match(tool('keytool', ['-J-XX:-UsePerfData', '-printcert', '-sslserver', `localhost:${d.https}`, ...trusting]).stdout, /Owner: CN=localhost/);
  // -printcert asks nobody whether it may trust; -printcrl fetches by Java's own HTTPS, which does.
  const fetch = options => tool('keytool', ['-J-XX:-UsePerfData', '-printcrl', '-file', `${site()}/trust/root.p7b`, ...options], { status: null });
  assert.match(fetch([]).stdout, /PKIX path building failed/);
  assert.equal(fetch(trusting).status, 0, fetch(trusting).stdout);
});

test('a second root, side by side with the first: every form holds both', async () => {
  await d.ok('POST', '/api/v1/authorities', { name: "Côté 'Next' Root" });
  for (let turn = 0; turn < 50 && (await fetched('trust.json')).body.roots.length < 2; turn++)
    await new Promise(done => setTimeout(done, 100));
  const { roots } = (await fetched('trust.json')).body;
  assert.deepEqual(roots.map(r => r.name).includes("Côté 'Next' Root"), true);
  const script = file(d.dir, 'two.sh', (await fetched('install-ca.sh')).bytes);
  tool('dash', ['-n', script]);
  const store = file(d.dir, 'two.p12', (await fetched('truststore.p12')).bytes);
  const listed = tool('keytool', ['-J-XX:-UsePerfData', '-list', '-v', '-keystore', store, '-storepass', 'changeit']).stdout.replaceAll(':', '');
  for (const { thumbprint_sha1: sha1, pem } of roots) {
    assert.ok(listed.includes(sha1.toUpperCase()));
    assert.ok(readFileSync(script, 'utf8').includes(pem));
    assert.ok((await fetched('root.reg')).bytes.toString('utf16le').includes(sha1.toUpperCase()));
  }
  assert.equal(JSON.parse((await fetched('chrome-policy.json')).bytes).CACertificates.length, 2);
  assert.match((await fetched('signet.mobileconfig')).bytes.toString(), /Côté 'Next' Root/);
  tool('unzip', ['-tq', file(d.dir, 'two.zip', (await fetched('signet-trust.zip')).bytes)]);
});
