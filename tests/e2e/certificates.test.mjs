import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { corpus, file, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const issue = (body, options) => d.call('POST', '/api/v1/certificates', body, options);
const pem = bytes => /-----BEGIN/.test(bytes.toString('latin1')) ? bytes.toString('latin1')
  : `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE REQUEST-----\n`;
const text = leaf => tool('openssl', ['x509', '-noout', '-text'], { input: leaf }).stdout;

test('a certificate for a name and an address has every extension that clients look for', async () => {
  const { status, body, headers } = await issue({ dns_names: ['Web.Example.LAN', 'bücher.example.lan', '*.apps.example.lan'], ip_addresses: ['10.0.0.5', '2001:DB8::1'] });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(headers.location, `/api/v1/certificates/${body.id}`);
  assert.deepEqual(body.dns_names, ['web.example.lan', 'xn--bcher-kva.example.lan', '*.apps.example.lan']);
  assert.deepEqual(body.ip_addresses, ['10.0.0.5', '2001:db8::1']);
  assert.equal(body.common_name, 'web.example.lan');
  assert.equal(body.status, 'valid');
  const [leaf, issuer] = body.pem.match(/-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----\n/g);
  const shown = text(leaf);
  for (const line of [/Version: 3/, /CN = web.example.lan/, /X509v3 Key Usage: critical\s+Digital Signature\n/, /TLS Web Server Authentication\n/,
    /DNS:web.example.lan, DNS:xn--bcher-kva.example.lan, DNS:\*\.apps\.example\.lan, IP Address:10\.0\.0\.5, IP Address:2001:DB8:0:0:0:0:0:1/,
    /Subject Key Identifier/, /Authority Key Identifier/, new RegExp(`URI:http://127.0.0.1:${d.http}/crl/`), new RegExp(`CA Issuers - URI:http://127.0.0.1:${d.http}/ca/`)])
    assert.match(shown, line);
  assert.equal(body.serial.length >= 32, true);
  const strict = tool('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'x.apps.example.lan', '-CAfile', d.root_certificate,
    '-untrusted', file(d.dir, 'i.pem', issuer), file(d.dir, 'l.pem', leaf)]);
  assert.match(strict.stdout, /OK/);
});

test('each key type that is offered can be had, and each profile says what it is for', async () => {
  for (const [type, seen] of [['ec-p256', /P-256/], ['ec-p384', /P-384/], ['ed25519', /ED25519/], ['rsa-2048', /2048 bit/], ['rsa-3072', /3072 bit/]]) {
    const { body } = await issue({ dns_names: ['k.example.lan'], key: { type } });
    assert.equal(body.key_type, type);
    assert.match(text(body.pem), seen);
  }
  for (const [profile, purposes] of [['client', /Usage: \n\s+TLS Web Client Authentication\n/], ['web-server-and-client', /TLS Web Server Authentication, TLS Web Client Authentication/]])
    assert.match(text((await issue({ profile, dns_names: ['k.example.lan'] })).body.pem), purposes);
});

test('what is wrong is refused with its field named, and nothing is written', async () => {
  const before = (await d.ok('GET', '/api/v1/status')).counters.total;
  const many = Array.from({ length: 1000 }, (_, i) => `h${i}.example.lan`);
  for (const [body, pointer, status = 422] of [
    [{ dns_names: ['ok.lan', 'bad name'] }, '/dns_names/1'],
    [{ dns_names: ['a\u0000.lan'] }, '/dns_names/0'],
    [{ dns_names: ['a\n.lan'] }, '/dns_names/0'],
    [{ dns_names: ['xn--a.example.lan'] }, '/dns_names/0'],
    [{ dns_names: ['*'] }, '/dns_names/0'],
    [{ dns_names: ['a.*.lan'] }, '/dns_names/0'],
    [{ dns_names: ['a*.lan'] }, '/dns_names/0'],
    [{ dns_names: ['ok.lan', '*.com'] }, '/dns_names/1'],
    [{ common_name: '*.lan' }, '/common_name'],
    [{ dns_names: ['a_b.lan'] }, '/dns_names/0'],
    [{ dns_names: ['10.0.0.5'] }, '/dns_names/0'],
    [{ dns_names: ['x'.repeat(64) + '.lan'] }, '/dns_names/0'],
    [{ dns_names: many }, '/dns_names'],
    [{ ip_addresses: ['10.0.0.0/8'] }, '/ip_addresses/0'],
    [{ ip_addresses: ['host.lan'] }, '/ip_addresses/0'],
    [{ ip_addresses: ['127.1'] }, '/ip_addresses/0'],
    [{ dns_names: ['a.lan'], common_name: 'b.lan' }, '/common_name'],
    [{ dns_names: ['a.lan'], valid_days: 40000 }, '/valid_days'],
    [{ dns_names: ['a.lan'], valid_days: 0 }, '/valid_days'],
    [{ dns_names: ['a.lan'], valid_days: 'ten' }, '/valid_days'],
    [{ dns_names: ['a.lan'], profile: 'root' }, '/profile'],
    [{ dns_names: ['a.lan'], key: { type: 'rsa-1024' } }, '/key/type'],
    [{ dns_names: ['a.lan'], key: { typ: 'rsa-2048' } }, '/key/typ'],
    [{ dns_names: ['a.lan'], surprise: true }, '/surprise'],
    [{ dns_names: ['a.lan'], issuer: '00000000-0000-7000-8000-000000000000' }, '/issuer'],
    [{ dns_names: 'a.lan' }, '/dns_names'],
    [{}, undefined],
  ]) {
    const at = process.hrtime.bigint();
    const answer = await issue(body);
    assert.equal(answer.status, status, `${JSON.stringify(body).slice(0, 80)}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (pointer) assert.ok(answer.body.errors.some(e => e.pointer === pointer), `${JSON.stringify(body).slice(0, 80)}: ${JSON.stringify(answer.body.errors)}`);
    assert.ok(Number(process.hrtime.bigint() - at) < 2e9);
  }
  for (const [raw, status] of [['{"dns_names":["a.lan"],"dns_names":["b.lan"]}', 422], ['{', 400], ['', 422], ['x'.repeat(200 * 1024), 413]])
    assert.equal((await issue(raw)).status, status, raw.slice(0, 40));
  assert.equal((await issue('{"dns_names":["a.lan"]}', { headers: { 'content-type': 'text/plain' } })).status, 415);
  assert.equal((await d.ok('GET', '/api/v1/status')).counters.total, before);
});

test('a number that fits nowhere is refused at its place too', async () => {
  for (const [raw, pointer] of [['{"dns_names":["a.lan"],"valid_days":9223372036854775808}', '/valid_days'], ['{"valid_days":1e400}', '/valid_days'], ['{"dns_names":["a.lan",-1e999]}', '/dns_names/1'],
    ['{"key":{"type":123456789012345678901234567890}}', '/key/type']]) {
    const { status, body } = await issue(raw, { raw: true });
    assert.deepEqual([status, body.errors?.[0].pointer], [422, pointer], raw);
  }
});

test('every request of the corpus gets its expected verdict with nothing but csr in the body', async t => {
  const rows = corpus(t);
  if (!rows) return;
  const wrong = [];
  for (const row of rows.filter(r => r.kind === 'csr')) {
    const { status, body } = await issue({ csr: pem(row.bytes) });
    const verdict = status === 201 ? 'accept' : status >= 400 && status < 500 ? 'reject' : `status ${status}`;
    if (verdict !== row.expected) wrong.push(`${row.file}: ${verdict}, expected ${row.expected}: ${body.detail ?? ''}`);
    if (verdict === 'reject') assert.ok(body.errors?.length || body.detail, row.file);
  }
  assert.deepEqual(wrong, []);
});

test('fuzzed requests, names, distinguished names and JSON never make the server fail', async t => {
  const rows = corpus(t);
  if (!rows) return;
  const { pid } = d.child;
  for (const row of rows) {
    const body = { 'csr-fuzz': { csr: pem(row.bytes) }, 'csr-estbody': { csr: row.bytes.toString('latin1') }, 'name-fuzz': { dns_names: [row.bytes.toString()] },
      'dn-fuzz': { common_name: row.bytes.toString(), dns_names: ['a.lan'] } }[row.kind];
    if (body) {
      const answer = await issue(body);
      assert.ok(answer.status < 500, `${row.file}: ${answer.status}`);
    }
    if (row.kind === 'json') {
      const answer = await issue(row.bytes);
      assert.ok(answer.status >= 400 && answer.status < 500, `${row.file}: ${answer.status}`);
    }
  }
  assert.equal(d.child.pid, pid);
  assert.equal(d.child.exitCode, null);
});

test('only names and key are taken from a request: what else it asks for is not in the certificate', async () => {
  const config = file(d.dir, 'greedy.cnf', `[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=x\n[dn]\nCN=greedy.example.lan\nO=Somebody Else\n[x]\nsubjectAltName=DNS:greedy.example.lan,email:root@example.lan\nbasicConstraints=CA:TRUE\nkeyUsage=keyCertSign\nextendedKeyUsage=codeSigning\n`);
  const made = tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(d.dir, 'k.pem'), '-config', config]).stdout;
  const { status, body } = await issue({ csr: made });
  assert.equal(status, 201, JSON.stringify(body));
  assert.equal(body.has_private_key, false);
  const shown = text(body.pem);
  assert.doesNotMatch(shown, /CA:TRUE|Certificate Sign|Code Signing|Somebody Else|root@example/);
  assert.ok(body.warnings.length >= 1);
});

test('self-signed is for test environments, and says so', async () => {
  const { body } = await issue({ dns_names: ['test.lan'], issuer: 'self' });
  assert.equal(body.self_signed, true);
  tool('openssl', ['verify', '-CAfile', file(d.dir, 'self.pem', body.pem), join(d.dir, 'self.pem')]);
});

test('an Idempotency-Key makes ten tries one certificate, and another body an error', async () => {
  const headers = { 'idempotency-key': 'once-only-1' };
  const answers = [];
  for (let n = 0; n < 10; n++) answers.push(await issue({ dns_names: ['once.lan'] }, { headers }));
  assert.deepEqual([...new Set(answers.map(a => a.status))], [201]);
  assert.equal(new Set(answers.map(a => a.body.id)).size, 1);
  assert.equal((await issue({ dns_names: ['twice.lan'] }, { headers })).status, 422);
});

test('renewal adds a version; the earlier one can still be looked at', async () => {
  const { body } = await issue({ dns_names: ['renew.lan'] });
  const renewed = await d.ok('POST', `/api/v1/certificates/${body.id}/renew`, {});
  assert.equal(renewed.version, 2);
  assert.notEqual(renewed.serial, body.serial);
  const versions = await d.ok('GET', `/api/v1/certificates/${body.id}/versions`);
  assert.deepEqual(versions.items.map(v => v.version).sort(), [1, 2]);
  assert.equal((await d.ok('GET', `/api/v1/certificates/${body.id}/versions/1`)).serial, body.serial);
});

test('the list is found by name, serial and thumbprint, filtered, sorted, and paged without loss', async () => {
  for (let n = 0; n < 25; n++) await issue({ dns_names: [`page-${String(n).padStart(2, '0')}.example.lan`], valid_days: 10 + n });
  const all = [];
  let cursor = '';
  do {
    const page = await d.ok('GET', `/api/v1/certificates?q=page-&sort=not_after&limit=7${cursor}`);
    all.push(...page.items);
    cursor = page.next_cursor ? `&cursor=${page.next_cursor}` : '';
  } while (cursor);
  assert.deepEqual(all.map(c => c.common_name), Array.from({ length: 25 }, (_, n) => `page-${String(n).padStart(2, '0')}.example.lan`));
  const one = all[3];
  const mmc = one.thumbprint_sha1.toUpperCase().match(/../g).join(' ');
  for (const q of [one.serial, one.serial.slice(0, 12), one.thumbprint_sha256, `\u200e${mmc}`, one.thumbprint_sha1.match(/../g).join(':')])
    assert.deepEqual((await d.ok('GET', `/api/v1/certificates?q=${encodeURIComponent(q)}`)).items.map(c => c.id), [one.id], q);
  const soon = await d.ok('GET', `/api/v1/certificates?filter=${encodeURIComponent('expires<15d status:expiring')}`);
  assert.ok(soon.items.length >= 4 && soon.items.every(c => Date.parse(c.not_after) < Date.now() + 15 * 864e5));
  assert.equal((await d.call('GET', '/api/v1/certificates?cursor=forged')).status, 422);
  assert.equal((await d.call('GET', `/api/v1/certificates?filter=${encodeURIComponent('expires<<')}`)).status, 422);
});

test('by Accept the same certificate comes as chain, DER or PKCS#7, and If-None-Match spares the answer', async () => {
  const { body } = await issue({ dns_names: ['forms.lan'] });
  const url = `/api/v1/certificates/${body.id}`;
  const chain = await d.call('GET', url, undefined, { headers: { accept: 'application/pem-certificate-chain' } });
  assert.equal(chain.bytes.toString(), body.pem);
  const der = await d.call('GET', url, undefined, { headers: { accept: 'application/pkix-cert' } });
  assert.match(tool('openssl', ['x509', '-inform', 'DER', '-noout', '-subject', '-in', file(d.dir, 'f.der', der.bytes)]).stdout, /forms\.lan/);
  const p7b = await d.call('GET', url, undefined, { headers: { accept: 'application/x-pkcs7-certificates' } });
  assert.match(tool('openssl', ['pkcs7', '-inform', 'DER', '-print_certs', '-in', file(d.dir, 'f.p7b', p7b.bytes)]).stdout, /forms\.lan/);
  const again = await d.call('GET', url, undefined, { headers: { 'if-none-match': (await d.call('GET', url)).headers.etag } });
  assert.equal(again.status, 304);

  const asked = async accept => {
    const answer = await d.call('GET', url, undefined, { headers: { accept } });
    return [answer.status, answer.headers['content-type']];
  };
  for (const [accept, type] of [
    ['application/pkix-cert;q=0.5, application/json', 'application/json'], ['application/json;q=0.2, application/pkix-cert;q=0.7', 'application/pkix-cert'],
    ['application/pkix-cert;q=0, */*', 'application/json'], ['application/*;q=0.1, Application/X-PKCS7-Certificates', 'application/x-pkcs7-certificates'], ['*/*', 'application/json'],
  ]) assert.deepEqual(await asked(accept), [200, type], accept);
  for (const accept of ['application/x-pkcs12', 'text/html', 'application/json;q=0'])
    assert.deepEqual(await asked(accept), [406, 'application/problem+json'], accept);
});

test('what a request asks for and does not get is told', async () => {
  const csr = (subject, names) => tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(d.dir, 'told.pem'), '-subj', subject,
    '-addext', `subjectAltName=${names}`]).stdout;
  for (const [subject, names, kept, rules] of [
    ['/CN=other.lan', 'DNS:a.lan', ['a.lan'], ['common-name-dropped']],
    ['/CN=A.lan', 'DNS:a.lan', ['a.lan'], []],
    ['/CN=a.lan', 'email:root@a.lan', ['a.lan'], ['san-type-dropped']],
  ]) {
    const { body } = await issue({ csr: csr(subject, names) });
    assert.deepEqual(body.dns_names, kept, subject);
    assert.deepEqual(body.warnings.map(w => w.rule), rules, subject);
  }
  const { body: old } = await issue({ dns_names: ['keeps.lan'] });
  const renewed = (await d.call('POST', `/api/v1/certificates/${old.id}/renew`, { csr: csr('/CN=keeps.lan', 'DNS:keeps.lan,DNS:more.lan') })).body;
  assert.deepEqual([renewed.dns_names, renewed.warnings.map(w => w.rule)], [['keeps.lan'], ['names-kept']]);
});

test('nothing issued outlives its issuer, and a new authority signs its revocation list at once', async () => {
  const root = await d.ok('POST', '/api/v1/authorities', { name: 'Short Root', years: 1 });
  const under = await d.ok('POST', '/api/v1/authorities', { name: 'Short Issuing', years: 1, parent_id: root.id });
  const defaulted = (await issue({ dns_names: ['s.lan'], issuer: under.id })).body;
  assert.ok(Date.parse(defaulted.not_after) <= Date.parse(under.not_after));
  const asked = await issue({ dns_names: ['s.lan'], issuer: under.id, valid_days: 800 });
  assert.equal(asked.status, 422);
  assert.equal(asked.body.errors[0].pointer, '/valid_days');
  const crl = await d.call('GET', new URL(under.crl.url).pathname, undefined, { plain: true, port: d.http });
  assert.equal(crl.status, 200);
  const path = file(d.dir, 'short.crl', crl.bytes), issuer = file(d.dir, 'short.pem', under.pem);
  assert.match(tool('openssl', ['crl', '-inform', 'DER', '-in', path, '-noout', '-verify', '-CAfile', issuer]).stderr, /verify OK/);
  assert.match(tool('openssl', ['crl', '-inform', 'DER', '-in', path, '-noout', '-text']).stdout, /No Revoked Certificates/);
});

test('no authority below a root is a limit of its own, other than none said', async () => {
  const make = body => d.call('POST', '/api/v1/authorities', body);
  const alone = (await make({ name: 'Alone Root', path_len: 0 })).body;
  assert.equal(alone.path_len, 0);
  assert.equal((await make({ name: 'Below Alone', parent_id: alone.id })).body.errors[0].pointer, '/parent_id');
  assert.equal((await make({ name: 'Free Root' })).body.path_len, null);
});

test('an authority that was answered has its certificate and its list on the plain listener', async () => {
  for (let n = 0; n < 12; n++) {
    const { crl, certificate_url } = await d.ok('POST', '/api/v1/authorities', { name: `At once ${n}`, years: 1 });
    for (const url of [crl.url, certificate_url])
      assert.equal((await d.call('GET', new URL(url).pathname, undefined, { plain: true, port: d.http })).status, 200, url);
  }
});

test('20-byte serials with at least 127 random bits, positive, none twice', async () => {
  const serials = [];
  for (let n = 0; n < 60; n++) serials.push((await issue({ dns_names: ['n.lan'] })).body.serial);
  assert.equal(new Set(serials).size, serials.length);
  for (const s of serials) assert.match(s, /^[4-7][0-9a-f]{39}$/);
  for (let bit = 0; bit < 128; bit++) {
    const set = serials.filter(s => BigInt(`0x${s}`) >> BigInt(bit) & 1n).length;
    assert.ok(set > 5 && set < 55, `bit ${bit} is ${set} of 60`);
  }
});
