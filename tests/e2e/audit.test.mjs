import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { started, tool } from './lib/daemon.mjs';
import { broken, rowsOf } from './lib/journal.mjs';

test('every row of the journal follows from the one before; a row changed, removed or put in is found', async () => {
  const d = await started();
  try {
    const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['audit.example.lan', 'bücher.example.lan'] });
    await d.ok('POST', `/api/v1/certificates/${id}/renew`, {});
    await d.ok('PATCH', '/api/v1/settings', { 'certificates.expiring_days': 20 });
    await Promise.all(Array.from({ length: 30 }, (_, n) => d.ok('POST', '/api/v1/certificates', { dns_names: [`a${n}.lan`] })));
    const token = await d.ok('POST', '/api/v1/tokens', { name: 'Zoë "quoted" \\ 漢', role: 'viewer', expires_in_days: 1 });
    await d.ok('DELETE', `/api/v1/tokens/${token.id}`);
    await d.stop();
    await d.start();
    await d.ok('POST', '/api/v1/certificates', { dns_names: ['after.lan'] });
    await d.stop();

    const path = join(d.data, 'signet.db');
    const rows = rowsOf(path);
    assert.ok(rows.length > 40, `${rows.length} rows`);
    assert.deepEqual(broken(rows), []);
    const acts = new Set(rows.map(r => r.parts[0].toString()));
    for (const act of ['setting.changed', 'token.created', 'token.revoked', 'authority.made', 'user.created']) assert.ok(acts.has(act), act);

    const middle = Math.floor(rows.length / 2);
    for (const [n, change] of [[0, "SET actor_name = 'somebody else'"], [1, 'SET at = at + 1'], [2, "SET detail = detail || ' '"], [3, "SET act = 'x' || act"],
      [4, "SET subject_id = zeroblob(16)"], [5, 'SET request_id = randomblob(16)'], [6, "SET source = '192.0.2.1'"]]) {
      const copy = join(d.dir, `changed-${n}.db`);
      tool('sqlite3', [path, `.backup ${copy}`]);
      tool('sqlite3', [copy, `UPDATE journal ${change} WHERE seq = ${middle}`]);
      assert.deepEqual(broken(rowsOf(copy)), [middle], change);
    }
    const copy = join(d.dir, 'removed.db');
    tool('sqlite3', [path, `.backup ${copy}`]);
    tool('sqlite3', [copy, `DELETE FROM journal WHERE seq = ${middle}`]);
    assert.deepEqual(broken(rowsOf(copy)), [middle + 1]);
  } finally { await d.end(); }
});
