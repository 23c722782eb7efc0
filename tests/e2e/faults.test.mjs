import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { Daemon, SLOW, faultPoints, started, tool } from './lib/daemon.mjs';
import { broken, rowsOf } from './lib/journal.mjs';

// The client's own ledger: what was acknowledged must be there, once, whatever happened to the server.
class Ledger {
  constructor() { this.serials = new Map(); }

  async issue(d, n) {
    const made = await d.ok('POST', '/api/v1/certificates', { dns_names: [`host-${n}.example.lan`] });
    assert.ok(!this.serials.has(made.serial), 'a serial number was given twice');
    this.serials.set(made.serial, made.id);
  }

  check(d) {
    const rows = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), 'PRAGMA integrity_check; SELECT lower(hex(serial)) FROM version WHERE is_issued = 1;']).stdout.trim().split('\n');
    assert.equal(rows.shift(), 'ok');
    const stored = rows.map(serial => serial.replace(/^(00)+/, ''));
    assert.equal(new Set(stored).size, stored.length, 'a serial number stands twice in the store');
    const have = new Set(stored);
    for (const serial of this.serials.keys()) assert.ok(have.has(serial.replace(/^(00)+/, '')), `${serial} was acknowledged and is lost`);
  }
}

// As fast as it answers, until it dies.
async function load(d, ledger, clients, from) {
  let n = from;
  const client = async () => {
    for (;;) {
      try { await ledger.issue(d, n++); } catch (e) {
        if (e.code === 'ERR_ASSERTION') throw e;
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return n;
}

test('kill -9 at random moments under issuing load, 100 times: nothing acknowledged is lost, no serial given twice', async () => {
  const d = await new Daemon().init();
  const ledger = new Ledger();
  let n = 0;
  try {
    for (let cycle = 0; cycle < 100; cycle++) {
      await d.start();
      const loaded = load(d, ledger, 8, n);
      await sleep(Math.random() * 300);
      await d.stop('SIGKILL');
      n = await loaded;
      if (cycle % 20 === 19) ledger.check(d);
    }
    assert.ok(ledger.serials.size > 100, `only ${ledger.serials.size} certificates were issued`);
    await d.start();
    for (const [serial, id] of [...ledger.serials].slice(-20)) assert.equal((await d.ok('GET', `/api/v1/certificates/${id}`)).serial, serial);
    ledger.check(d);
  } finally { await d.end(); }
});

const shown = d => new Promise((done, failed) => {
  const socket = tls.connect({ host: '127.0.0.1', port: d.https, servername: 'localhost', ca: d.ca }, () => {
    done(socket.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase());
    socket.destroy();
  });
  socket.on('error', failed);
});

test('the process ended at each named point of issuing: acknowledged is there, the rest is whole or absent', async () => {
  const issuing = [...faultPoints('issue.'), ...faultPoints('store.')];
  assert.ok(issuing.length >= 5, issuing.join());
  const d = await new Daemon().init();
  const ledger = new Ledger();
  let n = 0;
  try {
    for (const point of issuing) {
      await d.start({ SIGNET_TEST_FAULT: `${point}:1` }).catch(() => {});   // a point that starting passes ends it there
      if (d.child) n = await load(d, ledger, 1, n);
      const { code } = await d.ended;
      assert.equal(code, 137, `${point} was not passed`);
      d.child = undefined;
      await d.start();
      n = await (async () => { await ledger.issue(d, n); return n + 1; })();
      await d.stop();
      ledger.check(d);
    }
  } finally { await d.end(); }
});

// A key, its certificate and the one who signed it, made by openssl.
function household(dir) {
  const path = name => join(dir, name);
  const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'];
  tool('openssl', ['req', '-x509', ...own, '-keyout', path('ca.key'), '-out', path('ca.pem'), '-subj', '/CN=Foreign CA']);
  tool('openssl', ['req', '-x509', ...own, '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-keyout', path('own.key'), '-out', path('own.pem'), '-subj', '/CN=own.example.lan',
    '-addext', 'subjectAltName=DNS:own.example.lan', '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'extendedKeyUsage=serverAuth']);
  return ['own.key', 'own.pem', 'ca.pem'].map(name => readFileSync(path(name), 'utf8')).join('');
}

test('the process ended at each named point of an import: the file is in whole or not at all, and coming again it is in once', async () => {
  const importing = faultPoints('import.');
  assert.ok(importing.length >= 2, importing.join());
  const d = await new Daemon().init();
  const rows = () => tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), "PRAGMA integrity_check; SELECT count(*) FROM version WHERE source = 'import'; SELECT count(*) FROM key WHERE origin = 'imported';"]).stdout.trim().split('\n');
  try {
    for (const [n, point] of importing.flatMap(name => name === 'import.recorded' ? [`${name}:1`, `${name}:2`] : [`${name}:1`]).entries()) {
      const before = rows().slice(1).map(Number);
      const data = household(d.dir);
      await d.start({ SIGNET_TEST_FAULT: point });
      await d.call('POST', '/api/v1/certificates/import', { data }).catch(() => {});
      assert.equal((await d.ended).code, 137, `${point} was not passed`);
      d.child = undefined;
      const [sound, certificates, keys] = rows();
      assert.equal(sound, 'ok');
      const came = [Number(certificates) - before[0], Number(keys) - before[1]];
      assert.deepEqual(came, point.startsWith('import.committed') ? [2, 1] : [0, 0], point);
      await d.start();
      const { items } = await d.ok('POST', '/api/v1/certificates/import', { data });
      assert.deepEqual(items.map(i => i.action === 'known'), Array(3).fill(came[0] > 0), JSON.stringify(items));
      assert.equal(items[1].key, true);
      await d.stop();
      assert.deepEqual(rows().map(Number).slice(1), [2 * (n + 1), n + 1]);
    }
  } finally { await d.end(); }
});

test('the process ended at each named point of a swap: after it the old certificate is shown or the new one, never none', async () => {
  const swapping = faultPoints('swap.');
  assert.ok(swapping.length >= 3, swapping.join());
  const d = await started();
  try {
    for (const point of swapping) {
      const before = await shown(d);
      const next = await d.ok('POST', '/api/v1/certificates', { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] });
      await d.stop();
      await d.start({ SIGNET_TEST_FAULT: `${point}:1` });
      await d.call('PUT', '/api/v1/web-server', { certificate_id: next.id, confirm_within_sec: 60 }).catch(() => {});
      await d.call('POST', '/api/v1/web-server/confirm', {}).catch(() => {});
      const { code } = await d.ended;
      assert.equal(code, 137, `${point} was not passed`);
      d.child = undefined;
      await d.start();
      const after = await shown(d);
      assert.ok([before, next.thumbprint_sha256].includes(after), point);
      const { serving, state } = await d.ok('GET', '/api/v1/web-server');
      assert.equal(serving.thumbprint_sha256, after, `${point}: what is said is not what is shown`);
      if (state === 'pending') await d.ok('POST', '/api/v1/web-server/confirm', {});
    }
  } finally { await d.end(); }
});

test('the process ended while a certificate is described: nothing of it is there, neither words, search nor journal', async () => {
  const points = faultPoints('describe.');
  assert.ok(points.length >= 1, points.join());
  const d = await started(), said = { owner: 'Harbour crew', tags: ['quayside'], notes: 'Ask Rolf', label: 'The crane' };
  try {
    const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['told.example.lan'] });
    const found = async () => Promise.all(['q=rolf', 'q=crane', 'filter=tag:quayside', 'filter=has:owner'].map(async query => (await d.ok('GET', `/api/v1/certificates?${query}`)).items.length));
    for (const point of points) {
      await d.stop();
      await d.start({ SIGNET_TEST_FAULT: `${point}:1` });
      await d.call('PATCH', `/api/v1/certificates/${id}`, said).catch(() => {});
      assert.equal((await d.ended).code, 137, `${point} was not passed`);
      d.child = undefined;
      await d.start();
      const now = await d.ok('GET', `/api/v1/certificates/${id}`);
      assert.deepEqual([now.owner, now.tags, now.notes, now.label], ['', [], '', 'told.example.lan'], point);
      assert.deepEqual(await found(), [0, 0, 0, 0], point);
      assert.deepEqual((await d.ok('GET', `/api/v1/certificates/${id}/history`)).items.filter(h => h.act === 'certificate.described'), [], point);
    }
    await d.ok('PATCH', `/api/v1/certificates/${id}`, said);
    await d.stop('SIGKILL');
    await d.start();
    assert.deepEqual(await found(), [1, 1, 1, 1], 'what was acknowledged is there');
    await d.stop();
    assert.deepEqual(broken(rowsOf(join(d.data, 'signet.db'))), []);
  } finally { await d.end(); }
});

test('the process ended in the middle of a job for many: it goes on after the start, nothing is done twice, and what could not be done is still told', async () => {
  const points = faultPoints('bulk.');
  assert.ok(points.length >= 1, points.join());
  const d = await started();
  const ended = async id => {
    for (let n = 0; n < 300; n++) {
      const job = await d.ok('GET', `/api/v1/jobs/${id}`);
      if (!['queued', 'running'].includes(job.state)) return job;
      await sleep(100);
    }
    return assert.fail('the job did not go on');
  };
  try {
    const made = [];
    for (let n = 0; n < 4; n++) made.push((await d.ok('POST', '/api/v1/certificates', { dns_names: [`many-${n}.example.lan`] })).id);
    await d.ok('POST', `/api/v1/certificates/${made[1]}/archive`, {});
    const each = async member => Promise.all(made.map(async id => (await d.ok('GET', `/api/v1/certificates/${id}`))[member]));
    const deeds = [
      [{ action: 'renew' }, 'versions', [2, 1, 2, 2], /^4 of 4, 1 not done\n.*archived/],
      [{ action: 'describe', owner: 'Harbour crew', add_tags: ['many'] }, 'owner', Array(4).fill('Harbour crew'), /^4 of 4$/],
      [{ action: 'archive' }, 'archived', Array(4).fill(true), /^4 of 4$/],
    ];
    for (const point of points)
      for (const [wish, member, after, told] of deeds) {
        await d.stop();
        await d.start({ SIGNET_TEST_FAULT: `${point}:3` });
        await d.call('POST', '/api/v1/certificates/bulk', { ...wish, ids: made }).catch(() => {});   // its end may come before the answer
        assert.equal((await d.ended).code, 137, `${point} was not passed`);
        d.child = undefined;
        await d.start();
        const job = await ended((await d.ok('GET', '/api/v1/jobs')).items.find(j => j.kind === 'bulk').id);
        assert.deepEqual([job.state, await each(member)], ['succeeded', after], `${point}: ${wish.action}: ${JSON.stringify(job)}`);
        assert.match(job.progress, told);
      }
    await d.stop();
    assert.deepEqual(broken(rowsOf(join(d.data, 'signet.db'))), []);
  } finally { await d.end(); }
});

test('the keeper killed: readiness says so, what needs keys fails closed, and the daemon ends with a failure within two seconds', async () => {
  const d = await started();
  try {
    const keeper = tool('pgrep', ['-P', String(d.child.pid)]).stdout.trim();
    process.kill(Number(keeper), 'SIGKILL');
    const at = Date.now();
    const ready = () => d.call('GET', '/readyz', undefined, { plain: true, port: d.http }).then(answer => answer.status, () => 'gone');
    let said = await ready();
    while (said === 200 && Date.now() - at < 1000 * SLOW) said = await ready();   // a kill takes a moment to be done
    assert.ok([503, 'gone'].includes(said), `${said}`);
    const { code } = await d.ended;
    assert.equal(code, 70);
    assert.ok(Date.now() - at < 2000 * SLOW, `${Date.now() - at} ms`);
    d.child = undefined;
  } finally { await d.end(); }
});
