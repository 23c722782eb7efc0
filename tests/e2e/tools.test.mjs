// The toolbox: chains judged, things decoded, keys matched, by REST and by the command line; nothing of it is kept.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SLOW, corpus, file, run, started, tool } from './lib/daemon.mjs';
import { pki } from './lib/shop.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const remote = () => ({ env: { SIGNET_URL: d.origin, SIGNET_CA: d.root_certificate, SIGNET_TOKEN: d.token, HOME: d.dir }, status: null });
const verify = body => d.ok('POST', '/api/v1/tools/verify', body);
const rules = answer => answer.findings.filter(f => f.level === 'error').map(f => f.rule);

// One case of the corpus is about directory names alone: its leaf has no host name that could be asked for.
const question = limbo => ({
  chain: [limbo.peer_certificate, ...limbo.untrusted_intermediates].join('\n'), roots: limbo.trusted_certs.join('\n'), purpose: 'server',
  ...(limbo.id === 'rfc5280::nc::permitted-dn-match' ? {} : { name: limbo.expected_peer_name.value }),
  ...(limbo.validation_time ? { at: limbo.validation_time } : {}),
  ...(limbo.max_chain_depth != null ? { max_chain_depth: limbo.max_chain_depth } : {}),
});

test('without roots a chain is held against ours and what was put into Trusted Root Certification Authorities, as long as it is not archived', async () => {
  const p = pki(d.dir, 'trusted.lan'), chain = p.read('leaf.pem').toString();
  assert.deepEqual(rules(await verify({ chain })), ['untrusted']);
  const [{ certificate_id: id }] = (await d.ok('POST', '/api/v1/certificates/import', { data: p.read('ca.pem').toString() })).items;
  assert.deepEqual(rules(await verify({ chain, name: 'trusted.lan' })), []);
  await d.ok('POST', `/api/v1/certificates/${id}/archive`, {});
  assert.deepEqual(rules(await verify({ chain })), ['untrusted']);
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
    const whole = Buffer.from(tool('openssl', ['ecparam', '-name', 'prime256v1']).stdout + made.pem + pem, 'latin1').toString('base64');
    for (const text of [pem, traditional, whole])
      assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: made.pem, key: text })).match, true, text.split('\n')[0]);
    assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: made.pem, request: csr })).match, true);
    assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: d.ca, key: pem })).match, false);
    const sealed = tool('openssl', ['pkey', '-in', key, '-aes256', '-passout', 'pass:secret']).stdout;
    const { status, body } = await d.call('POST', '/api/v1/tools/match', { certificate: made.pem, key: sealed });
    assert.equal(status, 422);
    assert.match(body.detail, /encrypted/);
    const older = tool('openssl', ['pkey', '-in', key, '-traditional', '-aes256', '-passout', 'pass:secret']).stdout;
    assert.match(older, /DEK-Info/);
    assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: made.pem, key: older, password: 'secret' })).match, true);
    const [locked] = (await d.ok('POST', '/api/v1/tools/decode', { data: older })).items;
    assert.deepEqual([locked.title, /give its password/.test(locked.problem)], ['Private key, encrypted', true]);
    const [opened] = (await d.ok('POST', '/api/v1/tools/decode', { data: older, password: 'secret' })).items;
    assert.deepEqual([opened.problem, /ec-p256|rsa-2048/.test(opened.key_type)], [null, true]);
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

// A certificate of ours with its key and its issuer, as files of others hold them.
async function household(name) {
  const key = join(d.dir, `${name}.key`);
  const csr = tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]).stdout;
  const made = await d.ok('POST', '/api/v1/certificates', { csr });
  const [leaf, issuer] = made.pem.split(/(?<=-----END CERTIFICATE-----\n)/);
  return { made, leaf, issuer, key: tool('openssl', ['pkey', '-in', key]).stdout };
}
const decode = body => d.ok('POST', '/api/v1/tools/decode', body).then(answer => answer.items);
const convert = body => d.call('POST', '/api/v1/tools/convert', body);
const explain = body => d.ok('POST', '/api/v1/tools/explain', body);
const causes = answer => answer.causes.map(c => c.rule);

test('PKCS #7, PFX and keys are decoded as well, and nothing of a private key is shown', async () => {
  const { leaf, issuer, key } = await household('box.example.lan');
  const pem = file(d.dir, 'box.pem', leaf + issuer), pfx = join(d.dir, 'box.pfx');
  const p7b = tool('openssl', ['crl2pkcs7', '-nocrl', '-certfile', pem]).stdout;
  assert.deepEqual((await decode({ data: p7b })).map(i => i.kind), ['pkcs7', 'certificate', 'certificate']);
  tool('openssl', ['pkcs12', '-export', '-in', pem, '-inkey', join(d.dir, 'box.example.lan.key'), '-out', pfx, '-passout', 'pass:secret']);
  const data = readFileSync(pfx).toString('base64');
  const items = await decode({ data, password: 'secret' });
  assert.deepEqual(items.map(i => i.kind).sort(), ['certificate', 'certificate', 'pkcs12', 'private-key']);
  const held = items.find(i => i.kind === 'private-key');
  assert.equal(held.key_type, 'ec-p256');
  assert.equal(held.details.find(l => l.field === 'Belongs to').value, 'box.example.lan');
  const secret = Buffer.from(key.replace(/-----.*-----|\s/g, ''), 'base64').subarray(36, 68);
  assert.ok(![secret.toString('hex'), secret.toString('base64').slice(2, 38)].some(form => JSON.stringify(items).includes(form)));
  const [wrong] = await decode({ data, password: 'another' });
  assert.equal(wrong.kind, 'pkcs12');
  assert.match(wrong.problem, /password/);
  const sealed = tool('openssl', ['pkcs8', '-topk8', '-in', join(d.dir, 'box.example.lan.key'), '-passout', 'pass:secret']).stdout;
  assert.match((await decode({ data: sealed }))[0].problem, /password/);
  assert.equal((await decode({ data: sealed, password: 'secret' }))[0].key_type, 'ec-p256');
  assert.equal((await d.ok('POST', '/api/v1/tools/match', { certificate: leaf, key: sealed, password: 'secret' })).match, true);
  const refused = await d.call('POST', '/api/v1/tools/match', { certificate: leaf, key: sealed, password: 'another' });
  assert.equal(refused.body.errors[0].pointer, '/password');
});

test('one form becomes the other: PEM to PFX to PEM, P7B and DER, read by openssl and by keytool', async () => {
  const { leaf, issuer, key } = await household('form.example.lan');
  const before = (await d.ok('GET', '/api/v1/status')).counters;
  // out of order on purpose: the leaf comes first in what is made
  const made = await convert({ data: issuer + key + leaf, format: 'pkcs12', new_password: 'secret', filename: 'form.pem' });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.match(made.headers['content-disposition'], /form\.pfx/);
  const pfx = file(d.dir, 'form.pfx', made.bytes);
  const seen = tool('openssl', ['pkcs12', '-in', pfx, '-passin', 'pass:secret', '-nodes']).stdout;
  assert.match(seen, /BEGIN PRIVATE KEY/);
  assert.equal(seen.match(/BEGIN CERTIFICATE/g).length, 2);

  const data = made.bytes.toString('base64');
  const pem = (await convert({ data, password: 'secret', format: 'pem' })).bytes.toString();
  assert.ok(pem.startsWith(leaf + issuer), 'back to what it was, leaf first');
  assert.equal(tool('openssl', ['pkey'], { input: pem }).stdout, key);
  const sealed = (await convert({ data, password: 'secret', format: 'pem', new_password: 'other secret' })).bytes.toString();
  assert.match(sealed, /BEGIN ENCRYPTED PRIVATE KEY/);
  assert.equal(tool('openssl', ['pkey', '-passin', 'pass:other secret'], { input: sealed }).stdout, key);
  const der = (await convert({ data: leaf + issuer, format: 'der' })).bytes;
  assert.deepEqual(der, Buffer.from(leaf.replace(/-----.*-----|\s/g, ''), 'base64'));
  const p7b = file(d.dir, 'form.p7b', (await convert({ data: der.toString('base64'), format: 'p7b' })).bytes);
  assert.match(tool('openssl', ['pkcs7', '-inform', 'DER', '-in', p7b, '-print_certs']).stdout, /form\.example\.lan/);
  const legacy = file(d.dir, 'legacy.pfx', (await convert({ data: leaf + key, format: 'pkcs12', new_password: 'secret', pkcs12_profile: 'legacy' })).bytes);
  assert.match(tool('openssl', ['pkcs12', '-in', legacy, '-passin', 'pass:secret', '-info', '-noout']).stderr, /sha1.*2048|TripleDES/is);
  assert.deepEqual((await d.ok('GET', '/api/v1/status')).counters, before, 'nothing is kept');
});

test('a PFX is converted for the place it goes to, as an export is', async () => {
  const { leaf, key } = await household('place.example.lan');
  const { items } = await d.ok('GET', '/api/v1/export-targets');
  assert.ok(items.length >= 7);
  for (const { slug, pkcs12_profile } of items) {
    const made = await convert({ data: leaf + key, format: 'pkcs12', new_password: 'secret', target: slug });
    assert.equal(made.status, 200, JSON.stringify(made.body));
    const { stderr } = tool('openssl', ['pkcs12', '-in', file(d.dir, `${slug}.pfx`, made.bytes), '-passin', 'pass:secret', '-info', '-noout']);
    assert.match(stderr, pkcs12_profile === 'legacy' ? /MAC: sha1[^]*TripleDES/i : /MAC: sha256[^]*AES-256-CBC/i, slug);
  }
  for (const [wish, why] of [[{ format: 'pkcs12', target: 'nowhere' }, /no such target/], [{ format: 'pem', target: 'macos' }, /take the format pkcs12/], [{ format: 'pkcs12', target: 'macos', pkcs12_profile: 'strict' }, /one of the two/]]) {
    const { status, body } = await convert({ data: leaf + key, new_password: 'secret', ...wish });
    assert.deepEqual([status, body.errors[0].pointer], [422, '/target']);
    assert.match(body.detail, why);
  }
});

test('what cannot be converted says why, at the member', async () => {
  const { leaf, key, made } = await household('not.example.lan');
  const refused = async (body, pointer, why) => {
    const { status, body: problem } = await convert(body);
    assert.equal(status, 422, `${why}: ${JSON.stringify(problem)}`);
    assert.equal(problem.errors[0].pointer, pointer);
    assert.match(problem.detail, why);
  };
  await refused({ data: leaf, format: 'pkcs12', new_password: 'secret' }, '/data', /needs the private key/);
  await refused({ data: d.ca + key, format: 'pkcs12', new_password: 'secret' }, '/data', /none of the certificates belongs/);
  await refused({ data: leaf + key, format: 'pkcs12' }, '/new_password', /password/);
  await refused({ data: leaf + key, format: 'pkcs12', new_password: 'secret', pkcs12_profile: 'none' }, '/pkcs12_profile', /no such profile/);
  await refused({ data: leaf + key, format: 'jks' }, '/format', /no such form/);
  await refused({ data: key, format: 'p7b' }, '/data', /no certificate/);
  await refused({ data: '???', format: 'pem' }, '/data', /neither PEM/);
  const { token } = await d.ok('POST', '/api/v1/tokens', { name: 'looker', role: 'viewer', expires_in_days: 1 });
  assert.equal((await d.call('POST', '/api/v1/tools/convert', { data: made.pem, format: 'der' }, { token })).status, 403);
  assert.equal((await d.call('POST', '/api/v1/tools/explain', { text: 'x509' }, { token })).status, 200);
});

test('an error is explained by its words, and held against the chain when there is one', async () => {
  const said = await explain({ text: 'NET::ERR_CERT_COMMON_NAME_INVALID' });
  assert.deepEqual(causes(said), ['name-mismatch']);
  assert.deepEqual(said.causes[0].said, [{ program: 'Chrome, Edge', code: 'ERR_CERT_COMMON_NAME_INVALID' }]);
  assert.deepEqual([said.valid, said.causes[0].in_chain], [null, null]);
  assert.ok(said.causes[0].remedy.length > 0 && said.causes[0].affects);
  assert.deepEqual((await explain({ text: 'it does not work' })).causes, []);
  assert.equal((await d.call('POST', '/api/v1/tools/explain', {})).body.errors[0].pointer, '/text');

  const { made, leaf } = await household('why.example.lan');
  const other = await explain({ text: 'SSL_ERROR_BAD_CERT_DOMAIN', chain: made.pem, name: 'other.example.lan' });
  assert.deepEqual([other.valid, other.causes[0].rule, other.causes[0].in_chain], [false, 'name-mismatch', true]);
  const fine = await explain({ text: 'SEC_ERROR_UNKNOWN_ISSUER', chain: made.pem, name: 'why.example.lan' });
  assert.deepEqual([fine.valid, fine.causes[0].in_chain], [true, false], 'the chain is good here: the client lacks the root');
  const alone = await explain({ text: 'unable to get local issuer certificate', chain: leaf });
  assert.deepEqual(alone.causes.map(c => [c.rule, c.in_chain]), [['untrusted', true], ['incomplete-chain', true]]);
  const own = await d.ok('POST', '/api/v1/certificates', { dns_names: ['own.example.lan'], issuer: 'self', key: { type: 'ed25519' }, valid_days: 397 });
  assert.deepEqual(causes(await explain({ chain: own.pem })), ['self-signed', 'key-type']);
});

test("a live server's chain as openssl s_client prints it is read whole", async () => {
  const seen = tool('openssl', ['s_client', '-connect', `localhost:${d.https}`, '-servername', 'localhost', '-showcerts'], { input: '', status: null });
  const answer = await explain({ text: seen.stdout + seen.stderr, name: 'localhost' });
  assert.equal(answer.valid, true, JSON.stringify(answer.findings));
  assert.ok(causes(answer).some(rule => ['untrusted', 'incomplete-chain'].includes(rule)));
  assert.equal(answer.causes[0].in_chain, false);
});

test('convert and explain by the command line', async () => {
  const { leaf, issuer } = await household('line.example.lan');
  const pem = file(d.dir, 'line.pem', leaf), chain = file(d.dir, 'line.chain.pem', issuer), secret = file(d.dir, 'line.secret', 'secret\n'), pfx = join(d.dir, 'line.pfx');
  assert.equal(run(['tool', 'convert', pem, join(d.dir, 'line.example.lan.key'), chain, '--to', 'pfx', '--new-password-file', secret, '--out', pfx], remote()).status, 0);
  assert.match(tool('openssl', ['pkcs12', '-in', pfx, '-passin', 'pass:secret', '-nodes']).stdout, /BEGIN PRIVATE KEY/);
  assert.match(run(['tool', 'decode', pfx, '--password-file', secret], remote()).stdout, /^pkcs12 {2}PFX[^]*private-key[^]*Belongs to +line\.example\.lan/);
  assert.match(run(['tool', 'convert', pfx, '--password-file', secret, '--to', 'pem', '--out', '-'], remote()).stdout, /BEGIN CERTIFICATE[^]*BEGIN PRIVATE KEY/);
  assert.equal(run(['tool', 'convert', pem], remote()).status, 2);
  const old = join(d.dir, 'old.pfx');
  assert.equal(run(['tool', 'convert', pem, join(d.dir, 'line.example.lan.key'), '--for', 'windows-2016', '--new-password-file', secret, '--out', old], remote()).status, 0);
  assert.match(tool('openssl', ['pkcs12', '-in', old, '-passin', 'pass:secret', '-info', '-noout']).stderr, /MAC: sha1/);
  const told = run(['tool', 'explain', 'curl: (60) SSL certificate problem: certificate has expired'], remote());
  assert.equal(told.status, 0);
  assert.match(told.stdout, /is over \(expired\)[^]*said by {2}OpenSSL[^]*1\. Renew it/);
  assert.match(run(['tool', 'explain', '--chain', pem, '--name', 'x.example.lan'], remote()).stdout, /name-mismatch[^]*incomplete-chain/);
  assert.equal(run(['tool', 'explain', 'no idea'], remote()).status, 1);
});
