import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { SIGNET, sanitizers, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const at = (c, tail = '') => `/api/v1/certificates/${c.id ?? c}${tail}`;
const issue = (names, more = {}) => d.ok('POST', '/api/v1/certificates', { dns_names: [names], ...more });
const token = async (name, role) => (await d.ok('POST', '/api/v1/tokens', { name, role, expires_in_days: 1 })).token;
const PFX = { format: 'pkcs12', password: 'correct horse battery' };
const takes = async (c, who, wish = PFX) => (await d.call('POST', at(c, '/export'), wish, { token: who })).status;
const allow = (c, items, options) => d.call('PUT', at(c, '/permissions'), { items }, options);
const row = (kind, name, ...allows) => ({ kind, name, use: allows.includes('use'), export: allows.includes('export'), manage: allows.includes('manage') });

// Default deny, and what a grant changes ------------------------------------------------------------------------

test('who has neither the role nor a grant may nothing with a key; an export grant is for that certificate only, and at once', async () => {
  const viewer = await token('deploy', 'viewer'), other = await token('onlooker', 'viewer');
  const c = await issue('granted.example.lan'), elsewhere = await issue('elsewhere.example.lan');
  assert.equal(await takes(c, viewer), 403);

  const put = await allow(c, [row('token', 'deploy', 'export')]);
  assert.equal(put.status, 200);
  assert.deepEqual(put.body.items, [row('token', 'deploy', 'export')]);
  assert.equal(await takes(c, viewer), 200);
  assert.equal(await takes(elsewhere, viewer), 403);
  assert.equal(await takes(c, other), 403);
  assert.equal((await d.call('POST', at(c, '/renew'), {}, { token: viewer })).status, 403, 'export is not use');
  assert.equal((await allow(c, [], { token: viewer })).status, 403, 'export is not manage');
  assert.equal((await d.call('POST', '/api/v1/certificates', { dns_names: ['more.example.lan'] }, { token: viewer })).status, 403);

  const history = (await d.ok('GET', at(c, '/history'))).items;
  assert.deepEqual(history.map(h => h.act).slice(0, 2), ['certificate.exported', 'permissions.changed']);
  assert.deepEqual(history[1].detail, { before: [], after: [row('token', 'deploy', 'export')] });
  assert.equal(history[0].actor, 'deploy');

  assert.equal((await allow(c, [])).status, 200);
  assert.equal(await takes(c, viewer), 403, 'taken away at once');
});

test('a role can be granted a key: whoever has it may, until it is taken away; roles that may anyway are told', async () => {
  const auditor = await token('books', 'auditor'), requester = await token('asks', 'requester');
  const c = await issue('role.example.lan');
  const { body } = await allow(c, [row('role', 'auditor', 'export')]);
  assert.deepEqual(body.roles, [row('role', 'admin', 'use', 'export', 'manage'), row('role', 'operator', 'use', 'export')]);
  assert.equal(await takes(c, auditor), 200);
  assert.equal(await takes(c, requester), 403);
  await allow(c, []);
  assert.equal(await takes(c, auditor), 403);
});

test('use is to renew, and the next version keeps the list; manage is to change it, and nothing else', async () => {
  const robot = await token('robot', 'viewer'), keeper = await token('keyholder', 'viewer');
  const c = await issue('used.example.lan');
  await allow(c, [row('token', 'keyholder', 'manage'), row('token', 'robot', 'use')]);
  const renewed = await d.call('POST', at(c, '/renew'), {}, { token: robot });
  assert.deepEqual([renewed.status, renewed.body.version], [200, 2]);
  assert.equal(await takes(c, robot), 403);
  assert.equal(await takes(c, keeper), 403);
  const seen = await d.call('GET', at(c, '/permissions'), undefined, { token: keeper });
  assert.deepEqual([seen.body.may_change, seen.body.items.length], [true, 2]);
  assert.equal((await d.call('GET', at(c, '/permissions'), undefined, { token: robot })).body.may_change, false);
  assert.equal((await allow(c, [row('token', 'keyholder', 'manage')], { token: keeper })).status, 200);
  assert.equal((await d.call('POST', at(c, '/renew'), {}, { token: robot })).status, 403);
  assert.equal((await d.call('POST', at(c, '/archive'), {}, { token: keeper })).status, 403);
  assert.equal((await allow(await issue('other.example.lan'), [], { token: keeper })).status, 403);
});

test('an operator may every key and change no list; an administrator keeps it whatever the list says', async () => {
  const operator = await token('ops', 'operator'), c = await issue('kept.example.lan');
  assert.equal(await takes(c, operator), 200);
  assert.equal((await allow(c, [row('token', 'ops', 'manage')], { token: operator })).status, 403);
  await allow(c, [row('role', 'viewer', 'use')]);
  assert.equal(await takes(c, d.token), 200);
});

test('a revoked token is out of the list, and one of the same name that comes later is not in it', async () => {
  const made = await d.ok('POST', '/api/v1/tokens', { name: 'passing', role: 'viewer', expires_in_days: 1 }), c = await issue('passing.example.lan');
  await allow(c, [row('token', 'passing', 'export')]);
  assert.equal((await d.call('DELETE', `/api/v1/tokens/${made.id}`)).status, 204);
  assert.deepEqual((await d.ok('GET', at(c, '/permissions'))).items, []);
  assert.equal(await takes(c, await token('passing', 'viewer')), 403);
});

// The list and its faults ---------------------------------------------------------------------------------------

test('the list has an ETag; each fault has its pointer; nothing is changed by a list with a fault', async () => {
  const c = await issue('faults.example.lan');
  const first = await d.call('GET', at(c, '/permissions'));
  const second = await allow(c, [row('role', 'viewer', 'use')], { headers: { 'if-match': first.headers.etag } });
  assert.equal(second.status, 200);
  assert.notEqual(second.headers.etag, first.headers.etag);
  assert.equal((await allow(c, [], { headers: { 'if-match': first.headers.etag } })).status, 412);
  const bad = await allow(c, [row('token', 'nobody-here', 'use'), row('group', 'x', 'use'), row('role', 'auditor'), row('role', 'viewer', 'use'), row('role', 'viewer', 'export')]);
  assert.equal(bad.status, 422);
  assert.deepEqual(bad.body.errors.map(f => f.pointer), ['/items/0/name', '/items/1/kind', '/items/2', '/items/4/name']);
  assert.equal((await allow(c, Array.from({ length: 65 }, () => row('role', 'viewer', 'use')))).status, 422);
  assert.deepEqual((await d.ok('GET', at(c, '/permissions'))).items, [row('role', 'viewer', 'use')]);
  assert.equal((await allow('0193e4a1-7c3f-7d21-9b0a-2f6d8c1e5a40', [])).status, 404);
});

test('Check Names: one who is meant, in any case of letters; nobody, several, and accounts of Windows say so', async () => {
  const check = name => d.call('POST', '/api/v1/principals/check', { name });
  await token('Twice', 'viewer');
  assert.deepEqual((await check('  twice ')).body, { kind: 'token', name: 'Twice' });
  assert.deepEqual((await check('ADMIN')).status, 422, 'a user and a role');
  assert.match((await check('ADMIN')).body.errors[0].detail, /user:admin, role:admin/);
  assert.deepEqual((await check('role:Admin')).body, { kind: 'role', name: 'admin' });
  for (const [name, says] of [['nobody-here', /called "nobody-here"/], ['NT SERVICE\\MSSQLSERVER', /install script/], ['token:', /type the name/]]) {
    const { status, body } = await check(name);
    assert.deepEqual([status, body.errors[0].pointer], [422, '/name'], name);
    assert.match(body.errors[0].detail, says);
  }
  assert.equal((await d.call('POST', '/api/v1/principals/check', { name: 'admin' }, { token: await token('asker', 'operator') })).status, 403);
});

// Not exportable stays so ---------------------------------------------------------------------------------------

const FORMS = [PFX, { format: 'pem', include_key: true, password: 'correct horse battery' }, { format: 'pem', include_key: true },
  ...['windows', 'legacy', 'strict'].map(pkcs12_profile => ({ ...PFX, pkcs12_profile }))];
const neverLeaves = async (c, when) => {
  assert.equal((await d.ok('GET', at(c))).exportable, false, when);
  for (const wish of FORMS) {
    const { status, body } = await d.call('POST', at(c, '/export'), wish);
    assert.deepEqual([status, body.type], [403, '/problems/not-exportable'], `${when}: ${JSON.stringify(wish)}`);
  }
};

test('a key made not exportable stays so: granted, renewed, replaced, rolled back, and imported again as exportable', async () => {
  const c = await issue('stays.example.lan', { key: { exportable: false } });
  await neverLeaves(c, 'made');
  const friend = await token('friend', 'viewer');
  await allow(c, [row('token', 'friend', 'use', 'export', 'manage')]);
  assert.equal(await takes(c, friend), 403);
  await d.ok('POST', at(c, '/renew'), {});
  await neverLeaves(c, 'renewed');
  await d.ok('POST', at(c, '/rollback'), { version: 1 });
  await neverLeaves(c, 'rolled back');

  const key = join(d.dir, 'n.key'), crt = join(d.dir, 'n.crt');
  tool('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', crt, '-days', '90', '-subj', '/CN=n.example.lan',
    '-addext', 'subjectAltName=DNS:n.example.lan', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth']);
  const both = readFileSync(crt, 'utf8') + readFileSync(key, 'utf8');
  const first = await d.call('POST', '/api/v1/certificates/import', { data: both, exportable: false });
  const id = first.body.items.find(i => i.certificate_id)?.certificate_id;
  assert.ok(id, JSON.stringify(first.body));
  await neverLeaves(id, 'imported');
  for (const again of [both, readFileSync(key, 'utf8')]) {
    const second = await d.call('POST', '/api/v1/certificates/import', { data: again, exportable: true });
    assert.ok(second.status < 300, JSON.stringify(second.body));
    await neverLeaves(id, 'imported again');
  }
  tool('openssl', ['req', '-x509', '-key', key, '-out', join(d.dir, 'n2.crt'), '-days', '120', '-subj', '/CN=n.example.lan',
    '-addext', 'subjectAltName=DNS:n.example.lan', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth']);
  await d.ok('POST', at(id, '/replace'), { data: readFileSync(join(d.dir, 'n2.crt'), 'utf8') + readFileSync(key, 'utf8'), exportable: true, accept: ['untrusted'] });
  await neverLeaves(id, 'replaced');
});

test('on the command line: show, grant, revoke and check', async () => {
  await token('shell', 'viewer');
  const c = await issue('line.example.lan'), key = (...args) => d.cli(['key', 'permissions', ...args]);
  assert.equal(key('check', 'SHELL').stdout, 'token:shell\n');
  key('grant', c.id, 'shell', '--use', '--export');
  key('grant', c.id, 'role:auditor', '--manage');
  assert.deepEqual(JSON.parse(key('show', c.id, '--json').stdout).items, [row('role', 'auditor', 'manage'), row('token', 'shell', 'use', 'export')]);
  assert.match(key('revoke', c.id, 'shell', '--use').stdout, /token +shell +no +yes +no|token +shell +false +true +false/);
  key('revoke', c.id, 'shell');
  assert.deepEqual((await d.ok('GET', at(c, '/permissions'))).items, [row('role', 'auditor', 'manage')]);
  assert.match(d.cli(['key', 'permissions', 'check', 'nobody-here'], { status: 1 }).stderr, /look at the spelling/);
  d.cli(['key', 'permissions', 'grant', c.id, 'shell'], { status: 2 });
});

test('on the command line: of several who grant and revoke at once none is lost', async () => {
  const c = await issue('crowd.example.lan'), names = Array.from({ length: 6 }, (_, n) => `crowd-${n}`);
  for (const name of names) await token(name, 'viewer');
  await allow(c, [row('role', 'auditor', 'use')]);
  const key = (...args) => new Promise((done, failed) => {
    const child = spawn(SIGNET, ['key', 'permissions', ...args, '--data', d.data], { env: { ...process.env, ...sanitizers }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', text => { said += text; });
    child.on('exit', code => (code === 0 ? done() : failed(new Error(said))));
  });
  await Promise.all([...names.map(name => key('grant', c.id, name, '--export')), key('revoke', c.id, 'role:auditor')]);
  assert.deepEqual((await d.ok('GET', at(c, '/permissions'))).items.map(i => i.name).sort(), names);
});
