import test from 'node:test';
import assert from 'node:assert/strict';
import tls from 'node:tls';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon, PASSWORD, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const origin = () => ({ origin: d.origin, 'sec-fetch-site': 'same-origin', 'x-signet': '1' });
const signIn = (name = 'admin', password = PASSWORD) => d.call('POST', '/api/v1/session', { name, password }, { token: null, headers: origin() });

// Bytes as they are, and all that comes back.
function raw(bytes, wait = 1500) {
  return new Promise((done, failed) => {
    const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', ca: d.ca }, () => socket.write(bytes));
    let got = '';
    socket.setTimeout(wait, () => { socket.destroy(); done(got); });
    socket.on('data', data => { got += data; });
    socket.on('close', () => done(got));
    socket.on('error', failed);
  });
}
const statuses = got => [...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(m => m[1]).join();

test('what could smuggle a second request gets one 400 and a closed connection', async () => {
  const host = `Host: localhost:${d.https}\r\n`;
  const second = `GET /healthz HTTP/1.1\r\n${host}\r\n`;
  for (const head of [
    `POST /api/v1/session HTTP/1.1\r\n${host}Content-Length: 5\r\nContent-Length: 40\r\n\r\nabcde${second}`,
    `POST /api/v1/session HTTP/1.1\r\n${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${second}`,
    `POST /api/v1/session HTTP/1.1\r\n${host}Content-Length : 5\r\n\r\nabcde${second}`,
    `POST /api/v1/session HTTP/1.1\r\n${host}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${second}`,
    `GET /healthz HTTP/1.1\r\n${host}Host: evil.example\r\n\r\n${second}`,
    `GET /healthz HTTP/1.1\r\n\r\n${second}`,
    `GET /healthz HTTP/1.1\r\n${host}X: a\0b\r\n\r\n${second}`,
    `GET /a%00b HTTP/1.1\r\n${host}\r\n${second}`,
  ]) {
    const got = await raw(head);
    assert.equal(statuses(got), '400', `${JSON.stringify(head.slice(0, 90))}: ${statuses(got)}`);
    assert.match(got, /connection: close/i);
  }
  assert.equal(statuses(await raw(second + second.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))), '200,200');
});

// What came, cut into answers: each as its method and status make it.
function answers(bytes, methods) {
  const out = [];
  for (const method of methods) {
    const end = bytes.indexOf('\r\n\r\n'), head = bytes.subarray(0, end).toString('latin1');
    assert.match(head, /^HTTP\/1\.1 \d{3} /, `answer ${out.length} of ${methods.length}`);
    const status = Number(head.slice(9, 12)), named = Number(head.match(/content-length: (\d+)/i)?.[1] ?? 0);
    const len = method === 'HEAD' || status === 304 ? 0 : named;
    out.push({ status, body: bytes.subarray(end + 4, end + 4 + len) });
    bytes = bytes.subarray(end + 4 + len);
  }
  assert.equal(bytes.length, 0);
  return out;
}

test('requests in one breath are answered in order and whole, with a body or without, to those who read slowly too', async () => {
  const page = (await d.call('GET', '/', undefined, { token: null })).bytes.toString();
  const path = page.match(/src="(\/assets\/[^"]+)"/)[1];
  const asset = await d.call('GET', path, undefined, { token: null });
  const line = (method, at, more = '') => ({ method, text: `${method} ${at} HTTP/1.1\r\nHost: localhost:${d.https}\r\n${more}\r\n` });
  const kinds = [
    [line('GET', path), 200, asset.bytes.length], [line('HEAD', path), 200, 0], [line('GET', path, `If-None-Match: ${asset.headers.etag}\r\n`), 304, 0],
    [line('GET', '/api/v1/authorities', `Authorization: Bearer ${d.token}\r\n`), 200], [line('HEAD', '/nothing'), 404, 0], [line('GET', '/nothing'), 404],
  ];
  const all = Array.from({ length: 300 }, (_, n) => kinds[n * 7 % kinds.length]), last = line('GET', '/healthz', 'Connection: close\r\n');
  const bytes = Buffer.from(all.map(([{ text }]) => text).join('') + last.text);
  for (const piece of [bytes.length, 16000, 1000, 61]) {
    const got = await new Promise((done, failed) => {
      const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', ca: d.ca }), parts = [];
      socket.pause();
      for (let at = 0; at < bytes.length; at += piece) socket.write(bytes.subarray(at, at + piece));
      setTimeout(() => socket.resume(), 300);
      socket.on('data', data => parts.push(data));
      socket.on('end', () => done(Buffer.concat(parts)));
      socket.on('error', failed);
    });
    const made = answers(got, [...all.map(([{ method }]) => method), 'GET']);
    all.forEach(([{ text }, status, len], n) => {
      assert.equal(made[n].status, status, `in pieces of ${piece}, answer ${n} to ${text.slice(0, 60)}`);
      if (len !== undefined) assert.equal(made[n].body.length, len, text.slice(0, 60));
      if (len === asset.bytes.length) assert.ok(made[n].body.equals(asset.bytes));
    });
  }
});

test('only the names of this server are answered to: rebinding ends at the door', async () => {
  for (const path of ['/', '/api/v1/status', '/healthz', '/api/v1/session'])
    assert.equal((await d.call('GET', path, undefined, { headers: { host: 'evil.example' } })).status, 421, path);
  assert.equal(statuses(await raw(`GET https://evil.example/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`)), '421');
});

test('a session comes by a cookie that scripts and other sites cannot use, and stands hashed in the store', async () => {
  const answer = await signIn();
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  const [cookie] = answer.headers['set-cookie'];
  assert.match(cookie, /^__Host-sid=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
  const value = cookie.split(';')[0];
  const who = await d.call('GET', '/api/v1/session', undefined, { token: null, headers: { cookie: value } });
  assert.equal(who.body.name, 'admin');
  const dump = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), '.dump']).stdout;
  assert.ok(!dump.includes(value.split('=')[1]));
  assert.ok(!dump.includes(d.token.slice(-20)));
  const write = headers => d.call('POST', '/api/v1/tokens', { name: 'x', role: 'viewer', expires_in_days: 1 }, { token: null, headers: { cookie: value, ...headers } });
  assert.equal((await write({})).status, 403);
  assert.equal((await write({ ...origin(), origin: 'https://evil.example' })).status, 403);
  assert.equal((await write({ ...origin(), 'sec-fetch-site': 'cross-site' })).status, 403);
  assert.equal((await write(origin())).status, 201);
  await d.call('DELETE', '/api/v1/session', undefined, { token: null, headers: { cookie: value, ...origin() } });
  assert.equal((await d.call('GET', '/api/v1/session', undefined, { token: null, headers: { cookie: value } })).status, 401);
});

test('another site signs nobody in, and its Origin is refused whatever proves the caller', async () => {
  for (const origin of ['https://evil.example', 'null', `http://localhost:${d.https}`, `https://localhost:${d.https + 1}`]) {
    const signed = await d.call('POST', '/api/v1/session', { name: 'admin', password: PASSWORD }, { token: null, headers: { origin } });
    assert.equal(signed.status, 403, origin);
    assert.equal(signed.headers['set-cookie'], undefined);
    assert.equal((await d.call('POST', '/api/v1/certificates', { dns_names: ['a.lan'] }, { headers: { origin } })).status, 403, origin);
  }
  assert.equal((await d.call('POST', '/api/v1/session', { name: 'admin', password: PASSWORD }, { token: null, headers: { origin: `https://localhost:${d.https}` } })).status, 201);
});

test('wrong passwords are throttled, and an unknown name sounds the same', async () => {
  const wrong = await signIn('admin', 'not the password at all');
  const unknown = await signIn('nobody', 'not the password at all');
  assert.equal(wrong.status, 401);
  assert.equal(unknown.status, 401);
  assert.equal(wrong.body.detail, unknown.body.detail);
  let status = 401;
  for (let n = 0; n < 6 && status === 401; n++) ({ status } = await signIn('nobody', 'not the password at all'));
  assert.equal(status, 429);
});

test('tokens carry a role: what it does not allow is refused, and an ended token is refused at once', async () => {
  const made = await d.ok('POST', '/api/v1/tokens', { name: 'looks only', role: 'viewer', expires_in_days: 1 });
  const as = { token: made.token };
  assert.equal((await d.call('GET', '/api/v1/certificates', undefined, as)).status, 200);
  assert.equal((await d.call('POST', '/api/v1/certificates', { dns_names: ['a.lan'] }, as)).status, 403);
  assert.equal((await d.call('PUT', '/api/v1/web-server', { certificate_id: made.id }, as)).status, 403);
  assert.equal((await d.call('POST', '/api/v1/tokens', { name: 'more', role: 'admin', expires_in_days: 1 }, as)).status, 403);
  await d.ok('DELETE', `/api/v1/tokens/${made.id}`);
  assert.equal((await d.call('GET', '/api/v1/certificates', undefined, as)).status, 401);
  for (const token of ['sgn_x', `${made.token}x`, 'Basic', ''])
    assert.equal((await d.call('GET', '/api/v1/certificates', undefined, { token: token || null })).status, 401);
});

test('every route of the contract refuses who is not known, but for those that are public', async () => {
  const spec = await d.ok('GET', '/api/v1/openapi.json', undefined, { token: null });
  for (const [path, operations] of Object.entries(spec.paths))
    for (const [method, operation] of Object.entries(operations)) {
      if (operation['x-right'] === 'public') continue;
      const url = path.replaceAll(/\{\w+\}/g, '00000000-0000-7000-8000-000000000000');
      const answer = await d.call(method.toUpperCase(), path.startsWith('/api') ? url : `/api/v1${url}`, ['post', 'put', 'patch'].includes(method) ? {} : undefined, { token: null });
      assert.ok([401, 403].includes(answer.status), `${method} ${path}: ${answer.status}`);
    }
});

test('a half-open handshake costs next to nothing and ends at its deadline, while others are served', async () => {
  const net = await import('node:net');
  const stuck = net.connect(d.https, '127.0.0.1');
  stuck.on('error', () => {});
  await new Promise(done => stuck.on('connect', done));
  stuck.write(Buffer.from('16030100fa01', 'hex'));
  await sleep(200);
  const cpu = () => readFileSync(`/proc/${d.child.pid}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0);
  const before = cpu();
  await sleep(2000);
  assert.ok(cpu() - before <= 6, `${cpu() - before} ticks in 2 s`);
  assert.equal((await d.call('GET', '/healthz')).status, 200);
  const ended = new Promise(done => stuck.on('close', () => done(true)));
  assert.equal(await Promise.race([ended, sleep(12000, false)]), true);
});

test('on plain HTTP stand the trust page, the root, CA certificates and lists; the rest leads to HTTPS', async () => {
  const plain = path => d.call('GET', path, undefined, { plain: true, port: d.http, host: '127.0.0.1' });
  const page = await plain('/trust');
  assert.equal(page.status, 200);
  assert.ok(page.bytes.toString().replaceAll(/[^0-9a-f]/gi, '').toLowerCase().includes(d.fingerprint_sha256));
  assert.equal((await plain('/trust/root.pem')).bytes.toString().trim(), d.ca.trim());
  const { items } = await d.ok('GET', '/api/v1/authorities');
  for (const a of items) {
    assert.equal((await plain(`/ca/${a.id}.cer`)).headers['content-type'], 'application/pkix-cert');
    assert.equal((await plain(`/crl/${a.id}.crl`)).headers['content-type'], 'application/pkix-crl');
  }
  const led = await plain('/api/v1/status');
  assert.equal(led.status, 308);
  assert.equal(led.headers.location, `${d.origin}/api/v1/status`);
});

test('without the setup link nothing of the setup can be called, and there is no account to sign in with', async () => {
  const fresh = await new Daemon().start();
  try {
    const call = (method, path, body, token) => fresh.call(method, path, body, { token, verify: false });
    assert.equal((await call('GET', '/api/v1/setup', undefined, null)).status, 403);
    for (const [method, step] of [['POST', 'administrator'], ['PUT', 'names'], ['PUT', 'authority'], ['PUT', 'server-certificate'], ['POST', 'finish']])
      assert.equal((await call(method, `/api/v1/setup/${step}`, {}, 'A'.repeat(43))).status, 403, step);
    assert.equal((await call('PUT', '/api/v1/setup/names', {}, `sgn_${'a'.repeat(32)}_${'b'.repeat(72)}`)).status, 403, 'a token that is no link');
    assert.equal((await call('POST', '/api/v1/session', { name: 'admin', password: 'admin' }, null)).status, 401);
    assert.equal((await call('GET', '/api/v1/setup', undefined, fresh.setupToken)).status, 200);
    assert.match(fresh.said, /\/setup#token=/);
    const link = fresh.cli(['setup-link']).stdout.trim();
    const token = link.split('token=')[1];
    assert.equal((await call('GET', '/api/v1/setup', undefined, token)).status, 200);
    await fresh.call('POST', '/api/v1/setup/administrator', { name: 'anna', password: PASSWORD }, { token, verify: false });
    assert.equal((await call('GET', '/api/v1/setup', undefined, token)).status, 403, 'the link worked twice');
  } finally { await fresh.end(); }
});

test('browsers are bound to HTTPS only where that is switched on, plain HTTP has port 80, and the host is not localhost', async t => {
  const taken = await new Promise(done => import('node:net').then(({ createServer }) => {
    const s = createServer().on('error', () => done(true)).listen(80, '127.0.0.1', () => s.close(() => done(false)));
  }));
  if (taken) return t.skip('port 80 is not to be had here');
  const own = new Daemon();
  own.http = 80;
  await (await own.init()).start();
  try {
    const hsts = async host => (await own.call('GET', '/', undefined, { host, token: null })).headers['strict-transport-security'];
    assert.equal(await hsts('ca.example.lan'), undefined);
    await own.ok('PATCH', '/api/v1/settings', { 'server.hsts': true });
    assert.equal(await hsts('ca.example.lan'), 'max-age=31536000');
    assert.equal(await hsts('localhost'), undefined);
  } finally { await own.end(); }
});
