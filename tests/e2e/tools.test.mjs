// The toolbox: chains judged, things decoded, keys matched, by REST and by the command line; nothing of it is kept.
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { SLOW, corpus, file, run, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const remote = () => ({ env: { SIGNET_URL: `https://localhost:${d.https}`, SIGNET_CA: d.root_certificate, SIGNET_TOKEN: d.token, HOME: d.dir }, status: null });
const verify = body => d.ok('POST', '/api/v1/tools/verify', body);
const rules = answer => answer.findings.filter(f => f.level === 'error').map(f => f.rule);

// One case of the corpus is about directory names alone: its leaf has no host name that could be asked for.
const question = limbo => ({
  chain: [limbo.peer_certificate, ...limbo.untrusted_intermediates].join('\n'), roots: limbo.trusted_certs.join('\n'), purpose: 'server',
  ...(limbo.id === 'rfc5280::nc::permitted-dn-match' ? {} : { name: limbo.expected_peer_name.value }),
  ...(limbo.validation_time ? { at: limbo.validation_time } : {}),
  ...(limbo.max_chain_depth != null ? { max_chain_depth: limbo.max_chain_depth } : {}),
});

test('every chain of the corpus gets its verdict, each in well under two seconds', async t => {
  const rows = corpus(t)?.filter(row => row.kind === 'chain') ?? [];
  const wrong = [];
  for (const row of rows) {
    const begun = Date.now();
    const answer = await verify(question(JSON.parse(row.bytes)));
    if (answer.valid !== (row.expected === 'accept')) wrong.push(`${row.file}: ${JSON.stringify(answer.findings)}`);
    assert.ok(Date.now() - begun < 2000 * SLOW, `${row.file} took ${Date.now() - begun} ms`);
    if (!answer.valid) assert.ok(rules(answer).length > 0);
  }
  assert.deepEqual(wrong, []);
});

test('a certificate of ours is valid for its name, against our roots or the same as given', async () => {
  const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['www.example.lan'], valid_days: 30 });
  assert.deepEqual(rules(await verify({ chain: made.pem, name: 'www.example.lan' })), []);
  const answer = await verify({ chain: made.pem, roots: d.ca, name: 'www.example.lan' });
  assert.equal(answer.valid, true);
  assert.equal(answer.chain.length, 3);
  assert.equal(answer.chain[0].thumbprint_sha256, made.thumbprint_sha256);
  assert.deepEqual(rules(await verify({ chain: made.pem, name: 'ftp.example.lan' })), ['name-mismatch']);
  assert.deepEqual(rules(await verify({ chain: made.pem, purpose: 'client' })), ['wrong-purpose']);
  assert.deepEqual(rules(await verify({ chain: made.pem, at: '2039-01-01T02:00:00+02:00', purpose: 'any' })).slice(0, 1), ['expired']);
  assert.deepEqual(rules(await verify({ chain: made.pem.slice(0, made.pem.indexOf('-----END') + 26), roots: d.ca })), ['untrusted']);
  assert.deepEqual(rules(await verify({ chain: made.pem, name: 'no such name' })), ['bad-name']);
});

test('what cannot be judged is refused with the member that is wrong', async () => {
  const refused = async (body, pointer) => {
    const { status, body: problem } = await d.call('POST', '/api/v1/tools/verify', body);
    assert.equal(status, 422);
    assert.equal(problem.errors[0].pointer, pointer);
  };
  await refused({ chain: 'nothing' }, '/chain');
  await refused({ chain: d.ca, roots: 'nothing' }, '/roots');
  await refused({ chain: d.ca, at: 'yesterday' }, '/at');
  await refused({ chain: d.ca, purpose: 'love' }, '/purpose');
  await refused({ chain: d.ca.repeat(33) }, '/chain');
  assert.equal((await d.call('POST', '/api/v1/tools/verify', { chain: d.ca }, { token: null })).status, 401);
});

test('a certificate, a request and a CRL are decoded, as PEM and as DER', async () => {
  const key = join(d.dir, 'own.key');
  const csr = tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-subj', '/CN=own.example.lan',
    '-addext', 'subjectAltName=DNS:own.example.lan,IP:10.9.8.7']).stdout;
  const [authority] = (await d.ok('GET', '/api/v1/authorities')).items;
  const crl = await d.call('GET', new URL(authority.crl.url).pathname, undefined, { plain: true, port: d.http, token: null });
  const { items } = await d.ok('POST', '/api/v1/tools/decode', { data: `${d.ca}\n${csr}` });
  assert.deepEqual(items.map(i => i.kind), ['certificate', 'request']);
  assert.equal(items[0].thumbprint_sha256, d.fingerprint_sha256);
  assert.equal(items[0].is_ca, true);
  assert.deepEqual([items[1].dns_names, items[1].ip_addresses], [['own.example.lan'], ['10.9.8.7']]);
  const [list] = (await d.ok('POST', '/api/v1/tools/decode', { data: crl.bytes.toString('base64') })).items;
  assert.equal(list.kind, 'crl');
  assert.equal(list.entries, 0);
  assert.equal(list.next_update, authority.crl.next_update);
  const broken = d.ca.replace(/MII.{8}/, 'MIICAAAAAAA');
  assert.ok((await d.ok('POST', '/api/v1/tools/decode', { data: broken })).items[0].problem);
  assert.equal((await d.call('POST', '/api/v1/tools/decode', { data: 'neither this nor that!' })).status, 422);
});

test('key and certificate are matched by the public key, whatever form the key has', async () => {
  const dir = d.dir;
  for (const args of [['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['rsa:2048']]) {
    const key = join(dir, 'match.key'), old = join(dir, 'match.old.key');
    const csr = tool('openssl', ['req', '-new', '-newkey', ...args, '-nodes', '-keyout', key, '-subj', '/CN=m.example.lan', '-addext', 'subjectAltName=DNS:m.example.lan']).stdout;
    const made = await d.ok('POST', '/api/v1/certificates', { csr });
    const pem = tool('openssl', ['pkey', '-in', key]).stdout, traditional = tool('openssl', ['pkey', '-in', key, '-traditional']).stdout;
    for (const text of [pem, traditional])
      assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: made.pem, key: text })).match, true, text.split('\n')[0]);
    assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: made.pem, request: csr })).match, true);
    assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: d.ca, key: pem })).match, false);
    const sealed = tool('openssl', ['pkey', '-in', key, '-aes256', '-passout', 'pass:secret']).stdout;
    const { status, body } = await d.call('POST', '/api/v1/tools/match', { certificate: made.pem, key: sealed });
    assert.equal(status, 422);
    assert.match(body.detail, /encrypted/);
    const cert = file(dir, 'match.pem', made.pem);
    file(dir, 'match.old.key', traditional);
    assert.equal(run(['tool', 'match', cert, old], remote()).status, 0);
    assert.equal(run(['tool', 'match', d.root_certificate, key], remote()).status, 1);
  }
  assert.equal((await d.call('POST', '/api/v1/tools/match', { certificate: d.ca })).status, 422);
});

test('the same by the command line, whose exit code is the verdict', async () => {
  const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['cli.example.lan'] });
  const pem = file(d.dir, 'cli.pem', made.pem), der = join(d.dir, 'cli.der');
  tool('openssl', ['x509', '-in', pem, '-outform', 'DER', '-out', der]);
  assert.equal(run(['tool', 'verify', pem, '--name', 'cli.example.lan'], remote()).status, 0);
  const refused = run(['tool', 'verify', der, '--roots', d.root_certificate], remote());
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /untrusted[^]*not valid/);
  assert.match(run(['tool', 'decode', der], remote()).stdout, /^certificate {2}cli\.example\.lan\n[^]*Thumbprint/);
  assert.equal(run(['tool', 'verify'], remote()).status, 2);
});
