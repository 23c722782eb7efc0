import test from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { started, tool } from './lib/daemon.mjs';

// The journal's chain, reckoned a second time from the rows alone: SHA-256 over the hash before and the row, numbers as eight bytes
// with the highest first, texts and blobs with their length in front, an absent id as sixteen zeros.
const columns = ['act', 'subject', 'subject_id', 'actor', 'actor_name', 'source', 'request_id', 'detail'];
const none = Buffer.alloc(16);
const number = n => { const b = Buffer.alloc(8); b.writeBigInt64BE(BigInt(n)); return b; };

function rowsOf(path) {
  const { stdout } = tool('sqlite3', ['-readonly', path, `SELECT seq, at, ${columns.map(c => `CASE WHEN ${c} IS NULL THEN '-' ELSE hex(CAST(${c} AS BLOB)) END`)}, hex(hash) FROM journal ORDER BY seq`]);
  return stdout.trim().split('\n').map(line => {
    const [seq, at, ...rest] = line.split('|');
    const hash = Buffer.from(rest.pop(), 'hex');
    return { seq, at, parts: rest.map(hex => hex === '-' ? none : Buffer.from(hex, 'hex')), hash };
  });
}

// The numbers of the rows that do not follow from the one before.
function broken(rows) {
  const wrong = [];
  let before = Buffer.alloc(32), seq = 0n;
  for (const row of rows) {
    const hash = createHash('sha256').update(before).update(number(row.seq)).update(number(row.at));
    for (const part of row.parts) hash.update(number(part.length)).update(part);
    if (BigInt(row.seq) !== seq + 1n || !hash.digest().equals(row.hash)) wrong.push(Number(row.seq));
    before = row.hash;
    seq = BigInt(row.seq);
  }
  return wrong;
}

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
