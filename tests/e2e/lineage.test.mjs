import test from 'node:test';
import assert from 'node:assert/strict';
import { started } from './lib/daemon.mjs';

const names = { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] };
const issue = (d, wish) => d.ok('POST', '/api/v1/certificates', wish);
const at = (c, tail = '') => `/api/v1/certificates/${c.id ?? c}${tail}`;
const listed = async (d, filter = '') => (await d.ok('GET', `/api/v1/certificates?filter=${encodeURIComponent(filter)}&limit=500`)).items.map(c => c.id);

let d;
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
