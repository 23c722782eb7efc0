import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { file, started, tool } from './lib/daemon.mjs';

const password = 'Kopfnuss 7!';
let d, made;
test.before(async () => {
  d = await started();
  made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['pfx.example.lan'], ip_addresses: ['10.0.0.9'] });
});
test.after(async () => { await d.end(); });

const exported = (body, options) => d.call('POST', `/api/v1/certificates/${made.id}/export`, body, options);

// The four programs that must open it. OpenSSL 3 keeps 3DES of the legacy profile in its legacy provider's reach.
const readers = {
  openssl: pfx => tool('openssl', ['pkcs12', '-in', pfx, '-passin', `pass:${password}`, '-nodes', '-info']),
  certtool: pfx => tool('certtool', ['--p12-info', '--inder', '--infile', pfx, '--password', password]),
  pk12util: pfx => {
    const db = join(d.dir, `nss-${Math.random()}`);
    mkdirSync(db);
    tool('certutil', ['-N', '-d', `sql:${db}`, '--empty-password']);
    tool('pk12util', ['-i', pfx, '-d', `sql:${db}`, '-W', password]);
    return tool('certutil', ['-L', '-d', `sql:${db}`]);
  },
  keytool: pfx => tool('keytool', ['-J-XX:-UsePerfData', '-list', '-v', '-storetype', 'PKCS12', '-keystore', pfx, '-storepass', password]),
};

for (const [profile, iterations] of [['windows', 100000], ['legacy', 2048], ['strict', 250000]])
  for (const [program, open] of Object.entries(readers))
    test(`a PFX of the profile ${profile} is opened by ${program}`, async () => {
      const answer = await exported({ format: 'pkcs12', pkcs12_profile: profile, password });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.headers['content-type'], 'application/x-pkcs12');
      assert.match(answer.headers['content-disposition'], /attachment; filename="pfx\.example\.lan\.pfx"/);
      const out = open(file(d.dir, `${profile}.pfx`, answer.bytes));
      assert.match(out.stdout + out.stderr, /pfx\.example\.lan/);
      if (program === 'openssl') {
        assert.match(out.stderr, new RegExp(`Iteration ${iterations}`));
        assert.match(out.stdout, /BEGIN PRIVATE KEY/);
        assert.match(out.stdout, /friendlyName: pfx\.example\.lan/);
        assert.equal(out.stdout.match(/BEGIN CERTIFICATE/g).length, 2);
      }
      if (program === 'keytool') assert.match(out.stdout, /PrivateKeyEntry/);
    });

const places = {
  'windows-2019': ['windows', ['openssl', 'certtool']], 'windows-2016': ['legacy', ['openssl', 'pk12util']],
  java: ['windows', ['openssl', 'keytool']], 'java-8': ['legacy', ['openssl', 'keytool']],
  macos: ['legacy', ['openssl']], linux: ['windows', ['openssl', 'certtool', 'pk12util']], appliance: ['legacy', ['openssl']],
};
const inside = {
  windows: [/^MAC: sha256, Iteration 100000$/m, /^PKCS7 Encrypted data: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256$/m, /^Shrouded Keybag: PBES2, PBKDF2, AES-256-CBC, Iteration 100000, PRF hmacWithSHA256$/m],
  legacy: [/^MAC: sha1, Iteration 2048$/m, /^PKCS7 Encrypted data: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048$/m, /^Shrouded Keybag: pbeWithSHA1And3-KeyTripleDES-CBC, Iteration 2048$/m],
};

test('the places a PFX may go to are listed, each with its profile, its readers and its trap', async () => {
  const { items } = await d.ok('GET', '/api/v1/export-targets');
  assert.deepEqual(Object.fromEntries(items.map(t => [t.slug, t.pkcs12_profile])), Object.fromEntries(Object.entries(places).map(([slug, [profile]]) => [slug, profile])));
  for (const t of items)
    assert.ok(t.label && t.note && t.readers.length > 0, t.slug);
  assert.equal((await d.call('GET', '/api/v1/export-targets', undefined, { token: null })).status, 401);
});

for (const [target, [profile, programs]] of Object.entries(places))
  test(`a PFX for ${target} holds what is read there, and is opened by ${programs.join(', ')}`, async () => {
    const answer = await exported({ format: 'pkcs12', target, password });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const pfx = file(d.dir, `${target}.pfx`, answer.bytes);
    for (const program of programs) {
      const out = readers[program](pfx);
      assert.match(out.stdout + out.stderr, /pfx\.example\.lan/);
      for (const line of program === 'openssl' ? inside[profile] : [])
        assert.match(out.stderr, line);
    }
  });

test('a place that does not exist, two answers to one question, and a place for what is no PFX are refused', async () => {
  for (const [body, says] of [[{ format: 'pkcs12', target: 'windows-95' }, /export-targets/], [{ format: 'pkcs12', target: '' }, /target/],
    [{ format: 'pkcs12', target: 'macos', pkcs12_profile: 'legacy' }, /one of the two/], [{ format: 'pem', target: 'linux' }, /pkcs12/]]) {
    const answer = await exported({ ...body, password });
    assert.equal(answer.status, 422, JSON.stringify(answer.body));
    assert.equal(answer.body.errors[0].pointer, '/target');
    assert.match(JSON.stringify(answer.body), says);
  }
});

test('where a key went is on record', async () => {
  await exported({ format: 'pkcs12', target: 'appliance', password });
  const { items } = await d.ok('GET', `/api/v1/certificates/${made.id}/history`);
  assert.ok(items.some(row => row.act === 'certificate.exported' && JSON.stringify(row).includes('appliance')));
});

test('a password that targets would not take is refused with the reason', async () => {
  for (const [wrong, says] of [['', /password/i], ['pässword', /ASCII/], [undefined, /password/i]]) {
    const answer = await exported({ format: 'pkcs12', password: wrong });
    assert.equal(answer.status, 422);
    assert.match(JSON.stringify(answer.body), says);
    assert.equal(answer.body.errors[0].pointer, '/password');
  }
});

test('PEM comes as chain, with its key, and with its key under a password that openssl opens', async () => {
  const chain = await exported({ format: 'pem' });
  assert.equal(chain.bytes.toString().match(/BEGIN CERTIFICATE/g).length, 2);
  assert.doesNotMatch(chain.bytes.toString(), /PRIVATE KEY/);
  const open = await exported({ format: 'pem', include_key: true });
  const key = tool('openssl', ['pkey', '-pubout'], { input: open.bytes.toString().match(/-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----\n/)[0] }).stdout;
  const closed = await exported({ format: 'pem', include_key: true, password }), short = await exported({ format: 'pem', password });
  assert.match(short.bytes.toString(), /BEGIN ENCRYPTED PRIVATE KEY/);
  assert.doesNotMatch((await exported({ format: 'pem', include_key: false, password })).bytes.toString(), /PRIVATE KEY/);
  assert.match(closed.bytes.toString(), /BEGIN ENCRYPTED PRIVATE KEY/);
  const same = tool('openssl', ['pkey', '-pubout', '-passin', `pass:${password}`, '-in', file(d.dir, 'closed.pem', closed.bytes)]).stdout;
  assert.equal(same, key);
  assert.equal(tool('openssl', ['x509', '-noout', '-pubkey'], { input: made.pem }).stdout, key);
});

test('a key that was made non-exportable, and a CA key, never leave', async () => {
  const kept = await d.ok('POST', '/api/v1/certificates', { dns_names: ['kept.lan'], key: { exportable: false } });
  const { items } = await d.ok('GET', '/api/v1/authorities');
  const { serving } = await d.ok('GET', '/api/v1/web-server');
  for (const id of [kept.id, items[0].certificate_id, serving.certificate_id]) {
    const answer = await d.call('POST', `/api/v1/certificates/${id}/export`, { format: 'pkcs12', password });
    assert.ok([403, 409, 422].includes(answer.status), `${answer.status}`);
    assert.doesNotMatch(answer.bytes.toString('latin1'), /PRIVATE/);
  }
});

test('an export of a key is on record before it is handed out', async () => {
  await exported({ format: 'pkcs12', password });
  const { items } = await d.ok('GET', `/api/v1/certificates/${made.id}/history`);
  assert.ok(items.some(row => row.act === 'certificate.exported'));
});
