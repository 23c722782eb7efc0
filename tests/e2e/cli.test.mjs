import test from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD, file, run, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const remote = () => ({ env: { SIGNET_URL: d.origin, SIGNET_CA: d.root_certificate, SIGNET_TOKEN: d.token, HOME: d.dir, XDG_CONFIG_HOME: join(d.dir, 'config') } });
const json = (args, options = remote()) => JSON.parse(run([...args, '--json'], options).stdout);

test('issue, list, show, renew and export by the command line', () => {
  const made = json(['cert', 'issue', '--dns', 'cli.example.lan', '--ip', '10.1.2.3']);
  assert.deepEqual(made.dns_names, ['cli.example.lan']);
  assert.ok(json(['cert', 'list', '--search', 'cli.example']).some(c => c.id === made.id));
  assert.equal(json(['cert', 'show', made.id]).serial, made.serial);
  assert.equal(json(['cert', 'renew', made.id]).version, 2);
  const pfx = join(d.dir, 'cli.pfx');
  run(['cert', 'export', made.id, '--format', 'pfx', '--password-file', '-', '--out', pfx], { ...remote(), input: 'from stdin 1\n' });
  assert.match(tool('openssl', ['pkcs12', '-in', pfx, '-passin', 'pass:from stdin 1', '-nodes']).stdout, /BEGIN PRIVATE KEY/);
  const old = join(d.dir, 'old.pfx');
  assert.equal(json(['cert', 'targets']).find(t => t.slug === 'windows-2016').pkcs12_profile, 'legacy');
  assert.match(run(['cert', 'targets'], remote()).stdout, /windows-2016 .*Windows Server 2012 R2 to 2016 .*legacy/);
  run(['cert', 'export', made.id, '--for', 'windows-2016', '--password-file', '-', '--out', old], { ...remote(), input: 'from stdin 1\n' });
  assert.match(tool('openssl', ['pkcs12', '-in', old, '-passin', 'pass:from stdin 1', '-noout', '-info']).stderr, /Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC/);
  assert.match(run(['cert', 'list'], remote()).stdout, /ISSUED TO .*\n.*cli\.example\.lan/);
});

test('on the host itself the local socket is enough', () => {
  assert.equal(json(['status', '--data', d.data], {}).set_up, true);
  assert.equal(json(['server', 'show', '--data', d.data], {}).state, 'kept');
  assert.equal(json(['ca', 'list', '--data', d.data], {}).length, 2);
});

test('select, confirm and roll back the server\'s certificate', () => {
  const made = json(['cert', 'issue', '--dns', 'localhost', '--dns', 'ca.example.lan', '--ip', '127.0.0.1']);
  const before = json(['server', 'show']).serving.thumbprint_sha256;
  assert.equal(json(['server', 'select', made.id, '--confirm-within', '60']).state, 'pending');
  assert.equal(json(['server', 'confirm']).serving.thumbprint_sha256, made.thumbprint_sha256);
  assert.equal(json(['server', 'rollback']).serving.thumbprint_sha256, before);
});

test('login by fingerprint learns the root, and refuses another server\'s', () => {
  const env = { HOME: d.dir, XDG_CONFIG_HOME: join(d.dir, 'learned') };
  const password = file(d.dir, 'password', `${PASSWORD}\n`);
  const url = d.origin;
  assert.equal(run(['login', '--url', url, '--fingerprint', '0'.repeat(64), '--name', 'admin', '--password-file', password], { env, status: 4 }).status, 4);
  run(['login', '--url', url, '--fingerprint', d.fingerprint_sha256.toUpperCase().match(/../g).join(':'), '--name', 'admin', '--password-file', password], { env });
  assert.ok(existsSync(join(d.dir, 'learned/signet/config')));
  assert.equal(json(['status'], { env }).set_up, true);
  run(['login', '--url', `${url}/`, '--ca', d.root_certificate, '--name', 'admin', '--password-file', password], { env });
  assert.equal(json(['status'], { env }).set_up, true);
});

test('a token goes to a server that is trusted, by TLS, or not at all', () => {
  const plain = run(['status'], { env: { ...remote().env, SIGNET_URL: `http://localhost:${d.http}` }, status: null });
  assert.equal(plain.status, 1);
  assert.match(plain.stderr, /no https/);
  const unknown = run(['status'], { env: { ...remote().env, SIGNET_CA: '/etc/ssl/certs/ca-certificates.crt' }, status: null });
  assert.notEqual(unknown.status, 0);
  assert.equal(unknown.stdout, '');
});

test('a token for automation, and a password given anew on the host', () => {
  const token = run(['token', 'create', '--name', 'ci', '--role', 'operator', '--days', '1'], remote()).stdout.trim();
  assert.match(token, /^sgn_/);
  run(['admin', 'reset-password', 'admin', '--data', d.data, '--password-file', '-'], { input: 'another long passphrase\n' });
});

test('what cannot be done ends with the code that says why', () => {
  assert.equal(run(['cert', 'show', '00000000-0000-7000-8000-000000000000'], { ...remote(), status: null }).status, 3);
  assert.equal(run(['cert', 'issue'], { ...remote(), status: null }).status, 2);
  assert.equal(run(['cert', 'isue'], { ...remote(), status: null }).status, 2);
  assert.match(run(['cert', 'isue'], { ...remote(), status: null }).stderr, /did you mean "cert issue"/);
  assert.equal(run(['cert', 'list'], { env: { ...remote().env, SIGNET_TOKEN: 'sgn_no' }, status: null }).status, 4);
  assert.equal(run(['server', 'confirm'], { ...remote(), status: null }).status, 5);
  assert.equal(run(['status', '--data', '/nonexistent'], { status: null }).status, 6);
  assert.match(run(['cert', 'issue', '--help']).stdout, /^Examples:/);
  assert.match(run(['--help']).stdout, /server confirm/);
  assert.match(run(['cert', '--help']).stdout, /cert issue .*\n(.*\n)*.*cert renew ID/);
  assert.match(run(['server'], { status: null }).stderr, /server rollback/);
  const word = run(['cert', 'show', 'a', 'b'], { ...remote(), status: null });
  assert.equal(word.status, 2);
  assert.match(word.stderr, /"b" is one word too many/);
});
