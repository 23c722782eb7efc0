import test from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultPoints, file, started, tool } from './lib/daemon.mjs';
import { foreign as foreignIn } from './lib/foreign.mjs';

const names = { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] };
const issue = (d, wish) => d.ok('POST', '/api/v1/certificates', wish);
const at = (c, tail = '') => `/api/v1/certificates/${c.id ?? c}${tail}`;
const listed = async (d, filter = '') => (await d.ok('GET', `/api/v1/certificates?filter=${encodeURIComponent(filter)}&limit=500`)).items.map(c => c.id);

let d;
const foreign = name => foreignIn(d.dir, name);
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

// In use by ---------------------------------------------------------------------------------------------------

test('who uses a certificate is computed, shown, and protects it from archive and deletion', async () => {
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id;
  const users = async c => (await d.ok('GET', at(c, '/uses'))).items;
  assert.deepEqual((await users(server)).map(u => [u.by, u.name, u.version]), [['web-server', null, 1]]);

  const next = await issue(d, names), named = await issue(d, { dns_names: ['ca.example.lan'] });
  assert.deepEqual(await users(next), []);
  await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id });
  await d.ok('PUT', '/api/v1/web-server', { certificate_id: named.id, hostnames: ['ca.example.lan'] });
  assert.deepEqual((await users(named)).map(u => [u.by, u.name]), [['web-server', 'ca.example.lan']]);
  assert.deepEqual((await users(server)).map(u => u.by), ['web-server-previous']);
  const probe = (await d.ok('GET', '/api/v1/certificates?q=Trust%20probe')).items[0];
  assert.deepEqual((await users(probe)).map(u => u.by), ['probe']);
  for (const a of (await d.ok('GET', '/api/v1/authorities')).items) assert.ok((await users(a.certificate_id)).some(u => u.by === 'authority' && u.name === a.name && u.id === a.id));

  for (const certificate of [server, next.id, named.id, probe.id])
    for (const [method, tail] of [['POST', '/archive'], ['DELETE', ''], ['DELETE', '?confirm=localhost']]) {
      const { status, body } = await d.call(method, at(certificate, tail), method === 'POST' ? {} : undefined);
      assert.deepEqual([status, body.type], [409, '/problems/in-use'], `${method} ${tail}`);
      assert.ok(body.users.length >= 1 && body.users.length === body.errors.length && body.errors[0].detail === body.users[0].text);
    }

  // the way back is given up by selecting the present one again
  await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id });
  await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id });
  assert.deepEqual(await users(server), []);
  assert.equal((await d.ok('POST', at(server, '/archive'), {})).archived, true);
});

// Archive and delete ------------------------------------------------------------------------------------------

test('what is archived is neither listed, counted, renewed nor shown, and comes back as it was', async () => {
  const c = await issue(d, { dns_names: ['away.example.lan'], valid_days: 10 });
  const counters = async () => (await d.ok('GET', '/api/v1/status')).counters;
  const before = await counters();
  const put = await d.call('POST', at(c, '/archive'), {}, { headers: { 'if-match': '"1"' } });
  assert.deepEqual([put.status, put.body.archived, put.headers.etag], [200, true, '"2"']);
  assert.equal((await d.call('POST', at(c, '/archive'), {}, { headers: { 'if-match': '"1"' } })).status, 412);
  await d.ok('POST', at(c, '/archive'), {});
  assert.ok(!(await listed(d)).includes(c.id) && !(await listed(d, 'san:away.example.lan')).includes(c.id) && !(await listed(d, '-is:archived')).includes(c.id));
  assert.ok((await listed(d, 'is:archived')).includes(c.id));
  const during = await counters();
  assert.deepEqual([during.total, during.expiring], [before.total - 1, before.expiring - 1]);
  for (const [method, path, body] of [['POST', at(c, '/renew'), {}], ['PUT', '/api/v1/web-server', { certificate_id: c.id, accept: ['name-mismatch'] }]]) {
    const refused = await d.call(method, path, body);
    assert.deepEqual([refused.status, refused.body.type], [409, '/problems/archived'], path);
  }
  assert.equal((await d.ok('POST', at(c, '/unarchive'), {})).archived, false);
  assert.deepEqual(await counters(), before);
  assert.ok((await listed(d, 'san:away.example.lan')).includes(c.id));
  const acts = (await d.ok('GET', at(c, '/history'))).items.map(h => h.act);
  assert.deepEqual(acts.filter(a => /archived/.test(a)), ['certificate.unarchived', 'certificate.archived']);
});

test('only what is archived, or called by its name, is deleted, and then all of it: rows, search, key', async () => {
  const before = (await d.ok('GET', '/api/v1/status')).counters.total;
  const c = await issue(d, { dns_names: ['gone.example.lan'] });
  await d.ok('POST', at(c, '/renew'), {});
  const refused = await d.call('DELETE', at(c));
  assert.deepEqual([refused.status, refused.body.type], [409, '/problems/not-archived']);
  const other = await d.call('DELETE', at(c, '?confirm=else.example.lan'));
  assert.deepEqual([other.status, other.body.errors[0].pointer], [422, '/confirm']);
  assert.equal((await d.call('DELETE', at(c, '?confirm=gone.example.lan'))).status, 204);
  for (const tail of ['', '/versions', '/uses', '/path']) assert.equal((await d.call('GET', at(c, tail))).status, 404, tail);
  assert.deepEqual((await d.ok('GET', '/api/v1/certificates?q=gone.example.lan')).items, []);
  assert.equal((await d.ok('GET', '/api/v1/status')).counters.total, before);
  const last = (await d.ok('GET', at(c, '/history'))).items[0];
  assert.equal(last.act, 'certificate.deleted');
  assert.deepEqual([last.detail.versions.length, last.detail.versions[1].serial], [2, c.serial]);

  const again = await issue(d, { dns_names: ['gone.example.lan'] });
  assert.equal((await d.ok('GET', '/api/v1/certificates?q=gone.example.lan')).items[0].id, again.id);
  await d.ok('POST', at(again, '/archive'), {});
  assert.equal((await d.call('DELETE', at(again))).status, 204);
});

test('archive and delete need the right to manage, of the certificate in question', async () => {
  const c = await issue(d, { dns_names: ['guarded.example.lan'] });
  const viewer = (await d.ok('POST', '/api/v1/tokens', { name: 'onlooker', role: 'viewer', expires_in_days: 1 })).token;
  for (const [method, tail] of [['POST', '/archive'], ['POST', '/unarchive'], ['DELETE', '?confirm=guarded.example.lan']])
    assert.equal((await d.call(method, at(c, tail), method === 'POST' ? {} : undefined, { token: viewer })).status, 403, tail);
  assert.deepEqual((await d.ok('GET', at(c, '/uses'), undefined, { token: viewer })).items, []);
});

test('on the command line: uses, archive, unarchive, delete', async () => {
  const c = await issue(d, { dns_names: ['line.example.lan'] });
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id;
  assert.match(d.cli(['cert', 'uses', server]).stdout, /web-server/);
  assert.match(d.cli(['cert', 'archive', server], { status: 5 }).stderr, /web server/);
  assert.equal(JSON.parse(d.cli(['cert', 'archive', c.id, '--json']).stdout).archived, true);
  assert.match(d.cli(['cert', 'list', '--filter', 'is:archived']).stdout, /line\.example\.lan/);
  d.cli(['cert', 'unarchive', c.id]);
  d.cli(['cert', 'delete', c.id], { status: 5 });
  d.cli(['cert', 'delete', c.id, '--confirm', 'line.example.lan']);
  d.cli(['cert', 'show', c.id], { status: 3 });
});

// Replace and roll back ----------------------------------------------------------------------------------------

const thumbprint = pem => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const replace = (c, data, more = {}) => d.call('POST', at(c, '/replace'), { data, ...more });

// What openssl is shown: nothing of our own between it and the wire.
function onTheWire(servername = 'localhost', daemon = d) {
  const { stdout } = tool('openssl', ['s_client', '-connect', `127.0.0.1:${daemon.https}`, '-servername', servername, '-showcerts'], { input: '', status: null });
  return thumbprint(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(stdout)[0]);
}

test('a file of the same names becomes the next version; what does not belong is refused, told in a preview, and taken when agreed to', async () => {
  const c = await issue(d, { dns_names: ['r.example.lan'] }), f = foreign('belongs');
  const same = f.leaf('same', { dns: ['r.example.lan'], ip: [] }), other = f.leaf('other', { dns: ['o.example.lan'], ip: [], use: 'clientAuth' });

  const told = await replace(c, same, { preview: true });
  assert.deepEqual([told.status, told.body.preview, told.body.belongs, told.body.version, told.body.differences, told.body.steps], [200, true, true, 2, [], []]);
  assert.equal((await d.ok('GET', at(c))).version, 1);
  const taken = await replace(c, same, { filename: 'same.pem' });
  assert.deepEqual([taken.status, taken.body.version, taken.body.items[taken.body.item].action], [200, 2, 'joined'], JSON.stringify(taken.body));
  const now = await d.ok('GET', at(c));
  assert.deepEqual([now.version, now.versions, now.thumbprint_sha256, now.has_private_key, now.exportable], [2, 2, thumbprint(f.read('same.pem')), true, true]);
  assert.equal((await d.ok('GET', at(c, '/history'))).items[0].act, 'certificate.replaced');

  const again = await replace(c, same);
  assert.deepEqual([again.status, /current version already/.test(again.body.detail)], [409, true]);
  const refused = await replace(c, other);
  assert.deepEqual([refused.status, refused.body.type, refused.body.errors.map(e => [e.rule, e.pointer])], [422, '/problems/does-not-belong', [['other-names', '/data'], ['other-purpose', '/data']]]);
  const seen = (await replace(c, other, { preview: true, accept: ['other-names'] })).body;
  assert.deepEqual([seen.belongs, seen.differences.map(f => [f.level, f.rule])], [false, [['warning', 'other-names'], ['error', 'other-purpose']]]);
  assert.equal((await d.ok('GET', at(c))).version, 2);
  assert.equal((await replace(c, other, { accept: ['other-names', 'other-purpose'] })).status, 200);
  assert.deepEqual((await d.ok('GET', at(c))).dns_names, ['o.example.lan']);
  assert.deepEqual((await d.ok('GET', '/api/v1/certificates?q=o.example.lan')).items.map(i => i.id), [c.id]);

  const bare = f.leaf('bare', { dns: ['o.example.lan'], ip: [], use: 'clientAuth' }) && f.read('bare.pem').toString();
  assert.deepEqual((await replace(c, bare)).body.errors.map(e => e.rule), ['no-private-key']);
  assert.deepEqual((await replace(c, f.read('ca.pem').toString())).body.errors.map(e => e.pointer), ['/data']);
  assert.deepEqual((await replace(c, same + other)).status, 422);
  assert.equal((await replace(c, 'nothing of use')).status, 422);
  assert.deepEqual((await replace(c, same, { accept: ['anything'] })).body.errors.map(e => e.pointer), ['/accept/0']);
  const authority = (await d.ok('GET', '/api/v1/authorities')).items[0].certificate_id;
  assert.equal((await replace(authority, f.read('ca.pem').toString(), { accept: ['other-names'] })).status, 409);
});

test('the same key says that it belongs, and never becomes exportable by that', async () => {
  const c = await issue(d, { dns_names: ['k.example.lan'] }), f = foreign('samekey');
  const pem = (await d.call('POST', at(c, '/export'), { format: 'pem', include_key: true })).bytes.toString();
  file(f.dir, 'own.key', pem.slice(pem.indexOf('-----BEGIN PRIVATE KEY')));
  f.leaf('wider', { dns: ['k.example.lan', 'k2.example.lan'], ip: [], key: f.at('own.key') });
  const { status, body } = await replace(c, f.read('wider.pem').toString());
  assert.deepEqual([status, body.differences.map(x => [x.level, x.rule])], [200, [['note', 'other-names']]], JSON.stringify(body));
  assert.equal((await d.ok('GET', at(c))).has_private_key, true);
});

test('a version that was comes back: names, search and counters with it, and the next one has the next number', async () => {
  const c = await issue(d, { dns_names: ['v1.example.lan'], valid_days: 10 }), f = foreign('return');
  const counters = async () => (await d.ok('GET', '/api/v1/status')).counters;
  const before = await counters();
  assert.equal((await replace(c, f.leaf('v2', { dns: ['v2.example.lan'], ip: [] }), { accept: ['other-names'] })).status, 200);
  assert.equal((await counters()).expiring, before.expiring - 1);
  const back = await d.call('POST', at(c, '/rollback'), { version: 1 }, { headers: { 'idempotency-key': 'back-1' } });
  assert.deepEqual([back.status, back.body.version, back.body.versions, back.body.dns_names], [200, 1, 2, ['v1.example.lan']], JSON.stringify(back.body));
  assert.equal((await d.call('POST', at(c, '/rollback'), { version: 1 }, { headers: { 'idempotency-key': 'back-1' } })).headers['idempotent-replayed'], 'true');
  assert.deepEqual(await counters(), before);
  for (const [name, hits] of [['v1.example.lan', [c.id]], ['v2.example.lan', []]])
    for (const query of [`q=${name}`, `filter=san:${name}`]) assert.deepEqual((await d.ok('GET', `/api/v1/certificates?${query}`)).items.map(i => i.id), hits, query);
  assert.deepEqual((await d.ok('GET', at(c, '/versions'))).items.map(v => [v.version, v.thumbprint_sha256 === c.thumbprint_sha256]), [[2, false], [1, true]]);
  for (const version of [1, 9]) assert.deepEqual((await d.call('POST', at(c, '/rollback'), { version })).body.errors?.map(e => e.pointer), ['/version']);
  assert.equal((await d.ok('POST', at(c, '/renew'), {})).version, 3);
  assert.deepEqual((await d.ok('GET', at(c, '/history'))).items.find(h => h.act === 'certificate.rolled-back').detail, { version: 1, from: 2 });
});

test('owner, tags, notes, label and account stay and are found after renewing, replacing and rolling back', async () => {
  const c = await issue(d, { dns_names: ['said.example.lan'] }), f = foreign('said');
  const said = { owner: 'Harbour crew', tags: ['night shift', 'quayside'], notes: 'Ask Rolf\nbefore a change', label: 'The crane', account: 'NT SERVICE\\Crane' };
  await d.ok('PATCH', at(c), said);
  const steps = [
    ['renewed', () => d.ok('POST', at(c, '/renew'), {}), 'said.example.lan'],
    ['replaced', () => replace(c, f.leaf('other', { dns: ['other.example.lan'], ip: [] }), { accept: ['other-names'] }), 'other.example.lan'],
    ['rolled back', () => d.ok('POST', at(c, '/rollback'), { version: 1 }), 'said.example.lan'],
    ['replaced again', () => replace(c, f.leaf('again', { dns: ['said.example.lan', 'more.example.lan'], ip: [] }), { accept: ['other-names'] }), 'more.example.lan'],
    ['rolled back to a replacement', () => d.ok('POST', at(c, '/rollback'), { version: 3 }), 'other.example.lan'],
    ['renewed at last', () => d.call('POST', at(c, '/rollback'), { version: 2 }).then(() => d.ok('POST', at(c, '/renew'), {})), 'said.example.lan'],
  ];
  const found = async query => (await d.ok('GET', `/api/v1/certificates?${new URLSearchParams(query)}`)).items.map(i => i.id);
  for (const [what, act, name] of steps) {
    await act();
    const now = await d.ok('GET', at(c));
    assert.deepEqual(Object.fromEntries(Object.keys(said).map(k => [k, now[k]])), said, what);
    assert.ok(now.dns_names.includes(name), what);
    for (const q of ['harbour', 'quayside', 'night shift', 'rolf', 'the crane', name]) assert.deepEqual(await found({ q }), [c.id], `${what}: ${q}`);
    for (const filter of ['owner:"Harbour crew"', 'tag:quayside', 'tag:"night shift"', `san:${name}`]) assert.deepEqual(await found({ filter }), [c.id], `${what}: ${filter}`);
  }
});

// A client that keeps asking over one connection.
function visitor() {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 }), v = { asked: 0, failed: [], sockets: new Set() };
  const loop = async () => {
    while (!v.stopped) {
      try {
        v.sockets.add((await d.call('GET', '/healthz', undefined, { agent, token: null })).socket);
        v.asked++;
      } catch (e) { v.failed.push(e.message); }
      await sleep(3);
    }
    agent.destroy();
  };
  v.ended = loop();
  v.stop = () => { v.stopped = true; return v.ended; };
  return v;
}

test('what this server shows follows at once: openssl sees it, those who are connected go on, and a version that cannot be shown changes nothing', async () => {
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, f = foreign('server');
  const shown = () => onTheWire();
  const first = shown(), version = (await d.ok('GET', at(server))).version;

  const unknown = await replace(server, f.leaf('s1'));
  assert.deepEqual([unknown.status, unknown.body.type, unknown.body.errors.map(e => [e.rule, e.pointer])], [422, '/problems/refused', [['untrusted', '/data']]]);
  assert.deepEqual(unknown.body.steps.filter(s => s.result === 'failed').map(s => s.name), ['chain']);
  const elsewhere = await replace(server, f.leaf('s2', { dns: ['elsewhere.example.lan'], ip: [] }), { accept: ['other-names', 'untrusted'] });
  assert.deepEqual(elsewhere.body.errors.map(e => e.rule), ['name-mismatch']);
  assert.deepEqual([(await d.ok('GET', at(server))).version, (await d.ok('GET', at(server, '/versions'))).items.length, shown()], [version, version, first]);

  await d.ok('POST', '/api/v1/certificates/import', { data: f.read('ca.pem').toString(), store: 'root' });
  const told = await replace(server, f.read('s1.pem').toString() + f.read('s1.key'), { preview: true });
  assert.deepEqual(told.body.steps.map(s => s.result), Array(6).fill('ok'), JSON.stringify(told.body));
  assert.equal(shown(), first);

  const visitors = [visitor(), visitor(), visitor()];
  const done = await replace(server, f.read('s1.pem').toString() + f.read('s1.key'));
  assert.deepEqual([done.status, done.headers.connection, done.body.steps.at(-1).name], [200, 'close', 'switch'], JSON.stringify(done.body));
  assert.equal(shown(), thumbprint(f.read('s1.pem')));
  const now = await d.ok('GET', '/api/v1/web-server', undefined, { ca: f.read('ca.pem') });
  assert.deepEqual([now.serving.certificate_id, now.serving.version, now.serving.thumbprint_sha256], [server, version + 1, shown()]);

  const back = await d.call('POST', at(server, '/rollback'), { version }, { ca: f.read('ca.pem') });
  assert.deepEqual([back.status, back.headers.connection, back.body.version], [200, 'close', version], JSON.stringify(back.body));
  assert.equal(shown(), first);
  await Promise.all(visitors.map(v => v.stop()));
  for (const v of visitors) assert.deepEqual([v.failed, v.sockets.size, v.asked > 3], [[], 1, true]);

  // one swap each: nobody follows what was followed already
  await sleep(300);
  const acts = (await d.ok('GET', at(server, '/history'))).items.map(h => h.act);
  assert.deepEqual(acts.slice(0, 2), ['certificate.rolled-back', 'certificate.replaced']);
  assert.equal((await d.ok('GET', '/api/v1/web-server')).generation, now.generation + 1);

  const operator = (await d.ok('POST', '/api/v1/tokens', { name: 'hand', role: 'operator', expires_in_days: 1 })).token;
  assert.equal((await d.call('POST', at(server, '/rollback'), { version: version + 1 }, { token: operator })).status, 403);
});

// The CA of the file is known to this server and to the tests from now on.
async function trusted(name) {
  const f = foreign(name);
  await d.ok('POST', '/api/v1/certificates/import', { data: f.read('ca.pem').toString(), store: 'root' });
  d.ca += f.read('ca.pem');
  return f;
}
async function settled() {
  for (let n = 0; n < 300; n++) {
    const now = await d.ok('GET', '/api/v1/web-server');
    if (now.state === 'kept') return now;
    await sleep(100);
  }
  return assert.fail('the change still waits');
}

test('replaced with a time to confirm it: nobody does, and both what is shown and the lineage go back, after kill -9 as well', async () => {
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, f = await trusted('unconfirmed');
  const old = await d.ok('GET', at(server)), shown = onTheWire();
  const told = await replace(server, f.leaf('u0'), { preview: true, confirm_within_sec: 600 });
  assert.deepEqual([told.status, told.body.swap, (await d.ok('GET', '/api/v1/web-server')).state], [200, null, 'kept']);
  for (const isKilled of [false, true]) {
    const done = await replace(server, f.leaf(`u${isKilled}`), { confirm_within_sec: 1 });
    assert.deepEqual([done.status, done.body.swap.state, done.headers.connection], [200, 'pending', 'close'], JSON.stringify(done.body));
    if (isKilled) {
      await d.stop('SIGKILL');
      await d.start();
    }
    const now = await settled(), c = await d.ok('GET', at(server));
    assert.deepEqual([now.serving.thumbprint_sha256, now.serving.version, onTheWire(), c.version, c.versions], [shown, old.version, shown, old.version, done.body.version]);
    const [last, before] = (await d.ok('GET', at(server, '/history'))).items;
    assert.deepEqual([last.act, last.detail, before.act], ['certificate.rolled-back', { version: old.version, from: done.body.version }, 'certificate.replaced']);
  }
});

test('replaced and rolled back with a time to confirm it: confirmed it stays, taken back at once it is as before; meanwhile nothing else is changed', async () => {
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, f = await trusted('confirmed'), version = async () => (await d.ok('GET', at(server))).version;
  const old = await version(), done = await replace(server, f.leaf('c1'), { confirm_within_sec: 600 });
  assert.equal(done.body.swap.state, 'pending', JSON.stringify(done.body));
  assert.equal((await replace(server, f.leaf('c2'))).body.type, '/problems/pending');
  const fresh = thumbprint(f.read('c1.pem'));
  assert.equal(onTheWire(), fresh);
  assert.equal((await d.ok('POST', '/api/v1/web-server/confirm', {})).state, 'kept');
  assert.deepEqual([await version(), onTheWire()], [done.body.version, fresh]);

  const back = await d.call('POST', at(server, '/rollback'), { version: old, confirm_within_sec: 600 });
  assert.deepEqual([back.status, back.body.version, back.body.swap.state, back.body.steps.at(-1).name], [200, old, 'pending', 'switch'], JSON.stringify(back.body));
  assert.notEqual(onTheWire(), fresh);
  await d.ok('POST', '/api/v1/web-server/rollback', {});
  assert.deepEqual([await version(), onTheWire(), (await d.ok('GET', '/api/v1/web-server')).state], [done.body.version, fresh, 'kept']);

  // of what is not shown there is nothing to confirm
  const other = await issue(d, { dns_names: ['unshown.example.lan'] });
  await d.ok('POST', at(other, '/renew'), {});
  const plain = await d.ok('POST', at(other, '/rollback'), { version: 1, confirm_within_sec: 600 });
  assert.deepEqual([plain.version, plain.swap, plain.steps], [1, null, []]);
});

test('an expired version comes back only when that is agreed to, and the refusal says by which word', async () => {
  const c = await issue(d, { dns_names: ['over.example.lan'] }), f = foreign('over');
  assert.equal((await replace(c, f.leaf('o', { dns: ['over.example.lan'], ip: [], until: '20240101000000Z' }), { accept: ['expired'] })).status, 200);
  await d.ok('POST', at(c, '/rollback'), { version: 1 });
  const refused = await d.call('POST', at(c, '/rollback'), { version: 2 });
  assert.deepEqual([refused.status, refused.body.errors.map(e => [e.rule, e.pointer])], [422, [['expired', '/version']]]);
  assert.equal((await d.ok('POST', at(c, '/rollback'), { version: 2, accept: ['expired'] })).status, 'expired');
});

test('the process ended at each point of replacing and rolling back: lineage and listener are both old or both new', async () => {
  const points = ['replace.', 'return.'].flatMap(faultPoints);
  assert.ok(points.length >= 6, points.join());
  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, f = await trusted('faults');
  for (const [n, point] of [...points, 'swap.recorded'].entries()) {
    const old = await d.ok('GET', at(server)), fresh = f.leaf(`f${n}`);
    await d.stop();
    await d.start({ SIGNET_TEST_FAULT: `${point}:1` });
    const answer = point.startsWith('return.') ? d.call('POST', at(server, '/rollback'), { version: old.version === 1 ? 2 : 1 }) : d.call('POST', at(server, '/replace'), { data: fresh });
    assert.equal(await answer.then(a => JSON.stringify(a.body), () => 'gone'), 'gone', point);
    assert.equal((await d.ended).code, 137, `${point} was not passed`);
    d.child = undefined;
    await d.start();
    const now = await d.ok('GET', at(server));
    assert.equal(onTheWire(), now.thumbprint_sha256, `${point}: version ${now.version} is not what is shown`);
    assert.equal((await d.ok('GET', '/api/v1/web-server')).serving.thumbprint_sha256, now.thumbprint_sha256, point);
    if (/committed|swap/.test(point)) assert.notEqual(now.thumbprint_sha256, old.thumbprint_sha256, point);
    else if (!/recorded/.test(point)) assert.equal(now.thumbprint_sha256, old.thumbprint_sha256, point);
  }
});

test('on the command line: replace and rollback', async () => {
  const c = await issue(d, { dns_names: ['cl.example.lan'] }), f = foreign('line');
  file(f.dir, 'new.pem', f.leaf('x', { dns: ['cl.example.lan'], ip: [] }));
  assert.match(d.cli(['cert', 'replace', c.id, f.at('new.pem'), '--preview']).stderr, /would be version 2/);
  assert.match(d.cli(['cert', 'replace', c.id, f.at('new.pem')]).stderr, /version 2 is the current one/);
  file(f.dir, 'bad.pem', f.leaf('y', { dns: ['other.example.lan'], ip: [] }));
  assert.match(d.cli(['cert', 'replace', c.id, f.at('bad.pem')], { status: 1 }).stderr, /other names/);
  assert.match(d.cli(['cert', 'rollback', c.id, '--version', '1']).stderr, /version 1 is the current one/);
  assert.equal(JSON.parse(d.cli(['cert', 'show', c.id, '--json']).stdout).version, 1);

  const server = (await d.ok('GET', '/api/v1/web-server')).serving.certificate_id, g = await trusted('line-server'), shown = onTheWire();
  file(g.dir, 'server.pem', g.leaf('s'));
  assert.match(d.cli(['cert', 'replace', server, g.at('server.pem'), '--confirm-within', '600']).stderr, /signet server confirm/);
  assert.equal(onTheWire(), thumbprint(g.read('s.pem')));
  d.cli(['server', 'confirm']);
  const first = (await d.ok('GET', at(server, '/versions'))).items.find(v => v.thumbprint_sha256 === shown).version;
  assert.match(d.cli(['cert', 'rollback', server, '--version', String(first), '--confirm-within', '600']).stderr, /signet server confirm/);
  d.cli(['server', 'rollback']);
  assert.equal(onTheWire(), thumbprint(g.read('s.pem')));
  assert.match(d.cli(['cert', 'rollback', server, '--version', '1', '--confirm-within', 'soon'], { status: 2 }).stderr, /seconds/);
});
