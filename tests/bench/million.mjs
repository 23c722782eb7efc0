// million - a store of so many certificates, written straight into the database of a daemon that does not run: issuing them would take an hour.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// Each in a twelfth of all names.
export const WORDS = ['printer', 'camera', 'switch', 'router', 'webmail', 'video', 'backup', 'vcenter', 'sensor', 'kiosk', 'badge', 'meter'];

// The same number gives the same certificate; spread() makes neighbours differ.
const spread = k => Math.imul(k, 2654435761) >>> 0;
export const nameOf = k => `${WORDS[spread(k) % 12]}-${spread(k + 7).toString(36)}-${k}.site${spread(k) % 50}.example.lan`;
const idOf = k => `0190${k.toString(16).padStart(8, '0')}7${(spread(k) % 4096).toString(16).padStart(3, '0')}8${spread(k + 1).toString(16).padStart(8, '0')}0000000`;
const reversed = text => [...text].reverse().join('');

const DAY = 86400;
const begin = `.dbconfig enable_trigger off
PRAGMA synchronous = off; PRAGMA journal_mode = off; PRAGMA cache_size = -400000; PRAGMA temp_store = file;
CREATE TEMP TABLE seed (k INTEGER PRIMARY KEY, h INTEGER, id BLOB, name TEXT, back TEXT);
CREATE TEMP TABLE at AS SELECT (SELECT max(n) FROM certificate) AS cn, (SELECT max(n) FROM version) AS vn, strftime('%s', 'now') + 0 AS now;
`;
// The bytes are those of a real certificate, so that each can be shown; numbers and thumbprints are its own.
const fill = `
CREATE TEMP TABLE model AS SELECT v.*, d.body FROM version AS v JOIN der AS d ON d.n = v.n WHERE v.is_current = 1 AND v.store = 'personal' AND v.key IS NOT NULL LIMIT 1;
INSERT INTO certificate (n, id, label, current, created_at) SELECT at.cn + k, id, name, at.vn + k, at.now FROM seed, at ORDER BY k;
INSERT INTO version (n, certificate, number, is_current, is_issued, store, state, issuer, serial, common_name, subject, not_before, not_after, key_type, key,
                     spki_sha256, ski, sha1, sha256, profile, source, requested_by, flags, issued_at)
  SELECT at.vn + k, at.cn + k, 1, 1, 0, 'personal', 'good', m.issuer, randomblob(16), name, 'CN=' || name, at.now - ${500 * DAY},
         at.now + ${DAY} * ((h / 7) % 800 - 100) + (h / 11) % ${DAY}, CASE h % 5 WHEN 0 THEN 'rsa-2048' WHEN 1 THEN 'rsa-4096' ELSE 'ec-p256' END,
         CASE WHEN h % 4 = 0 THEN m.key END, randomblob(32), m.ski, randomblob(20), randomblob(32), m.profile, CASE h % 3 WHEN 0 THEN 'import' ELSE 'rest' END, NULL,
         CASE WHEN h % 4 = 0 THEN 256 ELSE 0 END, at.now
    FROM seed, at, model AS m ORDER BY k;
INSERT INTO der (n, body) SELECT at.vn + k, m.body FROM seed, at, model AS m ORDER BY k;
INSERT INTO name (reversed, version, kind, place) SELECT back, at.vn + k, 'dns', 0 FROM seed, at ORDER BY back;
INSERT INTO text (n, body) SELECT at.cn + k, name || char(10) || name || char(10) || name || char(10) || 'cn=' || name FROM seed, at ORDER BY k;
INSERT INTO search (search) VALUES ('rebuild');
DELETE FROM tally WHERE facet <> 'tag';
INSERT INTO tally (facet, value, day, n)
SELECT 'expiry', state, not_after / ${DAY}, count(*) FROM version WHERE is_current = 1 GROUP BY 2, 3
UNION ALL SELECT store || '/expiry', state, not_after / ${DAY}, count(*) FROM version WHERE is_current = 1 GROUP BY 1, 2, 3
UNION ALL SELECT store || '/issuer', lower(hex(issuer)), 0, count(*) FROM version WHERE is_current = 1 GROUP BY 1, 2
UNION ALL SELECT store || '/key', key_type, 0, count(*) FROM version WHERE is_current = 1 GROUP BY 1, 2
UNION ALL SELECT store || '/source', source, 0, count(*) FROM version WHERE is_current = 1 GROUP BY 1, 2
UNION ALL SELECT store || '/has', CASE WHEN flags & 256 THEN 'key' ELSE '' END, 0, count(*) FROM version WHERE is_current = 1 GROUP BY 1, 2;
PRAGMA journal_mode = wal; PRAGMA optimize;
`;

export async function fillStore(database, count) {
  const sqlite = spawn('sqlite3', ['-bail', database], { stdio: ['pipe', 'ignore', 'inherit'] });
  const done = once(sqlite, 'exit');
  const say = async text => { if (!sqlite.stdin.write(text)) await once(sqlite.stdin, 'drain'); };

  await say(begin);
  for (let k = 1; k <= count; k += 1000) {
    const rows = [];
    for (let i = k; i < k + 1000 && i <= count; i++) rows.push(`(${i},${spread(i + 3)},x'${idOf(i)}','${nameOf(i)}','${reversed(nameOf(i))}')`);
    await say(`INSERT INTO seed VALUES ${rows.join(',')};\n`);
  }
  sqlite.stdin.end(fill);
  const [code] = await done;
  if (code !== 0) throw new Error(`sqlite3 ended with ${code}`);
}
