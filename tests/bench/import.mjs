// import - PEM bundles of 5,000 certificates through the API, beside SQLite alone taking the same bytes under three indexes, as durably.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { maker } from './certificates.mjs';
import { command, cpu, figure, interleaved, median, pss } from './measure.mjs';

export const EACH = 5000;
const TURNS = 4, UNIT = 500;

// from: what stands before the first one; of the same number there would be another version.
export function bundles(dir, tool, turns = TURNS, from = 0) {
  const make = maker(dir, tool);
  return Array.from({ length: turns }, (_, turn) => Array.from({ length: EACH }, (_, n) => make(from + turn * EACH + n + 1)));
}

// How long the server takes for one of them, in ms: the file as it is, or as a member of JSON.
export async function importOne(d, pems, { asJson = false } = {}) {
  const data = pems.join(''), path = '/api/v1/certificates/import', at = performance.now();
  const { status, body } = await (asJson ? d.call('POST', path, { data }) : d.call('POST', path, data, { headers: { 'content-type': 'application/x-pem-file' } }));
  if (status !== 201 || body.items.some(i => i.action !== 'added')) throw new Error(`import: ${status}`);
  return performance.now() - at;
}

// What SQLite is asked when it is asked for nothing else: a row a certificate, found by both thumbprints and by its public key.
function statements(pems) {
  const hash = (kind, der) => createHash(kind).update(der).digest('hex');
  const row = pem => {
    const der = Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
    return `INSERT INTO c VALUES (x'${hash('sha256', der)}', x'${hash('sha1', der)}', x'${hash('sha256', der.subarray(200, 300))}', x'${der.toString('hex')}');`;
  };
  const parts = [];
  for (let n = 0; n < pems.length; n += UNIT) parts.push('BEGIN;', ...pems.slice(n, n + UNIT).map(row), 'COMMIT;');
  return ['PRAGMA journal_mode = WAL;', 'PRAGMA synchronous = FULL;', 'PRAGMA cache_size = -8192;',
    'CREATE TABLE IF NOT EXISTS c (sha256 BLOB UNIQUE, sha1 BLOB UNIQUE, spki BLOB, der BLOB); CREATE INDEX IF NOT EXISTS c_spki ON c(spki);', ...parts].join('\n');
}

export default async function ({ d, folder, tool }) {
  const dir = folder('import'), all = bundles(dir, tool, 2 * TURNS), raw = join(dir, 'raw.db');
  const scripts = all.slice(0, TURNS).map((pems, n) => { const path = join(dir, `${n}.sql`); writeFileSync(path, statements(pems)); return path; });
  let mine = 0, others = 0, its = 0, spent = 0;
  const runs = await interleaved(TURNS, {
    ours: async () => {
      const before = cpu(d.child.pid), took = await importOne(d, all[mine++]);
      spent += cpu(d.child.pid) - before;
      return took;
    },
    json: () => importOne(d, all[TURNS + others++], { asJson: true }),
    sqlite: async () => {
      const at = performance.now();
      const { code, out } = await command('sqlite3', [raw, `.read ${scripts[its++]}`]);
      if (code !== 0) throw new Error(out);
      return performance.now() - at;
    },
  });
  const rate = name => EACH / median(runs[name]) * 1000;
  figure('import of PEM bundles, certificates a second', rate('ours'), { beside: `SQLite alone ${rate('sqlite').toFixed(0)}`, goal: 'at least 5000', ok: rate('ours') >= 5000 });
  figure('  sent as JSON', rate('json'), {});
  figure('  in one second of CPU', EACH * TURNS / spent, {});
  await sleep(8000);   // what was taken for it is given back when nothing is asked
  figure('  all processes afterwards (PSS)', pss(d.child.pid) / 1024, { unit: ' MB', goal: 'under 96 MB', ok: pss(d.child.pid) < 96 * 1024 });
}
