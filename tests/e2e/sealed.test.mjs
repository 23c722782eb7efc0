import test from 'node:test';
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, file, run, started } from './lib/daemon.mjs';

const plain = (d, path) => d.call('GET', path, undefined, { plain: true, port: d.http });

test('a ring under a passphrase: the daemon starts sealed, says so, and serves what needs no key until it is unlocked', async () => {
  const d = await started();
  try {
    const { items } = await d.ok('GET', '/api/v1/authorities');
    run(['keeper', 'passphrase', '--data', d.data, '--new-file', file(d.dir, 'new', 'open sesame please\n')]);
    await d.stop();
    await d.start();
    const ready = await plain(d, '/readyz');
    assert.equal(ready.status, 503);
    assert.match(ready.bytes.toString(), /sealed/);
    assert.equal((await plain(d, '/trust/root.pem')).status, 200);
    assert.equal((await plain(d, `/crl/${items[0].id}.crl`)).status, 200);
    await assert.rejects(d.call('GET', '/healthz'));
    assert.equal(JSON.parse(d.cli(['status', '--json']).stdout).sealed, true);
    assert.match(d.cli(['cert', 'issue', '--dns', 'a.lan'], { status: null }).stderr, /signet unlock/);

    assert.equal(d.cli(['unlock', '--passphrase-file', '-'], { input: 'not the right one\n', status: null }).status, 4);
    d.cli(['unlock', '--passphrase-file', '-'], { input: 'open sesame please\n' });
    assert.equal((await plain(d, '/readyz')).status, 200);
    assert.equal((await d.call('GET', '/healthz')).status, 200);
    await d.ok('POST', '/api/v1/certificates', { dns_names: ['after.lan'] });

    run(['keeper', 'passphrase', '--data', d.data, '--old-file', join(d.dir, 'new'), '--bare']);
    await d.stop();
    await d.start();
    assert.equal((await plain(d, '/readyz')).status, 200);
  } finally { await d.end(); }
});

test('a key ring that is gone is not replaced by a fresh one that opens nothing', async () => {
  const d = await new Daemon().init();
  try {
    rmSync(join(d.data, 'keeper.ring'));
    await assert.rejects(d.start(), /keeper\.ring is gone/);
    d.child = undefined;
  } finally { await d.end(); }
});
