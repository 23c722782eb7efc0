import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import tls from 'node:tls';
import { corpus, Daemon, file, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const RECEIVED = 'Your certificate request has been received. However, you must wait for an administrator to issue the certificate you requested.';
const ISSUED = 'The certificate you requested was issued to you.';
const openssl = (args, options) => tool('openssl', args, options).stdout;
let serial = 0;
const at = name => join(d.dir, `${serial++}-${name}`);

// A request as its owner makes it: with all that he would like to have.
function asked(names, { subject = '/O=Example/OU=Print/CN=' + names[0], extra = [], attributes = [] } = {}) {
  const key = at('key.pem'), csr = at('request.pem');
  const san = names.map(n => (/^[\d.]+$/.test(n) ? `IP:${n}` : `DNS:${n}`)).join(',');
  openssl(['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', csr, '-subj', subject,
    '-addext', `subjectAltName=${san}`, ...extra.flatMap(e => ['-addext', e]), ...attributes]);
  return { key, csr, pem: readFileSync(csr, 'utf8') };
}
const ask = (body, options) => d.call('POST', '/api/v1/requests', { kind: 'sign', ...body }, options);
const one = id => d.ok('GET', `/api/v1/requests/${id}`);
const tokenOf = async role => (await d.ok('POST', '/api/v1/tokens', { name: `${role}-${serial++}`, role, expires_in_days: 1 })).token;
const line = (policy, field) => policy.differences.find(x => x.field === field);

// To be signed here -------------------------------------------------------------------------------------------

test('a preview sets what is asked beside what policy signs, and stores nothing', async () => {
  const { pem } = asked(['ask.example.lan', '10.9.8.7'], { extra: ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign', '1.3.6.1.4.1.99999.1=ASN1:UTF8String:x', 'certificatePolicies=1.2.3.4'] });
  const { status, body } = await ask({ csr: pem, preview: true });
  assert.equal(status, 200);
  assert.deepEqual(body.decoded.dns_names, ['ask.example.lan']);
  assert.match(body.decoded.subject, /O=Example/);
  assert.equal(line(body.policy, 'Subject').signed, 'CN=ask.example.lan');
  assert.equal(line(body.policy, 'Subject').same, false);
  assert.equal(line(body.policy, 'Subject Alternative Name').same, true);
  assert.deepEqual([line(body.policy, 'Basic Constraints').asked, line(body.policy, 'Basic Constraints').signed], ['Subject Type=CA, Path Length Constraint=None', '']);
  assert.deepEqual([line(body.policy, 'Key Usage').asked, line(body.policy, 'Key Usage').signed], ['Certificate Signing', 'Digital Signature']);
  assert.equal(line(body.policy, '1.3.6.1.4.1.99999.1').signed, '');
  assert.equal(line(body.policy, 'Certificate Policies').signed, '');
  assert.match(line(body.policy, 'Enhanced Key Usage').signed, /Server Authentication/);
  assert.ok(body.policy.differences.every(x => x.same === (x.why === '')));
  assert.deepEqual((await d.ok('GET', '/api/v1/requests')).items, []);
});

test('a requester asks, an operator edits within policy and signs; four forms come down, and openssl agrees with each', async () => {
  const requester = await tokenOf('requester'), operator = await tokenOf('operator');
  const { csr, pem, key } = asked(['printer.example.lan', 'odd.example.lan']);
  const made = await ask({ csr: pem, comment: 'second floor' }, { token: requester });
  assert.equal(made.status, 201);
  assert.equal(made.body.message, RECEIVED);
  assert.equal(made.body.state, 'pending');
  const { id } = made.body;
  assert.equal(made.headers.location, `/api/v1/requests/${id}`);
  for (const [what, body] of [['sign', {}], ['deny', { reason: 'because' }]])
    assert.equal((await d.call('POST', `/api/v1/requests/${id}/${what}`, body, { token: requester })).status, 403);

  const terms = { dns_names: ['printer.example.lan'], ip_addresses: ['10.0.0.9'], valid_days: 90, profile: 'web-server-and-client', label: 'Printer' };
  const looked = await d.ok('POST', `/api/v1/requests/${id}/sign`, { ...terms, preview: true }, { token: operator });
  assert.equal(line(looked.policy, 'Subject Alternative Name').signed, 'DNS Name=printer.example.lan, IP Address=10.0.0.9');
  assert.equal((await one(id)).state, 'pending');
  const long = await d.call('POST', `/api/v1/requests/${id}/sign`, { ...terms, valid_days: 5000 }, { token: operator });
  assert.equal(long.status, 422);
  assert.equal(long.body.errors[0].pointer, '/valid_days');
  const stale = await d.call('POST', `/api/v1/requests/${id}/sign`, terms, { token: operator, headers: { 'if-match': '"7"' } });
  assert.equal(stale.status, 412);

  const headers = { 'idempotency-key': `sign-${id}`, 'if-match': '"1"' };
  const signed = await d.ok('POST', `/api/v1/requests/${id}/sign`, terms, { token: operator, headers });
  assert.equal(signed.message, ISSUED);
  assert.equal(signed.state, 'issued');
  const again = await d.call('POST', `/api/v1/requests/${id}/sign`, terms, { token: operator, headers });
  assert.equal(again.headers['idempotent-replayed'], 'true');
  assert.equal(again.body.certificate_id, signed.certificate_id);
  const certificate = await d.ok('GET', `/api/v1/certificates/${signed.certificate_id}`);
  assert.deepEqual([certificate.dns_names, certificate.ip_addresses, certificate.label, certificate.source, certificate.profile],
    [['printer.example.lan'], ['10.0.0.9'], 'Printer', 'request', 'web-server-and-client']);

  const form = async name => (await d.call('GET', `/api/v1/requests/${id}/certificate?form=${name}`, undefined, { token: requester })).bytes;
  const der = await form('der'), ca = file(d.dir, 'root.pem', d.ca);
  const leaf = new X509Certificate(der);
  assert.ok(leaf.checkPrivateKey((await import('node:crypto')).createPrivateKey(readFileSync(key))));
  assert.equal((await form('pem')).toString().match(/BEGIN CERTIFICATE/g).length, 1);
  const chain = file(d.dir, 'chain.pem', await form('chain'));
  assert.match(openssl(['verify', '-CAfile', ca, '-untrusted', chain, file(d.dir, 'leaf.pem', await form('pem'))]), /OK/);
  const p7b = openssl(['pkcs7', '-inform', 'DER', '-in', file(d.dir, 'c.p7b', await form('p7b')), '-print_certs', '-noout']);
  assert.match(p7b, /printer\.example\.lan/);
  assert.match(p7b, /Issuing CA/);
  assert.equal((await d.call('GET', `/api/v1/requests/${id}/certificate?form=exe`)).status, 422);
  assert.equal((await d.call('POST', `/api/v1/requests/${id}/deny`, { reason: 'late' })).status, 409);
  assert.ok(readFileSync(csr, 'utf8').includes('BEGIN'));
});

test('a denied request stays among the failed ones with its reason; its owner may withdraw another, and nobody else', async () => {
  const requester = await tokenOf('requester'), stranger = await tokenOf('requester');
  const first = (await ask({ csr: asked(['no.example.lan']).pem }, { token: requester })).body;
  const denied = await d.ok('POST', `/api/v1/requests/${first.id}/deny`, { reason: 'There is no such host.' });
  assert.match(denied.message, /^Your certificate request was denied\. The disposition message is "There is no such host\."/);
  const failed = (await d.ok('GET', '/api/v1/requests?kind=sign&state=denied')).items;
  assert.ok(failed.some(r => r.id === first.id && r.settled.reason === 'There is no such host.'));
  assert.equal((await d.call('GET', `/api/v1/requests/${first.id}/certificate`)).status, 409);

  const second = (await ask({ csr: asked(['mine.example.lan']).pem }, { token: requester })).body;
  assert.equal((await d.call('DELETE', `/api/v1/requests/${second.id}`, undefined, { token: stranger })).status, 403);
  assert.equal((await d.ok('DELETE', `/api/v1/requests/${second.id}`, undefined, { token: requester })).state, 'withdrawn');
  assert.equal((await d.call('DELETE', `/api/v1/requests/${second.id}`, undefined, { token: requester })).status, 409);
  const history = (await d.ok('GET', '/api/v1/requests?state=withdrawn')).items;
  assert.ok(history.some(r => r.id === second.id));
});

test('the list goes on by its cursor; the same request twice, too many at once, and nonsense are refused', async () => {
  const requester = await tokenOf('requester');
  const { pem } = asked(['twice.example.lan']);
  const key = { headers: { 'idempotency-key': 'one-intention' }, token: requester };
  const made = await ask({ csr: pem }, key);
  assert.equal((await ask({ csr: pem }, key)).body.id, made.body.id);
  assert.equal((await ask({ csr: pem }, { token: requester })).status, 409);
  for (let n = 0; n < 3; n++) await ask({ csr: asked([`page-${n}.example.lan`]).pem }, { token: requester });
  const seen = [];
  for (let cursor = ''; cursor !== null;) {
    const page = await d.ok('GET', `/api/v1/requests?state=pending&limit=2&cursor=${cursor}`);
    assert.ok(page.items.length <= 2);
    seen.push(...page.items.map(r => r.common_name));
    cursor = page.next_cursor;
  }
  assert.equal(new Set(seen).size, seen.length);
  assert.deepEqual(seen.slice(0, 4), ['page-2.example.lan', 'page-1.example.lan', 'page-0.example.lan', 'twice.example.lan']);
  for (const [query, pointer] of [['state=lost', '/state'], ['kind=odd', '/kind'], ['cursor=xyz', '/cursor'], ['limit=0', '/limit']]) {
    const { status, body } = await d.call('GET', `/api/v1/requests?${query}`);
    assert.deepEqual([status, body.errors[0].pointer], [422, pointer]);
  }
  for (const [body, pointer] of [[{ kind: 'odd' }, '/kind'], [{ csr: '' }, '/csr'], [{ csr: 'junk!' }, '/csr'], [{ csr: pem, issuer: 'self' }, '/issuer'],
    [{ csr: pem, key: {} }, '/kind'], [{ csr: pem, profile: 'odd' }, '/profile'], [{ csr: pem, dns_names: ['a b'] }, '/dns_names/0'], [{ csr: pem, valid_days: 9999 }, '/valid_days']]) {
    const answer = await ask(body);
    assert.deepEqual([answer.status, answer.body.errors[0].pointer], [422, pointer], JSON.stringify(body).slice(0, 60));
  }
  assert.equal((await ask({ csr: pem }, { token: await tokenOf('viewer') })).status, 403);
});

test('every request of the corpus gets its verdict in the preview', async t => {
  const rows = corpus(t);
  if (!rows) return;
  const wrong = [];
  for (const row of rows.filter(r => ['csr', 'csr-fuzz', 'dn-fuzz'].includes(r.kind))) {
    const text = row.bytes.toString('latin1');
    const { status, body } = await ask({ csr: /-----BEGIN /.test(text) && !/[^\t\r\n\x20-\x7e]/.test(text) ? text : row.bytes.toString('base64'), preview: true });
    const said = status === 200 ? 'accept' : status === 422 && body.errors[0].pointer === '/csr' ? 'reject' : `status ${status} ${JSON.stringify(body.errors)}`;
    if (row.kind === 'csr' ? said !== row.expected : !['accept', 'reject'].includes(said)) wrong.push(`${row.file}: ${said}, expected ${row.expected}`);
  }
  assert.deepEqual(wrong, []);
});

// For another authority ---------------------------------------------------------------------------------------

// Another authority: openssl, with a root and an issuing CA below it.
class Elsewhere {
  constructor(name) {
    this.dir = at(name);
    tool('mkdir', [this.dir]);
    const run = (...args) => openssl(args, { cwd: this.dir });
    this.run = run;
    const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    run('req', '-x509', ...ec, '-keyout', 'root.key', '-out', 'root.pem', '-subj', `/CN=${name} Root`, '-days', '3650',
      '-addext', 'keyUsage=critical,keyCertSign,cRLSign');
    run('req', '-new', ...ec, '-keyout', 'sub.key', '-out', 'sub.csr', '-subj', `/CN=${name} Issuing`);
    file(this.dir, 'sub.ext', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n');
    run('x509', '-req', '-in', 'sub.csr', '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial', '-days', '1800', '-extfile', 'sub.ext', '-out', 'sub.pem');
  }

  sign(csr, days = 300) {
    file(this.dir, 'in.csr', csr);
    file(this.dir, 'leaf.ext', 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n');
    assert.match(tool('openssl', ['req', '-in', 'in.csr', '-verify', '-noout'], { cwd: this.dir }).stderr, /OK/);
    this.run('x509', '-req', '-in', 'in.csr', '-CA', 'sub.pem', '-CAkey', 'sub.key', '-CAcreateserial', '-days', String(days), '-copy_extensions', 'copy', '-extfile', 'leaf.ext', '-out', 'leaf.pem');
    this.run('crl2pkcs7', '-nocrl', '-certfile', 'leaf.pem', '-certfile', 'sub.pem', '-certfile', 'root.pem', '-outform', 'DER', '-out', 'answer.p7b');
    return this;
  }

  read(name) { return readFileSync(join(this.dir, name)); }
}
const external = (body, options) => d.ok('POST', '/api/v1/requests', { kind: 'external', ...body }, options);

test('a request for another authority: accepted by openssl, completed with its P7B, shown by the web server with the whole chain, and taken out as PFX', async () => {
  const subject = { organization: 'Example, "Inc"', unit: 'IT', locality: 'Fürth', state: 'Bayern', country: 'DE' };
  const made = await external({ dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'], subject, label: 'Public face', key: { type: 'ec-p384' } });
  assert.equal(made.state, 'pending');
  assert.match(made.inf, /KeyAlgorithm = ECDSA_P384/);
  assert.match(made.inf, /_continue_ = "dns=localhost&"\r\n/);
  const elsewhere = new Elsewhere('Elsewhere').sign(made.csr);
  const said = openssl(['req', '-noout', '-text', '-nameopt', 'RFC2253,utf8', '-in', file(d.dir, 'x.csr', made.csr)]);
  assert.match(said, /CN=localhost,OU=IT,O=Example\\, \\"Inc\\"/);
  assert.match(said, /DNS:localhost, DNS:ca\.example\.lan, IP Address:127\.0\.0\.1/);

  const data = elsewhere.read('answer.p7b').toString('base64');
  const other = await external({ dns_names: ['other.example.lan'] });
  const wrong = await d.call('POST', `/api/v1/requests/${other.id}/complete`, { data });
  assert.equal(wrong.status, 422);
  assert.match(wrong.body.errors[0].detail, /none of the 3 certificates in it has the public key of this request/);
  const look = await d.ok('POST', `/api/v1/requests/${made.id}/complete`, { data, preview: true });
  assert.equal(look.items.find(i => i.request_id === made.id).key, true);
  assert.equal((await one(made.id)).state, 'pending');
  const done = await d.ok('POST', `/api/v1/requests/${made.id}/complete`, { data, filename: 'answer.p7b' });
  assert.deepEqual(done.items.map(i => i.store).sort(), ['intermediate', 'personal', 'root']);
  const completed = await one(made.id);
  assert.equal(completed.state, 'issued');
  const certificate = await d.ok('GET', `/api/v1/certificates/${completed.certificate_id}`);
  assert.deepEqual([certificate.label, certificate.has_private_key, certificate.exportable, certificate.store], ['Public face', true, true, 'personal']);
  assert.equal(certificate.pem.match(/BEGIN CERTIFICATE/g).length, 2, 'leaf and intermediate');

  const pfx = await d.call('POST', `/api/v1/certificates/${certificate.id}/export`, { format: 'pkcs12', password: 'Kopfnuss 7!' });
  const inside = openssl(['pkcs12', '-in', file(d.dir, 'out.pfx', pfx.bytes), '-passin', 'pass:Kopfnuss 7!', '-nodes']);
  assert.equal(inside.match(/BEGIN CERTIFICATE/g).length, 2);
  assert.match(inside, /BEGIN PRIVATE KEY/);
  const swap = await d.ok('PUT', '/api/v1/web-server', { certificate_id: certificate.id });
  assert.equal(swap.serving.thumbprint_sha256, certificate.thumbprint_sha256);
  const peer = await new Promise((ok, failed) => {
    const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', ca: elsewhere.read('root.pem') }, () => { ok(socket.getPeerCertificate(true)); socket.destroy(); });
    socket.on('error', failed);
  });
  assert.equal(peer.issuerCertificate.subject.CN, 'Elsewhere Issuing', 'the intermediate of the other authority is served');
  d.ca += elsewhere.read('root.pem').toString();
});

test('importing the answer finds the pending request, and says so before', async () => {
  const made = await external({ dns_names: ['found.example.lan'], key: { type: 'rsa-2048', exportable: false } });
  const leaf = new Elsewhere('Third').sign(made.csr).read('leaf.pem').toString();
  const look = await d.ok('POST', '/api/v1/certificates/import', { data: leaf, preview: true });
  assert.equal(look.items[0].request_id, made.id);
  assert.ok(look.items[0].findings.some(f => f.rule === 'completes-request'));
  assert.equal((await one(made.id)).state, 'pending');
  const done = await d.ok('POST', '/api/v1/certificates/import', { data: leaf });
  assert.deepEqual([done.items[0].request_id, done.items[0].key, done.items[0].store], [made.id, true, 'personal']);
  const row = await one(made.id);
  assert.deepEqual([row.state, row.certificate_id, row.certificate_version], ['issued', done.items[0].certificate_id, 1]);
  assert.equal((await d.ok('GET', `/api/v1/certificates/${row.certificate_id}`)).exportable, false);
  assert.equal((await d.call('POST', `/api/v1/requests/${made.id}/complete`, { data: leaf })).status, 409);

  const next = await external({ dns_names: ['found.example.lan'] });
  const renewed = new Elsewhere('Third again').sign(next.csr, 301).read('leaf.pem').toString();
  const [item] = (await d.ok('POST', `/api/v1/requests/${next.id}/complete`, { data: renewed })).items;
  assert.deepEqual([item.action, item.certificate_id, item.version], ['joined', row.certificate_id, 2], 'the next certificate from elsewhere is a version of the one before');
});

test('a request of our own may be signed here too: the answer is here already, and gets its key', async () => {
  const made = await external({ dns_names: ['circle.example.lan'] });
  const signed = await d.ok('POST', `/api/v1/requests/${(await ask({ csr: made.csr })).body.id}/sign`, {});
  const { bytes } = await d.call('GET', `/api/v1/requests/${signed.id}/certificate?form=chain`);
  assert.equal((await d.ok('GET', `/api/v1/certificates/${signed.certificate_id}`)).has_private_key, false);
  const { items } = await d.ok('POST', `/api/v1/requests/${made.id}/complete`, { data: bytes.toString() });
  assert.deepEqual(items.map(i => i.action), ['key-added', 'known']);
  assert.equal((await one(made.id)).certificate_id, signed.certificate_id);
  assert.equal((await d.ok('GET', `/api/v1/certificates/${signed.certificate_id}`)).has_private_key, true);
});

test('a withdrawn request destroys its key; what comes back late is a certificate without one', async () => {
  const made = await external({ dns_names: ['late.example.lan'] });
  const leaf = new Elsewhere('Fourth').sign(made.csr).read('leaf.pem').toString();
  assert.match((await d.ok('DELETE', `/api/v1/requests/${made.id}`)).message, /private key destroyed/);
  const [item] = (await d.ok('POST', '/api/v1/certificates/import', { data: leaf })).items;
  assert.deepEqual([item.key, item.request_id], [false, null]);
  const kept = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), "SELECT count(*) FROM key WHERE destroyed_at IS NOT NULL AND blob IS NULL"]).stdout.trim();
  assert.equal(kept, '1');
  for (const [body, pointer] of [[{}, '/dns_names'], [{ dns_names: ['a.lan'], subject: { country: 'de' } }, '/subject/country'], [{ dns_names: ['a.lan'], key: { type: 'ec-p521' } }, '/key/type'],
    [{ dns_names: ['a.lan'], csr: 'x' }, '/kind'], [{ dns_names: ['a.lan'], subject: { organization: 'x'.repeat(65) } }, '/subject/organization'], [{ dns_names: [`${'a'.repeat(60)}.${'b'.repeat(60)}.lan`] }, '/dns_names']]) {
    const answer = await d.call('POST', '/api/v1/requests', { kind: 'external', ...body });
    assert.deepEqual([answer.status, answer.body.errors[0].pointer], [422, pointer], JSON.stringify(body));
  }
  assert.equal((await d.call('POST', '/api/v1/requests', { kind: 'external', dns_names: ['a.lan'] }, { token: await tokenOf('requester') })).status, 403);
});

test('every step is in the journal, which still holds together', async () => {
  const acts = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), "SELECT DISTINCT act FROM journal WHERE act LIKE 'request.%' ORDER BY act"]).stdout.trim().split('\n');
  assert.deepEqual(acts, ['request.completed', 'request.created', 'request.denied', 'request.signed', 'request.submitted', 'request.withdrawn']);
});

// The command line --------------------------------------------------------------------------------------------

test('signet request: create, show, sign, deny, complete, withdraw and list', () => {
  const json = (...args) => JSON.parse(d.cli(['request', ...args, '--json']).stdout);
  const { csr } = asked(['cli.example.lan']);
  const der = at('request.der');
  openssl(['req', '-in', csr, '-outform', 'DER', '-out', der]);
  assert.equal(json('create', '--csr', der, '--preview').policy.common_name, 'cli.example.lan');
  const made = json('create', '--csr', der, '--comment', 'from the shell');
  assert.match(d.cli(['request', 'show', made.id]).stderr, /wait for an administrator/);
  const out = at('cli.pem');
  const said = d.cli(['request', 'sign', made.id, '--days', '30', '--out', out, '--form', 'chain']);
  assert.match(said.stderr, /The certificate you requested was issued to you\./);
  assert.equal(readFileSync(out, 'utf8').match(/BEGIN CERTIFICATE/g).length, 2);
  const refused = json('create', '--csr', asked(['cli2.example.lan']).csr);
  assert.equal(json('deny', refused.id, '--reason', 'no').state, 'denied');
  assert.equal(d.cli(['request', 'deny', refused.id, '--reason', 'no'], { status: 5 }).status, 5);

  const request = at('out.csr');
  const mine = json('create', '--dns', 'cli3.example.lan', '--organization', 'Example', '--country', 'DE', '--out', request);
  const elsewhere = new Elsewhere('Fifth').sign(readFileSync(request, 'utf8'));
  assert.match(d.cli(['request', 'show', mine.id, '--inf']).stdout, /\[NewRequest\]/);
  assert.match(d.cli(['request', 'complete', mine.id, join(elsewhere.dir, 'answer.p7b')]).stdout, /certificate +added +personal +yes +CN=cli3\.example\.lan/);
  const other = json('create', '--dns', 'cli4.example.lan');
  assert.equal(json('withdraw', other.id).state, 'withdrawn');
  assert.ok(json('list', '--state', 'issued').some(r => r.id === mine.id));
  assert.match(d.cli(['request', 'list', '--kind', 'external']).stdout, /cli3\.example\.lan/);
  assert.equal(d.cli(['request', 'sign', 'ffffffff-ffff-7fff-8fff-ffffffffffff'], { status: 3 }).status, 3);
});

// The end of the process ----------------------------------------------------------------------------------------

test('the process ended at each named point of a request: it is there whole or not at all, and can be gone on with', async () => {
  const points = [...new Set(readdirSync('server', { withFileTypes: true }).filter(f => f.isDirectory())
    .flatMap(f => readdirSync(join('server', f.name)).filter(n => n.endsWith('.c')).map(n => readFileSync(join('server', f.name, n), 'utf8')))
    .flatMap(text => [...text.matchAll(/fault_point\("(request\.[^"]+)"\)/g)].map(m => m[1])))];
  assert.ok(points.length >= 5, points.join());
  const k = await new Daemon().init();
  const walk = async () => {
    const mine = await k.ok('POST', '/api/v1/requests', { kind: 'external', dns_names: [`k${serial++}.example.lan`] });
    const elsewhere = new Elsewhere(`K${serial}`).sign(mine.csr);
    await k.ok('POST', `/api/v1/requests/${mine.id}/complete`, { data: elsewhere.read('answer.p7b').toString('base64') });
    const theirs = async () => k.ok('POST', '/api/v1/requests', { kind: 'sign', csr: asked([`t${serial++}.example.lan`]).pem });
    await k.ok('POST', `/api/v1/requests/${(await theirs()).id}/sign`, {});
    await k.ok('POST', `/api/v1/requests/${(await theirs()).id}/deny`, { reason: 'no' });
  };
  try {
    for (const point of points) {
      await k.start({ SIGNET_TEST_FAULT: `${point}:1` });
      await walk().catch(() => {});
      const { code } = await k.ended;
      assert.equal(code, 137, `${point} was not passed`);
      k.child = undefined;
      await k.start();
      await walk();
      for (const row of (await k.ok('GET', '/api/v1/requests?limit=500')).items) {
        const whole = await k.ok('GET', `/api/v1/requests/${row.id}`);
        assert.equal(whole.state === 'issued', whole.certificate_id !== null, `${point}: ${JSON.stringify(row)}`);
        if (whole.certificate_id) assert.equal((await k.ok('GET', `/api/v1/certificates/${whole.certificate_id}`)).has_private_key, whole.kind === 'external');
      }
      await k.stop();
    }
    const left = tool('sqlite3', ['-readonly', join(k.data, 'signet.db'),
      "SELECT count(*) FROM key WHERE purpose = 'subject' AND id NOT IN (SELECT key FROM version WHERE key IS NOT NULL) AND id NOT IN (SELECT key FROM request WHERE key IS NOT NULL)"]).stdout.trim();
    assert.equal(left, '0', 'a key without a request');
  } finally { await k.end(); }
});
