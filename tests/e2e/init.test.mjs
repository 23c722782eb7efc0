import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon, PASSWORD, run, tool, file } from './lib/daemon.mjs';

test('a headless first run makes a root, an issuing CA, an administrator and the server\'s own certificate', async () => {
  const d = await new Daemon().init();
  try {
    assert.match(d.token, /^sgn_/);
    assert.match(d.fingerprint_sha256, /^[0-9a-f]{64}$/);
    const shown = tool('openssl', ['x509', '-in', d.root_certificate, '-noout', '-fingerprint', '-sha256']).stdout;
    assert.equal(shown.trim().split('=')[1].replaceAll(':', '').toLowerCase(), d.fingerprint_sha256);
    for (const name of ['signet.db', 'keeper.ring']) assert.equal(statSync(join(d.data, name)).mode & 0o777, 0o600, name);
    assert.equal(statSync(d.data).mode & 0o777, 0o700);
  } finally { await d.end(); }
});

test('curl and openssl, who know only the root, trust the live server by name and by address', async () => {
  const d = await (await new Daemon().init()).start();
  try {
    for (const host of ['localhost', '127.0.0.1', 'ca.example.lan']) {
      const out = tool('curl', ['-sS', '--cacert', d.root_certificate, '--resolve', `${host}:${d.https}:127.0.0.1`, `https://${host}:${d.https}/healthz`]);
      assert.match(out.stdout, /ok/);
    }
    const out = tool('openssl', ['s_client', '-connect', `127.0.0.1:${d.https}`, '-servername', 'localhost', '-CAfile', d.root_certificate, '-verify_return_error', '-showcerts'], { input: '' });
    const pems = out.stdout.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g);
    assert.equal(pems.length, 2);
    tool('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', d.root_certificate, '-untrusted', file(d.dir, 'issuing.pem', pems[1]), file(d.dir, 'leaf.pem', pems[0])]);
  } finally { await d.end(); }
});

test('the answers are checked before anything is made', async () => {
  const d = await new Daemon().ports();
  try {
    for (const [wrong, says] of [
      [{ admin: { name: 'admin', password: 'short' } }, /\/admin\/password: .*12/],
      [{ authority: { name: 'X', years: 41 } }, /\/authority\/years/],
      [{ public_http_url: 'http://ca.lan:99999' }, /public_http_url/],
      [{ hostnames: ['bad name'] }, /hostnames/],
      [{ surprise: 1 }, /surprise/],
    ]) {
      const wish = { admin: { name: 'admin', password: PASSWORD }, hostnames: ['localhost'], ip_addresses: [], organization: 'X', authority: { name: 'X' }, ...wrong };
      const out = run(['init', ...d.listen, '--answers', '-'], { input: JSON.stringify(wish), status: null });
      assert.notEqual(out.status, 0);
      assert.match(out.stderr, says);
    }
  } finally { await d.end(); }
});

test('SIGUSR1 asks how the daemon is, and neither it nor SIGHUP ends it', async () => {
  const d = await (await new Daemon().init()).start();
  try {
    d.child.kill('SIGHUP');
    d.child.kill('SIGUSR1');
    for (let n = 0; n < 100 && !/state: keeper open/.test(d.log); n++) await sleep(50);
    assert.match(d.log, /state: keeper open, \d+ connections/);
    assert.equal((await d.call('GET', '/healthz')).status, 200);
  } finally { await d.end(); }
});

test('a second daemon on the same data directory says who has it', async () => {
  const d = await (await new Daemon().init()).start();
  const other = new Daemon({ dir: d.dir });
  try {
    await assert.rejects(other.start(), /in use|another/i);
  } finally { await d.end(); }
});

test('a busy port is one clear line', async () => {
  const d = await (await new Daemon().init()).start();
  const other = new Daemon();
  other.https = d.https;
  try {
    await assert.rejects(other.start(), new RegExp(`${d.https}`));
  } finally { await d.end(); await other.end(); }
});

test('init says no to a directory that is set up already', async () => {
  const d = await new Daemon().init();
  try {
    const before = readFileSync(d.root_certificate, 'utf8');
    const wish = { admin: { name: 'b', password: PASSWORD }, hostnames: ['localhost'], ip_addresses: [], authority: { name: 'B' } };
    const out = run(['init', ...d.listen, '--answers', '-'], { input: JSON.stringify(wish), status: null });
    assert.notEqual(out.status, 0);
    assert.match(out.stderr, /set up already/);
    assert.equal(readFileSync(d.root_certificate, 'utf8'), before);
  } finally { await d.end(); }
});
