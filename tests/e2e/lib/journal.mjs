// journal - its chain, reckoned a second time from the rows alone: SHA-256 over the hash before and the row, numbers as eight bytes
// with the highest first, texts and blobs with their length in front, an absent id as sixteen zeros.
import { createHash } from 'node:crypto';
import { tool } from './daemon.mjs';

const columns = ['act', 'subject', 'subject_id', 'actor', 'actor_name', 'source', 'request_id', 'detail'];
const none = Buffer.alloc(16);
const number = n => { const b = Buffer.alloc(8); b.writeBigInt64BE(BigInt(n)); return b; };

export function rowsOf(path) {
  const { stdout } = tool('sqlite3', ['-readonly', path, `SELECT seq, at, ${columns.map(c => `CASE WHEN ${c} IS NULL THEN '-' ELSE hex(CAST(${c} AS BLOB)) END`)}, hex(hash) FROM journal ORDER BY seq`]);
  return stdout.trim().split('\n').map(line => {
    const [seq, at, ...rest] = line.split('|');
    const hash = Buffer.from(rest.pop(), 'hex');
    return { seq, at, parts: rest.map(hex => hex === '-' ? none : Buffer.from(hex, 'hex')), hash };
  });
}

// The numbers of the rows that do not follow from the one before.
export function broken(rows) {
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
