import test from 'node:test';
import assert from 'node:assert/strict';
import tls from 'node:tls';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { started } from './lib/daemon.mjs';

const names = { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] };
const issue = (d, wish = names) => d.ok('POST', '/api/v1/certificates', wish);

// The certificate that a new visitor is shown.
function visit(d, servername = 'localhost') {
  return new Promise((done, failed) => {
    const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername, ca: d.ca, session: undefined }, () => {
      const thumbprint = socket.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase();
      socket.destroy();
      done(thumbprint);
    });
    socket.on('error', failed);
  });
}

// A client that keeps one connection open and asks all the time; says whether it was ever closed or refused.
class Visitor {
  constructor(d) {
    this.d = d;
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    this.asked = 0;
    this.sockets = new Set();
    this.failed = [];
    this.closed = 0;
  }
  watch(socket) {
    if (this.sockets.has(socket)) return;
    this.sockets.add(socket);
    socket.on('close', () => { if (!this.stopped) this.closed++; });
  }
  async loop() {
    while (!this.stopped) {
      try {
        const answer = await this.d.call('GET', '/healthz', undefined, { agent: this.agent, token: null });
        assert.equal(answer.status, 200);
        this.watch(answer.socket);
        this.asked++;
      } catch (e) { this.failed.push(e.message); }
      await sleep(2);
    }
    this.agent.destroy();
  }
}

test('200 swaps: new visitors see the new certificate at once, and nobody who is connected notices', async () => {
  const d = await started();
  try {
    const certificates = [await issue(d), await issue(d)];
    const visitors = Array.from({ length: 16 }, () => new Visitor(d));
    const loops = visitors.map(v => v.loop());
    let stopped = false, handshakes = 0;
    const failed = [];
    const stream = async () => {
      while (!stopped) {
        try { await visit(d); handshakes++; } catch (e) { failed.push(e.message); }
      }
    };
    const streams = [stream(), stream()];
    for (let n = 0; n < 200; n++) {
      const next = certificates[n % 2];
      const answer = await d.call('PUT', '/api/v1/web-server', { certificate_id: next.id });
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.headers.connection, 'close');
      assert.equal(await visit(d), next.thumbprint_sha256, `swap ${n}`);
    }
    stopped = true;
    visitors.forEach(v => { v.stopped = true; });
    await Promise.all([...loops, ...streams]);
    assert.deepEqual(failed, []);
    for (const v of visitors) {
      assert.deepEqual(v.failed, []);
      assert.equal(v.closed, 0, 'an open connection was closed by a swap');
      assert.ok(v.asked > 50);
    }
    assert.ok(handshakes > 200);
  } finally { await d.end(); }
});

test('a refused swap changes nothing and names every failing check', async () => {
  const d = await started();
  try {
    const before = await visit(d);
    const other = await issue(d, { dns_names: ['elsewhere.example.lan'] });
    const client = await issue(d, { ...names, profile: 'client' });
    const self = await issue(d, { ...names, issuer: 'self' });
    for (const [certificate, rules] of [[other, ['name-mismatch']], [client, ['not-for-servers']], [self, ['untrusted']]]) {
      const answer = await d.call('PUT', '/api/v1/web-server', { certificate_id: certificate.id });
      assert.equal(answer.status, 422);
      assert.deepEqual(answer.body.errors.map(e => e.rule), rules);
      assert.ok(answer.body.steps.some(s => s.result === 'failed'));
    }
    assert.equal(await visit(d), before);
    await d.ok('PUT', '/api/v1/web-server', { certificate_id: other.id, accept: ['name-mismatch'] });
    assert.equal(await visitAnyName(d), other.thumbprint_sha256);
  } finally { await d.end(); }
});

function visitAnyName(d) {
  return new Promise((done, failed) => {
    const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', rejectUnauthorized: false }, () => {
      done(socket.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase());
      socket.destroy();
    });
    socket.on('error', failed);
  });
}

test('unless it is confirmed over a connection opened under the new certificate, it goes back by itself', async () => {
  const d = await started();
  try {
    const before = await visit(d);
    const next = await issue(d);
    const old = new https.Agent({ keepAlive: true, maxSockets: 1 });
    await d.ok('GET', '/api/v1/web-server', undefined, { agent: old });
    const swap = await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id, confirm_within_sec: 5 });
    assert.equal(swap.state, 'pending');
    const refused = await d.call('POST', '/api/v1/web-server/confirm', {}, { agent: old });
    assert.equal(refused.status, 409);
    assert.match(refused.body.type, /old-connection/);
    assert.equal(refused.headers.connection, 'close');
    assert.equal(await visit(d), next.thumbprint_sha256);
    for (let n = 0; n < 100 && await visit(d) !== before; n++) await sleep(100);
    assert.equal(await visit(d), before);
    assert.equal((await d.ok('GET', '/api/v1/web-server')).state, 'kept');

    await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id, confirm_within_sec: 5 });
    await d.ok('POST', '/api/v1/web-server/confirm', {});
    await sleep(6000);
    assert.equal(await visit(d), next.thumbprint_sha256);
    await d.ok('POST', '/api/v1/web-server/rollback', {});
    assert.equal(await visit(d), before);
  } finally { await d.end(); }
});

test('a change that waits for its confirmation still goes back after kill -9 and a restart', async () => {
  const d = await started();
  try {
    const before = await visit(d);
    const next = await issue(d);
    await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id, confirm_within_sec: 5 });
    await d.stop('SIGKILL');
    await d.start();
    assert.equal(await visit(d), next.thumbprint_sha256);
    for (let n = 0; n < 100 && await visit(d) !== before; n++) await sleep(100);
    assert.equal(await visit(d), before);
  } finally { await d.end(); }
});

test('several names: each is shown its own certificate, the rest the default', async () => {
  const d = await started();
  try {
    const before = await visit(d);
    const own = await issue(d, { dns_names: ['ca.example.lan'] });
    await d.ok('PUT', '/api/v1/web-server', { certificate_id: own.id, hostnames: ['ca.example.lan'] });
    assert.equal(await visit(d, 'ca.example.lan'), own.thumbprint_sha256);
    assert.equal(await visit(d, 'localhost'), before);
    const view = await d.ok('GET', '/api/v1/web-server');
    assert.deepEqual(view.shown.map(s => s.sni).sort(), ['', 'ca.example.lan']);
  } finally { await d.end(); }
});

test('renewing the shown certificate swaps the new version in by itself', async () => {
  const d = await started();
  try {
    const { serving } = await d.ok('GET', '/api/v1/web-server');
    const renewed = await d.ok('POST', `/api/v1/certificates/${serving.certificate_id}/renew`, {});
    assert.equal(renewed.version, 2);
    for (let n = 0; n < 50 && await visit(d) !== renewed.thumbprint_sha256; n++) await sleep(100);
    assert.equal(await visit(d), renewed.thumbprint_sha256);
  } finally { await d.end(); }
});
