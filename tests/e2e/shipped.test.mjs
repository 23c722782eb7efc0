import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Daemon, SIGNET, file, tool } from './lib/daemon.mjs';

const shipped = resolve('build/signet');
const seams = ['SIGNET_TEST_CLOCK', 'SIGNET_TEST_FAULT'];

test('the shipped program carries no seam of the tests: neither their variables nor the names of their points', () => {
  const ours = readFileSync(SIGNET), theirs = readFileSync(shipped);
  for (const seam of seams) {
    assert.ok(ours.includes(seam), `${seam} is not in the test build: this test looks for the wrong thing`);
    assert.ok(!theirs.includes(seam), JSON.stringify(seam));
  }
  const points = new Set();
  for (const folder of readdirSync('server', { withFileTypes: true }).filter(f => f.isDirectory()))
    for (const name of readdirSync(join('server', folder.name)).filter(f => f.endsWith('.c')))
      for (const [, point] of readFileSync(join('server', folder.name, name), 'utf8').matchAll(/fault_point\("([^"]+)"\)/g)) points.add(point);
  assert.ok(points.size >= 5);
  for (const point of points) assert.ok(!theirs.includes(`\0${point}\0`), point);
});

test('the shipped program ignores the variables: it keeps its clock and goes on past every point', async () => {
  const d = new Daemon({ signet: shipped });
  d.env = { SIGNET_TEST_CLOCK: file(d.dir, 'clock', `${10 * 365 * 86400}\n`) };
  try {
    await d.init();
    const begins = Date.parse(tool('openssl', ['x509', '-noout', '-startdate'], { input: d.ca }).stdout.trim().split('=')[1]);
    assert.ok(Math.abs(begins - Date.now()) < 864e5 * 2, new Date(begins).toISOString());
    await d.start({ SIGNET_TEST_FAULT: 'store.after_commit:1' });
    const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['shipped.lan'] });
    assert.ok(Math.abs(Date.parse(made.not_before) - Date.now()) < 864e5 * 2);
    assert.equal(d.child.exitCode, null);
  } finally { await d.end(); }
});
