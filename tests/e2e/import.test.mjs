import test from 'node:test';
import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { SLOW, corpus, file, started, tool } from './lib/daemon.mjs';
import { packers, pki as makePki, password } from './lib/shop.mjs';
import { zipOf } from './lib/zip.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const data = bytes => /-----BEGIN /.test(bytes.toString('latin1')) && bytes.every(b => b >= 0x20 || [9, 10, 13].includes(b)) && bytes.every(b => b < 0x7f)
  ? bytes.toString('latin1') : bytes.toString('base64');
const bring = (bytes, more = {}, options) => d.call('POST', '/api/v1/certificates/import', { data: data(Buffer.from(bytes)), ...more }, options);
const total = async () => (await d.ok('GET', '/api/v1/status')).counters.total;

// Everything of other makers ----------------------------------------------------------------------------------

const kinds = ['cert', 'pkcs12', 'pkcs7', 'pem', 'key', 'der-depth', 'cert-fuzz', 'pkcs12-fuzz', 'pkcs7-fuzz', 'key-fuzz'];
const passwordOf = row => ['', '-', '(empty)', '(null)'].includes(row.password ?? '') ? {} : { password: row.password };

function verdict({ status, body }) {
  if (status >= 400 && status < 500) return 'reject';
  if (status !== 200 && status !== 201) return `status ${status}`;
  return body.items.some(i => i.findings.some(f => f.level !== 'note')) ? 'flag' : 'accept';
}
const allowed = { accept: ['accept', 'flag'], reject: ['reject'], either: ['accept', 'flag', 'reject'], flag: ['flag', 'reject'], nocrash: ['accept', 'flag', 'reject'] };

// No request computes for over two seconds: others may be busy on this machine too, so neither the wall clock counts nor, where the machine
// itself is slow, the two seconds: five times a million rounds of PBKDF2 are as long on one that is not. utime and stime count hundredths of a second.
function longest() {
  const before = process.cpuUsage();
  pbkdf2Sync('password', 'salt', 1e6, 32, 'sha256');
  const { user, system } = process.cpuUsage(before);
  return Math.max(2000, 5 * (user + system) / 1000) * SLOW;
}
const computed = () => readFileSync(`/proc/${d.child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((sum, t) => sum + Number(t) * 10, 0);

test('every file of the corpus gets its verdict, in time, and the process goes on', async t => {
  const rows = corpus(t);
  if (!rows) return;
  const { pid } = d.child, wrong = [], most = longest();
  for (const row of rows.filter(r => kinds.includes(r.kind))) {
    let answer, ms = Infinity;
    for (let tries = 0; tries < 3 && ms > most; tries++) {
      const before = computed();
      answer = await bring(row.bytes, passwordOf(row));
      ms = Math.min(ms, computed() - before);
    }
    const said = verdict(answer);
    if (!allowed[row.expected].includes(said)) wrong.push(`${row.file}: ${said}, expected ${row.expected}: ${answer.body.detail ?? JSON.stringify(answer.body.items)}`);
    if (said === 'reject') assert.ok(answer.body.errors[0].pointer, row.file);
    if (ms > most) wrong.push(`${row.file}: ${ms} ms, at most ${most}`);
  }
  assert.deepEqual(wrong, []);
  assert.equal(d.child.pid, pid);
  assert.equal(d.child.exitCode, null);
});

// Files of the programs that people have ----------------------------------------------------------------------

const pki = (name, options) => makePki(d.dir, name, options);

for (const [program, pack] of Object.entries(packers))
  test(`a PFX by ${program} comes in with its key, and goes out again`, async () => {
    const name = `${program.replace(/[^a-z]/gi, '').toLowerCase()}.lan`, p = pki(name);
    pack(p);
    const { status, body } = await bring(p.read('o.pfx'), { password });
    assert.equal(status, 201, JSON.stringify(body));
    const leaf = body.items.find(i => i.subject === `CN=${name}`);
    assert.deepEqual([leaf.action, leaf.store, leaf.key, leaf.version], ['added', 'personal', true, 1], JSON.stringify(body.items));
    const root = body.items.find(i => i.subject === `CN=${name} Root`);
    assert.deepEqual([root?.action, root?.store, root?.key], ['added', 'root', false], JSON.stringify(body.items));
    const shown = await d.ok('GET', `/api/v1/certificates/${leaf.certificate_id}`);
    assert.equal(shown.has_private_key, true);
    assert.equal(shown.source, 'import');
    const { items, complete } = await d.ok('GET', `/api/v1/certificates/${leaf.certificate_id}/path`);
    assert.equal(items.length, 2);
    assert.equal(complete, true);
    const out = await d.call('POST', `/api/v1/certificates/${leaf.certificate_id}/export`, { format: 'pkcs12', password });
    assert.equal(out.status, 200, JSON.stringify(out.body));
    const key = tool('openssl', ['pkcs12', '-in', file(p.dir, 'again.pfx', out.bytes), '-passin', `pass:${password}`, '-nodes', '-nocerts']).stdout;
    assert.equal(tool('openssl', ['pkey', '-pubout'], { input: key }).stdout, tool('openssl', ['pkey', '-pubout', '-in', p.at('leaf.key')]).stdout);
  });

test('keys and certificates find each other whatever order and form they come in', async () => {
  const forms = {
    'PKCS#8': p => p.read('leaf.key'),
    SEC1: p => Buffer.from(tool('openssl', ['ec', '-in', p.at('leaf.key')]).stdout),
    'encrypted PKCS#8': p => Buffer.from(tool('openssl', ['pkcs8', '-topk8', '-in', p.at('leaf.key'), '-passout', `pass:${password}`]).stdout),
    'SEC1 without its public half, as keytool leaves it out': p => Buffer.from(tool('openssl', ['ec', '-in', p.at('leaf.key'), '-no_public']).stdout),
    'encrypted as OpenSSL 1.0 did': p => Buffer.from(tool('openssl', ['ec', '-in', p.at('leaf.key'), '-aes256', '-passout', `pass:${password}`]).stdout),
    'UTF-16, as PowerShell writes': p => Buffer.from(`\ufeff${p.read('leaf.key')}`, 'utf16le'),
    'base64 of PEM': p => Buffer.from(p.read('leaf.key').toString('base64')),
    'PKCS#8 in DER': p => { tool('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', p.at('leaf.key'), '-outform', 'DER', '-out', p.at('k.der')]); return p.read('k.der'); },
  };
  for (const [form, keyOf] of Object.entries(forms)) {
    const p = pki(`later-${Object.keys(forms).indexOf(form)}.lan`);
    const first = (await bring(p.read('leaf.pem'))).body.items[0];
    assert.deepEqual([first.action, first.key], ['added', false], form);
    const late = (await bring(keyOf(p), { password })).body.items[0];
    assert.deepEqual([late.kind, late.action, late.certificate_id], ['key', 'key-added', first.certificate_id], form);
    assert.equal((await d.ok('GET', `/api/v1/certificates/${first.certificate_id}`)).has_private_key, true, form);
  }
  const p = pki('early.lan', { key: ['rsa', 'rsa_keygen_bits:2048'] });
  const pkcs1 = tool('openssl', ['rsa', '-traditional', '-in', p.at('leaf.key')]).stdout;
  assert.match(pkcs1, /BEGIN RSA PRIVATE KEY/);
  assert.deepEqual((await bring(pkcs1)).body.items.map(i => [i.kind, i.action]), [['key', 'added']]);
  const late = (await bring(p.read('leaf.pem'))).body.items[0];
  assert.deepEqual([late.action, late.key, late.store], ['added', true, 'personal']);
});

test('a bundle of everything goes where each belongs, or all of it where it is told', async () => {
  const p = pki('bundle.lan');
  const text = ['ca.pem', 'leaf.csr', 'leaf.key', 'leaf.pem'].map(f => p.read(f).toString()).join('some text between\n');
  const { body } = await bring(text);
  assert.deepEqual(body.items.map(i => [i.kind, i.action, i.store, i.key]),
    [['certificate', 'added', 'root', false], ['request', 'ignored', null, false], ['key', 'added', null, true], ['certificate', 'added', 'personal', true]]);
  const beside = (await bring(`${p.read('ca.pem')}-----BEGIN OPENSSH PRIVATE KEY-----\nMAYCAQUCAQI=\n-----END OPENSSH PRIVATE KEY-----\n`)).body.items;
  assert.deepEqual(beside.map(i => [i.kind, i.action]), [['certificate', 'known'], ['key', 'ignored']]);
  assert.match(beside[1].findings[0].detail, /OpenSSH/);
  const [root, , , leaf] = body.items.map(i => i.certificate_id);
  assert.deepEqual((await d.ok('GET', `/api/v1/certificates/${leaf}/path`)).items.map(i => i.certificate_id), [leaf, root]);
  assert.deepEqual((await bring(text)).body.items.map(i => i.action), ['known', 'ignored', 'known', 'known']);
  assert.equal((await bring(text)).status, 200);
  const q = pki('blocked.lan');
  tool('openssl', ['crl2pkcs7', '-nocrl', '-certfile', q.at('ca.pem'), '-certfile', q.at('leaf.pem'), '-outform', 'DER', '-out', q.at('all.p7b')]);
  assert.deepEqual((await bring(q.read('all.p7b'), { store: 'untrusted' })).body.items.map(i => i.store), ['untrusted', 'untrusted']);
  assert.deepEqual((await bring(pki('friend.lan').read('leaf.pem'), { store: 'people' })).body.items.map(i => i.store), ['people']);
  assert.equal((await bring(q.read('all.p7b'), { store: 'attic' })).body.errors[0].pointer, '/store');
});

test('a file can be sent as it is, with what is said of it in the query', async () => {
  const p = pki('whole.lan');
  const send = (bytes, query = '', type = 'application/octet-stream') => d.call('POST', `/api/v1/certificates/import${query}`, bytes, { headers: { 'content-type': type } });
  tool('openssl', ['x509', '-in', p.at('leaf.pem'), '-outform', 'DER', '-out', p.at('leaf.der')]);
  const look = await send(p.read('leaf.pem'), '?preview=true&store=people', 'application/pem-certificate-chain');
  assert.deepEqual([look.status, look.body.preview, look.body.items[0].store], [200, true, 'people']);
  const real = await send(p.read('leaf.der'), '?filename=whole%20leaf.cer', 'application/pkix-cert');
  assert.deepEqual([real.status, real.body.items[0].action, real.body.items[0].store], [201, 'added', 'personal']);
  const history = await d.ok('GET', `/api/v1/certificates/${real.body.items[0].certificate_id}/history`);
  assert.equal(history.items[0].detail.filename, 'whole leaf.cer');
  const key = await send(p.read('leaf.key'), '?exportable=false');
  assert.deepEqual([key.body.items[0].action, key.body.items[0].certificate_id], ['key-added', real.body.items[0].certificate_id]);
  assert.equal((await d.call('POST', `/api/v1/certificates/${real.body.items[0].certificate_id}/export`, { format: 'pem', include_key: true, password })).status, 403);

  packers.openssl(p);
  assert.equal((await send(p.read('o.pfx'))).body.errors[0].pointer, '/password');
  for (const [query, pointer] of [['?preview=yes', '/preview'], ['?exportable=1', '/exportable'], ['?store=attic', '/store'], ['?password=x', '/password'], [`?filename=${'x'.repeat(256)}`, '/filename'],
    ['?filename=a%01b', '/filename']]) {
    const no = await send(p.read('leaf.pem'), query);
    assert.ok(no.status === 400 || no.status === 422, `${query}: ${no.status}`);
    if (no.status === 422) assert.equal(no.body.errors[0].pointer, pointer);
  }
  const form = await send(p.read('leaf.pem'), '', 'text/plain');
  assert.equal(form.status, 415);
  assert.match(form.body.detail, /octet-stream/);
  assert.equal((await d.call('POST', '/api/v1/certificates', 'x', { headers: { 'content-type': 'application/octet-stream' } })).status, 415);
});

test('a preview says what would happen, and nothing is written', async () => {
  const p = pki('look.lan'), before = await total();
  packers.openssl(p);
  const { last } = { last: (await d.ok('GET', '/api/v1/certificates?limit=1')).items[0].id };
  const { status, body } = await bring(p.read('o.pfx'), { password, preview: true });
  assert.equal(status, 200);
  assert.equal(body.preview, true);
  const leaf = body.items.find(i => i.subject === 'CN=look.lan');
  assert.deepEqual([leaf.action, leaf.store, leaf.key, leaf.certificate_id], ['added', 'personal', true, null]);
  assert.equal(await total(), before);
  assert.equal((await d.ok('GET', '/api/v1/certificates?limit=1')).items[0].id, last);
  const real = await bring(p.read('o.pfx'), { password });
  assert.deepEqual(real.body.items.map(i => [i.kind, i.action, i.store]), body.items.map(i => [i.kind, i.action, i.store]));
});

test('the next certificate of the same names or the same key becomes the next version; an older one does not', async () => {
  const old = pki('web.import.lan', { days: 100 });
  packers.openssl(old);
  const first = (await bring(old.read('o.pfx'), { password })).body.items.find(i => i.subject === 'CN=web.import.lan');
  await new Promise(done => setTimeout(done, 1100));         // notBefore has seconds
  const fresh = pki('web.import.lan');
  packers.openssl(fresh);
  const look = (await bring(fresh.read('o.pfx'), { password, preview: true })).body.items.find(i => i.subject === 'CN=web.import.lan');
  assert.deepEqual([look.action, look.certificate_id, look.version], ['joined', first.certificate_id, 2]);
  const second = (await bring(fresh.read('o.pfx'), { password })).body.items.find(i => i.subject === 'CN=web.import.lan');
  assert.deepEqual([second.action, second.certificate_id, second.version], ['joined', first.certificate_id, 2]);
  assert.equal((await d.ok('GET', `/api/v1/certificates/${first.certificate_id}`)).thumbprint_sha256, second.thumbprint_sha256);
  await new Promise(done => setTimeout(done, 1100));
  const same = pki('other.import.lan', { leafKey: fresh.at('leaf.key') });
  assert.deepEqual([(await bring(same.read('leaf.pem'))).body.items[0]].map(i => [i.action, i.version]), [['joined', 3]]);
  const again = (await bring(old.read('o.pfx'), { password })).body.items.find(i => i.subject === 'CN=web.import.lan');
  assert.deepEqual([again.action, again.version], ['known', 1]);
  const history = await d.ok('GET', `/api/v1/certificates/${first.certificate_id}/history`);
  assert.equal(history.items.filter(row => row.act === 'certificate.imported').length, 3);
});

test('a key that is said to stay stays', async () => {
  const p = pki('stay.lan');
  const { body } = await bring(p.read('leaf.pem').toString() + p.read('leaf.key').toString(), { exportable: false });
  const leaf = body.items.find(i => i.kind === 'certificate');
  assert.equal((await d.call('POST', `/api/v1/certificates/${leaf.certificate_id}/export`, { format: 'pkcs12', password })).status, 403);
});

// What is wrong is said as it is --------------------------------------------------------------------------------

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts), n = body.length;
  return Buffer.concat([Buffer.from(n < 128 ? [tag, n] : n < 65536 ? [tag, 0x82, n >> 8, n & 255] : [tag, 0x83, n >> 16, n >> 8 & 255, n & 255]), body]);
};
const oid = hex => der(6, Buffer.from(hex, 'hex'));
const number = n => der(2, Buffer.from((n.toString(16).length % 2 ? '0' : '') + n.toString(16), 'hex').at(0) > 127 ? Buffer.from('00' + n.toString(16), 'hex') : Buffer.from((n.toString(16).length % 2 ? '0' : '') + n.toString(16), 'hex'));
const octets = (...b) => der(4, ...b);
const DATA = oid('2a864886f70d010701');
const pfx = (safes, { iterations = 1, algorithm = oid('608648016503040201'), digest = 32 } = {}) => der(0x30, number(3), der(0x30, DATA, der(0xa0, octets(der(0x30, ...safes)))),
  der(0x30, der(0x30, der(0x30, algorithm, der(5)), octets(Buffer.alloc(digest))), octets(Buffer.alloc(8)), number(iterations)));
const sealed = iterations => der(0x30, oid('2a864886f70d010706'), der(0xa0, der(0x30, number(0), der(0x30, DATA,
  der(0x30, oid('2a864886f70d010c0103'), der(0x30, octets(Buffer.alloc(8)), number(iterations))), der(0x80, Buffer.alloc(64))))));
const keys = (n, iterations) => der(0x30, DATA, der(0xa0, octets(der(0x30, ...Array.from({ length: n }, () => der(0x30, oid('2a864886f70d010c0a0102'), der(0xa0, der(0x30,
  der(0x30, oid('2a864886f70d010c0103'), der(0x30, octets(Buffer.alloc(8)), number(iterations))), octets(Buffer.alloc(64))))))))));

test('what cannot be opened says truly why, before anything is computed', async () => {
  const p = pki('wrong.lan');
  packers.openssl(p);
  const good = p.read('o.pfx');
  const cases = [
    ['wrong password', good, { password: 'Kopfnuss 8!' }, 'wrong-password', '/password', /password is wrong/],
    ['no password', good, {}, 'wrong-password', '/password', /has a password/],
    ['cut off', good.subarray(0, good.length - 200), { password }, 'truncated', '/data', /cut off/],
    ['MAC bomb', pfx([], { iterations: 2000001 }), { password }, 'too-many-iterations', '/data', /2000001/],
    ['bag bomb', pfx([sealed(0x7fffffff)]), { password }, 'too-many-iterations', '/data', /2147483647/],
    ['many bags, each below the limit', pfx([keys(3, 900000)]), { password }, 'too-many-iterations', '/data', /5400001|4000000/],
    ['33 bags', pfx([keys(33, 1)]), { password }, 'invalid', '/data', /32 bags/],
    ['PBMAC1', pfx([], { algorithm: oid('2a864886f70d01050e') }), { password }, 'unsupported-mac', '/data', /MAC type not supported: PBMAC1/],
    ['RC2-128', pfx([der(0x30, oid('2a864886f70d010706'), der(0xa0, der(0x30, number(0), der(0x30, DATA, der(0x30, oid('2a864886f70d010c0105'), der(0x30, octets(Buffer.alloc(8)), number(1))), der(0x80, Buffer.alloc(8))))))]), { password }, 'unsupported-algorithm', '/data', /RC2-128/],
    ['a content that is left out', der(0x30, number(3), der(0x30, DATA)), { password }, 'invalid', '/data', /holds nothing/],
    ['too large', Buffer.concat([der(0x30, number(3), der(0x30, DATA, der(0xa0, octets(Buffer.alloc(300000)))))]), { password }, 'invalid', '/data', /262144/],
    ['junk', Buffer.from('not a file at all, just some words'), {}, 'invalid', '/data', /neither PEM|no certificate/],
    ['an empty file', Buffer.from(''), {}, 'invalid', '/data', /./],
    ['a Java key store', Buffer.from('feedfeed0000000200000000', 'hex'), {}, 'invalid', '/data', /JKS.*keytool -importkeystore/],
    ['a key of SSH', Buffer.from('-----BEGIN OPENSSH PRIVATE KEY-----\nMAYCAQUCAQI=\n-----END OPENSSH PRIVATE KEY-----\n'), {}, 'unsupported-algorithm', '/data', /ssh-keygen -p -m PKCS8/],
    ['a web page', Buffer.from('<!DOCTYPE html><title>Sign in</title>'), {}, 'invalid', '/data', /web page/],
    ['a curve that is none of ours', tool('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1']).stdout, {}, 'unsupported-algorithm', '/data', /secp256k1/],
    ['a key of OpenSSL 1.0, wrong password', tool('openssl', ['ec', '-in', p.at('leaf.key'), '-des3', '-passout', 'pass:another']).stdout, { password }, 'wrong-password', '/password', /password is wrong/],
    ['a key of OpenSSL 1.0, no password', tool('openssl', ['ec', '-in', p.at('leaf.key'), '-des3', '-passout', 'pass:another']).stdout, {}, 'wrong-password', '/password', /give its password/],
    ['PEM without anything', Buffer.from('-----BEGIN DH PARAMETERS-----\nMAYCAQUCAQI=\n-----END DH PARAMETERS-----\n'), {}, 'invalid', '/data', /no certificate/],
    ['nested 10,000 deep', Array.from({ length: 10000 }).reduce(inner => der(0x30, inner), Buffer.alloc(0)), {}, 'invalid', '/data', /deep|malformed/],
  ];
  const before = await total();
  for (const [what, bytes, more, type, pointer, says] of cases) {
    const cpu = computed();
    const { status, body } = await bring(bytes, more);
    assert.equal(status, 422, `${what}: ${status} ${JSON.stringify(body)}`);
    assert.equal(body.type, `/problems/${type}`, `${what}: ${JSON.stringify(body)}`);
    assert.equal(body.errors[0].pointer, pointer, what);
    assert.match(body.detail === body.title ? body.errors[0].detail : `${body.detail} ${body.errors[0].detail}`, says, what);
    assert.ok(computed() - cpu < 250, `${what} took ${computed() - cpu} ms`);
  }
  assert.equal(await total(), before);
});

const bringAll = (files, more = {}) => d.call('POST', '/api/v1/certificates/import',
  { files: Object.entries(files).map(([filename, bytes]) => ({ filename, data: data(Buffer.from(bytes)), ...more[filename] })), ...more.all });

test('files that belong together are one unit: the preview knows that the key of one is for the certificate of another', async () => {
  const p = pki('trio.lan'), files = { 'cert.pem': p.read('leaf.pem'), 'chain.pem': p.read('ca.pem'), 'privkey.pem': p.read('leaf.key') };
  const look = await bringAll(files, { all: { preview: true } });
  assert.deepEqual(look.body.items.map(i => [i.file, i.kind, i.action, i.store, i.key]),
    [[0, 'certificate', 'added', 'personal', true], [1, 'certificate', 'added', 'root', false], [2, 'key', 'added', null, true]]);
  const real = await bringAll(files);
  assert.equal(real.status, 201);
  assert.deepEqual(real.body.items.map(i => [i.file, i.kind, i.action]), look.body.items.map(i => [i.file, i.kind, i.action]));
  assert.equal(real.body.items[0].label, 'trio.lan');
  assert.equal((await d.ok('GET', `/api/v1/certificates/${real.body.items[0].certificate_id}`)).has_private_key, true);
});

test('of many files each says what is wrong with it, and the others come in', async () => {
  const p = pki('many.lan');
  packers.openssl(p);
  const files = { 'junk.txt': 'nothing', 'web.pfx': p.read('o.pfx'), 'root.pem': p.read('ca.pem'), 'cut.pfx': p.read('o.pfx').subarray(0, 300) };
  const wrong = (await bringAll(files, { 'web.pfx': { password: 'another' }, all: { preview: true } })).body.items;
  assert.deepEqual(wrong.map(i => [i.file, i.kind, i.findings[0]?.rule]),
    [[0, 'file', 'unreadable'], [1, 'file', 'wrong-password'], [2, 'certificate', 'new-root'], [3, 'file', 'truncated']]);
  const { status, body } = await bringAll(files, { 'web.pfx': { password } });
  assert.equal(status, 201);
  assert.deepEqual(body.items.filter(i => i.kind === 'file').map(i => i.file), [0, 3]);
  assert.ok(body.items.some(i => i.file === 1 && i.subject === 'CN=many.lan' && i.key && i.action === 'added'));
  const none = await bringAll({ 'a.txt': 'nothing', 'b.pfx': p.read('o.pfx') });
  assert.equal(none.status, 422);
  assert.equal((await d.call('POST', '/api/v1/certificates/import', { data: 'x', files: [{ data: 'y' }] })).body.errors[0].pointer, '/data');
});

test('a ZIP of many is taken apart; what asks for more than one request computes is asked for by the next', async () => {
  const files = {};
  for (let i = 0; i < 5; i++) {
    const p = pki(`zip-${i}.lan`);
    tool('openssl', ['pkcs12', '-export', '-inkey', p.at('leaf.key'), '-in', p.at('leaf.pem'), '-iter', '150000', '-out', p.at('o.pfx'), '-passout', `pass:${password}`]);
    files[`old server/${i}.pfx`] = p.read('o.pfx');
  }
  const p = pki('zip-der.lan');
  tool('openssl', ['x509', '-in', p.at('leaf.pem'), '-outform', 'DER', '-out', p.at('leaf.cer')]);
  Object.assign(files, { 'README.txt': 'Old certificates', 'zip-der.cer': p.read('leaf.cer'), '__MACOSX/._a': 'x' });
  const zip = zipOf(files);
  const look = (await bring(zip, { password, preview: true })).body.items;
  const rule = i => i.findings[0]?.rule, left = look.filter(i => rule(i) === 'left-over').map(i => i.member);
  assert.ok(left.includes('old server/4.pfx') && !left.includes('old server/0.pfx'), JSON.stringify(look.map(i => [i.member, rule(i)])));
  const rest = (await bring(zip, { password, preview: true, members: left })).body.items;
  assert.deepEqual([...new Set(rest.map(i => i.member))], left);
  const out = d.cli(['cert', 'import', '--json', file(p.dir, 'all.zip', zip), '--password-file', file(p.dir, 'pw', password)]);
  const all = JSON.parse(out.stdout);
  for (let i = 0; i < 5; i++)
    assert.ok(all.some(item => item.member === `old server/${i}.pfx` && item.action === 'added' && item.key && item.subject === `CN=zip-${i}.lan`), out.stdout);
  assert.ok(all.some(item => item.member === 'zip-der.cer' && item.action === 'added'));
  assert.match(out.stderr, /all\.zip: README\.txt: item \d+: .*no certificate/);
  assert.deepEqual(all.filter(item => item.kind === 'file').map(item => item.member), ['README.txt']);
  const again = (await bring(zipOf({ 'in.zip': zipOf({ 'x.cer': p.read('leaf.cer') }) }), { preview: true })).body.items;
  assert.match(again[0].findings[0].detail, /ZIP in a ZIP/);
});

test('a ZIP that would grow beyond bounds is refused before it is unpacked', async () => {
  const cases = [
    ['one that unpacks to zeros', zipOf({ 'a.pem': Buffer.alloc(4 << 20) }), 'invalid', /no certificate/],
    ['cut off', zipOf({ 'a.pem': 'x' }).subarray(0, -8), 'truncated', /cut off/],
    ['1,001 members', zipOf(Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`${i}`, 'x']))), 'invalid', /1000 is the most/],
    ['empty', zipOf({}), 'invalid', /empty/],
  ];
  for (const [what, bytes, type, says] of cases) {
    const cpu = computed(), { status, body } = await bring(bytes);
    assert.deepEqual([status, body.type, body.errors[0].pointer], [422, `/problems/${type}`, '/data'], what);
    assert.match(body.detail, says, what);
    assert.ok(computed() - cpu < 250 * SLOW, what);
  }
});

test('who may not issue may not import', async () => {
  const { token } = await d.ok('POST', '/api/v1/tokens', { name: 'onlooker', role: 'viewer', expires_in_days: 1 });
  assert.equal((await bring(pki('nobody.lan').read('leaf.pem'), {}, { token })).status, 403);
});

test('signet cert import takes many files, goes on after a wrong one, and reads a password from a file', async () => {
  const p = pki('cli.lan'), secret = file(p.dir, 'secret', `${password}\n`);
  packers.openssl(p);
  const look = JSON.parse(d.cli(['cert', 'import', '--json', '--preview', p.at('o.pfx'), '--password-file', secret]).stdout);
  assert.ok(look.some(i => i.action === 'added' && i.key));
  const junk = file(p.dir, 'junk.pem', 'nothing');
  const out = d.cli(['cert', 'import', p.at('ca.pem'), junk, p.at('o.pfx'), '--password-file', secret], { status: null });
  assert.notEqual(out.status, 0);
  assert.match(out.stderr, /junk\.pem/);
  assert.match(out.stdout, /certificate +added +personal +yes .*CN=cli\.lan/);
  assert.match(out.stdout, /certificate +known +root/);
});
