// store - 1,000,000 certificates, by the API: pages by every sort, searches, counts, the start, and memory; beside SQLite's own time for the same page.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import https from 'node:https';
import { figure, median, percentile, pss } from './measure.mjs';
import { bundles, EACH, importOne } from './import.mjs';
import { fillStore, nameOf, WORDS } from './million.mjs';

const COUNT = Number(process.env.STORE_COUNT ?? 1_000_000), ROUNDS = 400;   // of 100 the worst one would be the p99
const SORTS = ['-created', 'created', 'not_after', '-not_after', 'common_name', '-common_name'];

// One connection, one question after the other: what a person waits for.
function asker(d) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: d.ca });
  return path => new Promise((done, failed) => {
    const from = performance.now();
    https.get({ host: '127.0.0.1', port: d.https, servername: 'localhost', agent, path: `/api/v1${path}`, headers: { host: `localhost:${d.https}`, authorization: `Bearer ${d.token}` } }, rs => {
      const parts = [];
      rs.on('data', part => parts.push(part));
      rs.on('end', () => {
        const ms = performance.now() - from, text = Buffer.concat(parts).toString();
        if (rs.statusCode !== 200) failed(new Error(`${path}: ${rs.statusCode} ${text}`));
        else done({ ms, body: JSON.parse(text) });
      });
    }).on('error', failed);
  });
}

const list = query => `/certificates?${new URLSearchParams(query)}`;
async function timed(ask, paths, name, goal) {
  const ms = [];
  let items = 0;
  for (const path of paths) {
    const answer = await ask(path);
    ms.push(answer.ms);
    items += answer.body.items?.length ?? 0;
  }
  const p99 = percentile(ms, 0.99);
  figure(name, p99, { unit: ' ms p99', beside: `median ${median(ms).toFixed(2)} ms${items ? `, ${(items / paths.length).toFixed(0)} rows each` : ''}`, goal: `at most ${goal} ms`, ok: p99 <= goal });
}

// The pages of a walk, each asked for again.
async function pagesOf(ask, query, n) {
  const paths = [list(query)];
  while (paths.length < n) {
    const cursor = (await ask(paths.at(-1))).body.next_cursor;
    if (!cursor) break;
    paths.push(list({ ...query, cursor }));
  }
  return paths;
}

// The same 100 rows by SQLite alone, in one process: what no API can be quicker than.
const PAGE = "SELECT v.n, v.common_name, c.label FROM version AS v INDEXED BY version_expiry JOIN certificate AS c ON c.n = v.certificate WHERE v.is_current = 1 AND v.not_after > 0 AND v.store = 'personal' ORDER BY v.not_after, v.n LIMIT 100;\n";
function raw(database) {
  const timed = times => {
    const from = performance.now();
    const { status, stderr } = spawnSync('sqlite3', ['-readonly', database], { input: PAGE.repeat(times), encoding: 'utf8', maxBuffer: 64 << 20 });
    if (status !== 0) throw new Error(`sqlite3: ${stderr}`);
    return performance.now() - from;
  };
  return (timed(201) - timed(1)) / 200;
}

export default async function ({ d, folder, tool }) {
  const database = join(d.data, 'signet.db');
  await d.ok('POST', '/api/v1/certificates', { dns_names: ['model.example.lan'] });
  await d.stop();
  const filled = performance.now();
  await fillStore(database, COUNT);
  figure(`writing ${COUNT.toLocaleString('en')} certificates into the file`, (performance.now() - filled) / 1000, { unit: ' s' });

  const starts = [];
  for (let i = 0; i < 5; i++) {
    const from = performance.now();
    await d.start();
    starts.push(performance.now() - from);
    if (i < 4) await d.stop();
  }
  figure('start to ready, the process made included', median(starts), { unit: ' ms', goal: 'at most 300 ms', ok: median(starts) <= 300 });

  const ask = asker(d);
  for (const sort of SORTS) await timed(ask, await pagesOf(ask, { sort, filter: 'store:personal' }, ROUNDS), `a page of 100 by ${sort}`, 10);
  figure('  the first page by not_after, SQLite alone', raw(database), { unit: ' ms' });
  await timed(ask, await pagesOf(ask, { sort: 'not_after', filter: 'state:valid expires>60d expires<90d' }, ROUNDS), 'a status and an expiry window', 10);
  const some = Array.from({ length: ROUNDS }, (_, i) => nameOf(1 + Math.floor(i * (COUNT - 1) / ROUNDS)));
  await timed(ask, some.map(name => list({ q: name })), 'a search for a whole name', 10);
  await timed(ask, some.map(name => list({ q: name.split('-')[1] })), 'a search for a part that few have', 10);
  await timed(ask, some.map(name => list({ filter: `san:${name}` })), 'a name by san:', 10);
  await timed(ask, Array.from({ length: ROUNDS }, (_, i) => list({ q: WORDS[i % WORDS.length], sort: 'not_after' })), 'a word that 8 % have, by expiry', 20);
  await timed(ask, Array(ROUNDS).fill('/status'), 'the counters', 5);
  await timed(ask, Array(ROUNDS).fill('/certificates/facets'), 'the facets', 5);
  const took = [];
  for (const pems of bundles(folder('store-import'), tool, 3, 1_000_000)) took.push(await importOne(d, pems));
  figure('import of PEM bundles into it, certificates a second', EACH / median(took) * 1000, { goal: 'at least 5000', ok: EACH / median(took) * 1000 >= 5000 });
  const mib = pss(d.child.pid) / 1024;
  figure('both processes after all this', mib, { unit: ' MiB PSS', goal: 'at most 96 MiB', ok: mib <= 96 });
}
