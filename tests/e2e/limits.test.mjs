import test from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { SLOW, started } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const head = () => `Host: localhost:${d.https}\r\nAuthorization: Bearer ${d.token}\r\n`;
const settings = changes => d.ok('PATCH', '/api/v1/settings', changes);
const secure = () => new Promise((done, failed) => {
  const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', ca: d.ca }, () => done(socket));
  socket.on('error', failed);
});
const plain = () => new Promise((done, failed) => {
  const socket = net.connect(d.http, '127.0.0.1', () => done(socket));
  socket.on('error', failed);
});

// Sends a byte every now and then until the server has had enough; tells after how many milliseconds, and what it said.
async function trickle(socket, text, every = 50) {
  const begun = Date.now();
  let got = '', closed = false;
  socket.on('data', data => { got += data; });
  socket.on('error', () => { closed = true; });
  socket.on('close', () => { closed = true; });
  for (let n = 0; !closed && Date.now() - begun < 20_000 * SLOW; n++) {
    if (n < text.length) socket.write(text[n]);
    await sleep(every);
  }
  assert.ok(closed, 'it went on');
  return { ms: Date.now() - begun, got };
}

async function answered(socket, text) {
  let got = '';
  const heard = new Promise((done, failed) => {
    socket.on('data', data => { got += data; if (/\r\n\r\n/.test(got)) done(got); });
    socket.on('close', () => failed(new Error(`closed after ${JSON.stringify(got)}`)));
  });
  socket.write(text);
  await heard;
  socket.removeAllListeners('data');
  return got;
}

test('headers that trickle in are cut at the deadline, which is a setting that needs no restart', async () => {
  await settings({ 'limits.headers_ms': 1000, 'limits.body_ms': 1500 });
  const long = `GET /healthz HTTP/1.1\r\nX-Long: ${'a'.repeat(4000)}\r\n`;
  for (const open of [secure, plain]) {
    const { ms, got } = await trickle(await open(), long);
    assert.ok(ms >= 900 && ms < 3000 * SLOW, `${ms} ms`);
    assert.doesNotMatch(got, /HTTP\/1.1 200/);
  }
});

test('a second request that trickles in on a kept connection has the same deadline', async () => {
  for (const [open, port] of [[secure, d.https], [plain, d.http]]) {
    const socket = await open();
    assert.match(await answered(socket, `GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`), /^HTTP\/1.1 (200|308)/);
    const { ms } = await trickle(socket, `GET /healthz HTTP/1.1\r\nX-Long: ${'a'.repeat(4000)}\r\n`);
    assert.ok(ms >= 900 && ms < 6000 * SLOW, `${ms} ms`);
  }
});

test('a body that trickles in is cut at its deadline', async () => {
  const { ms, got } = await trickle(await secure(), [`POST /api/v1/certificates HTTP/1.1\r\n${head()}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n`, ...'x'.repeat(3000)]);
  assert.ok(ms >= 1400 && ms < 4000 * SLOW, `${ms} ms`);
  assert.doesNotMatch(got, /HTTP\/1.1 2/);
  await settings({ 'limits.headers_ms': null, 'limits.body_ms': null });
});

test('a body slower than 1 KiB a second is cut before its deadline', async () => {
  const { ms } = await trickle(await secure(), [`POST /api/v1/certificates HTTP/1.1\r\n${head()}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n`, ...'x'.repeat(3000)], 100);
  assert.ok(ms >= 4900 && ms < 9000 * SLOW, `${ms} ms`);
});

test('one address has as many connections as the setting says, at once and without a restart', async () => {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  await d.ok('PATCH', '/api/v1/settings', { 'limits.per_address': 10 }, { agent });
  const sockets = Array.from({ length: 30 }, () => net.connect(d.https, '127.0.0.1'));
  const closed = new Set();
  for (const s of sockets) s.on('error', () => {}).on('close', () => closed.add(s)).resume();
  for (let n = 0; n < 100 * SLOW && closed.size < 21; n++) await sleep(20);
  await sleep(100);
  assert.equal(closed.size, 21, 'ten are let in, and the agent has one of them');
  await assert.rejects(d.call('GET', '/healthz'));
  await d.ok('PATCH', '/api/v1/settings', { 'limits.per_address': null }, { agent });
  assert.equal((await d.call('GET', '/healthz')).status, 200);
  for (const s of sockets) s.destroy();
  agent.destroy();
});

test('200 half-open handshakes hinder nobody, and are gone after the deadline', async () => {
  await settings({ 'limits.handshake_ms': 4000 });
  const closed = new Set();
  const sockets = await Promise.all(Array.from({ length: 200 }, () => new Promise((done, failed) => {
    const s = net.connect(d.https, '127.0.0.1', () => { s.write(Buffer.from('16030100fa010000f60303', 'hex')); done(s); });
    s.on('error', failed).on('close', () => closed.add(s)).resume();
  })));
  for (let n = 0; n < 10; n++) {
    const begun = Date.now();
    assert.equal((await d.call('GET', '/api/v1/status')).status, 200);
    assert.ok(Date.now() - begun < 500 * SLOW, `${Date.now() - begun} ms`);
  }
  for (let n = 0; n < 150 * SLOW && closed.size < 200; n++) await sleep(100);
  assert.equal(closed.size, 200);
  for (const s of sockets) s.destroy();
  await settings({ 'limits.handshake_ms': null });
});

test('a body that is too large gets one 413 and the connection ends, said beforehand or not', async () => {
  const post = `POST /api/v1/session HTTP/1.1\r\nHost: localhost:${d.https}\r\nContent-Type: application/json\r\n`;
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`;
  for (const bytes of [
    `${post}Content-Length: 100000\r\n\r\n${'x'.repeat(100000)}`,
    `${post}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(4)}0\r\n\r\n`,
    `${post}Content-Length: 9000000000\r\n\r\n${'x'.repeat(1000)}`,
    `${post}Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n`,
  ]) {
    const socket = await secure();
    let got = '';
    const ended = new Promise(done => socket.on('data', data => { got += data; }).on('close', done).on('error', done));
    socket.write(bytes);
    await Promise.race([ended, sleep(5000 * SLOW)]);
    socket.destroy();
    assert.deepEqual([...got.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(m => m[1]), ['413'], JSON.stringify(bytes.slice(0, 200)));
    assert.match(got, /^connection: close\r$/im);
    assert.match(got, /application\/problem\+json/);
  }
});

test('who says its whole body first, however large, still hears why it is refused', async () => {
  const answer = await d.call('POST', '/api/v1/certificates', 'x'.repeat(6_000_000), { raw: true });
  assert.equal(answer.status, 413);
  assert.equal(answer.headers['content-type'], 'application/problem+json');
});

test('a head that is larger than any of ours, or a target without end, ends the connection; others are served', async () => {
  for (const bytes of [`GET /healthz HTTP/1.1\r\nHost: localhost:${d.https}\r\nX-Long: ${'a'.repeat(20000)}\r\n\r\n`, `GET /${'a'.repeat(20000)} HTTP/1.1\r\nHost: localhost:${d.https}\r\n\r\n`]) {
    const socket = await secure();
    let got = '';
    const ended = new Promise(done => socket.on('data', data => { got += data; }).on('close', () => done(true)).on('error', () => done(true)));
    socket.write(bytes);
    assert.equal(await Promise.race([ended, sleep(5000 * SLOW, false)]), true, 'the connection goes on');
    assert.match(got, /^(HTTP\/1\.1 4\d\d |$)/);
    assert.doesNotMatch(got, /^server:/im);
  }
  assert.equal((await d.call('GET', '/healthz')).status, 200);
});
