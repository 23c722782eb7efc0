// files - everything hostile that the corpus holds, as it is and damaged: imported and decoded, 10,000 times each.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { damaged, dice, soak } from './watch.mjs';

const TIMES = Number(process.env.TIMES ?? 10_000), SEED = Number(process.env.SEED ?? 1);
const LARGEST = 300_000;

function corpus() {
  const dir = process.env.CORPUS ?? resolve('../shared/corpus');
  assert.ok(existsSync(join(dir, 'INDEX.tsv')), `${dir} holds no corpus: CORPUS=DIR make soak`);
  const [head, ...rows] = readFileSync(join(dir, 'INDEX.tsv'), 'utf8').trimEnd().split('\n').map(line => line.split('\t'));
  return rows.map(row => ({ ...Object.fromEntries(head.map((name, i) => [name, row[i]])), bytes: readFileSync(join(dir, row[0])) })).filter(row => row.bytes.length <= LARGEST);
}

const passwordOf = row => (['', '-', '(empty)', '(null)'].includes(row.password ?? '') ? {} : { password: row.password });
const isText = bytes => /-----BEGIN /.test(bytes.toString('latin1')) && bytes.every(b => (b >= 0x20 && b < 0x7f) || [9, 10, 13].includes(b));
const data = bytes => (isText(bytes) ? bytes.toString('latin1') : bytes.toString('base64'));

// Whatever it is, it is answered: taken, or refused with a reason. Five hundreds are ours.
function judge(row, { status, body }, seen) {
  assert.ok(status < 500, `${row.file}: ${status} ${JSON.stringify(body)}`);
  seen[status] = (seen[status] ?? 0) + 1;
}

// Files that cost a second of derivations each, as they may, come once in a hundred only.
function chooser(rows, roll) {
  const dear = rows.filter(r => /pkcs12|key/.test(r.kind)), cheap = rows.filter(r => !dear.includes(r));
  return n => (n % 100 < 3 ? dear : cheap)[roll((n % 100 < 3 ? dear : cheap).length)];
}

export default async function ({ d }) {
  const all = corpus(), roll = dice(SEED);
  const kinds = /^(cert|pkcs12|pkcs7|pem|key|der-depth)/;
  const forImport = chooser(all.filter(r => kinds.test(r.kind)), roll), forTools = chooser(all, roll);
  const seen = {};
  console.log(`  seed ${SEED}`);
  await soak('imports', d, { times: TIMES, step: async n => {
    const row = forImport(n), bytes = damaged(row.bytes, roll);
    if (bytes.length === 0) return;
    judge(row, await d.call('POST', '/api/v1/certificates/import', { data: data(bytes), ...passwordOf(row) }), seen);
  } });
  const tools = [['decode', text => ({ data: text })], ['convert', text => ({ data: text, format: 'pem' })], ['match', text => ({ certificate: text, key: text })],
    ['verify', text => ({ chain: text })], ['explain', text => ({ text: text.slice(0, 60_000), chain: text })]];
  await soak('tools', d, { times: TIMES, step: async n => {
    const row = forTools(n), bytes = damaged(row.bytes, roll), [tool, ask] = tools[n % tools.length];
    if (bytes.length === 0) return;
    judge(row, await d.call('POST', `/api/v1/tools/${tool}`, { ...ask(data(bytes)), ...(['decode', 'convert', 'match'].includes(tool) ? passwordOf(row) : {}) }), seen);
  } });
  console.log(`  answers: ${Object.entries(seen).map(([status, n]) => `${status} ${n} times`).join(', ')}`);
}
