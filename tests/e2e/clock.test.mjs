import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { Daemon, tool, file } from './lib/daemon.mjs';

const DAY = 86400;

// A daemon whose clock the test sets; what it shows is read without judging dates by this machine's own clock.
async function timed() {
  const d = await new Daemon().ports();
  d.clock = file(d.dir, 'clock', '0\n');
  d.env = { SIGNET_TEST_CLOCK: d.clock };
  d.at = seconds => writeFileSync(d.clock, `${seconds}\n`);
  return (await d.init()).start();
}
const shown = d => new Promise((done, failed) => {
  const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', rejectUnauthorized: false }, () => {
    done(socket.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase());
    socket.destroy();
  });
  socket.on('error', failed);
});
async function until(what, say) {
  for (let n = 0; n < 100; n++) {
    if (await what()) return;
    await sleep(100);
  }
  assert.fail(say);
}
const loose = { verify: false };

test('a revocation list is signed again before it ends, with a higher number', async () => {
  const d = await timed();
  try {
    const lists = async () => Object.fromEntries((await d.ok('GET', '/api/v1/authorities', undefined, loose)).items.map(a => [a.id, a.crl]));
    const before = await lists();
    d.at(5 * DAY);
    await until(async () => Object.entries(await lists()).every(([id, crl]) => crl.number > before[id].number), 'no new list was signed');
    for (const [id, crl] of Object.entries(await lists())) {
      assert.ok(Date.parse(crl.next_update) > Date.parse(before[id].next_update));
      const der = await d.call('GET', `/crl/${id}.crl`, undefined, { plain: true, port: d.http });
      assert.match(tool('openssl', ['crl', '-inform', 'DER', '-noout', '-crlnumber', '-in', file(d.dir, 'l.crl', der.bytes)]).stdout, /crlNumber/);
    }
  } finally { await d.end(); }
});

test('at two thirds of its life the server renews its own certificate and shows it, by the same path', async () => {
  const d = await timed();
  try {
    const before = await shown(d);
    const view = await d.ok('GET', '/api/v1/web-server');
    d.at(200 * DAY);
    await sleep(1500);
    assert.equal(await shown(d), before, 'it was renewed too early');
    d.at(250 * DAY);
    await until(async () => await shown(d) !== before, 'it was not renewed');
    const after = await d.ok('GET', '/api/v1/web-server', undefined, loose);
    assert.equal(after.serving.certificate_id, view.serving.certificate_id);
    assert.equal(after.serving.version, 2);
    assert.equal(after.serving.thumbprint_sha256, await shown(d));
  } finally { await d.end(); }
});

test('a certificate counts as expiring thirty days before its end, and as expired after it', async () => {
  const d = await timed();
  try {
    const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['soon.lan'], valid_days: 100 });
    const status = async () => (await d.ok('GET', `/api/v1/certificates/${id}`, undefined, loose)).status;
    assert.equal(await status(), 'valid');
    d.at(71 * DAY);
    await until(async () => await status() === 'expiring', 'not expiring');
    d.at(101 * DAY);
    await until(async () => await status() === 'expired', 'not expired');
    const counters = (await d.ok('GET', '/api/v1/status', undefined, loose)).counters;
    assert.equal(counters.expired, 1);
    assert.equal((await d.ok('GET', `/api/v1/certificates?filter=${encodeURIComponent('status:expired')}`, undefined, loose)).items.length, 1);
  } finally { await d.end(); }
});
