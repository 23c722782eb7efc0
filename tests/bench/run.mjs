// bench - what we claim, measured beside a peer or a raw limit in the same run: `make bench`, or `make bench BENCH="requests issuing"`.
import { mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cpus, loadavg } from 'node:os';
import { heading, missed } from './measure.mjs';

process.env.SIGNET = resolve('build/signet');   // the shipped build, before the library of the tests looks for its own
const { Daemon, tool } = await import('../e2e/lib/daemon.mjs');

const all = ['requests', 'handshakes', 'issuing', 'import', 'pfx', 'swap', 'size', 'store'];
const asked = process.argv.slice(2);

// One live server, and a certificate of it that the peers show too.
const d = new Daemon();
await d.init();
await d.start();
await d.ok('PATCH', '/api/v1/settings', { 'limits.per_address': 30000, 'limits.connections': 30000 });
const leaf = await d.ok('POST', '/api/v1/certificates', { dns_names: ['localhost'], ip_addresses: ['127.0.0.1'] });
const pem = join(d.dir, 'peer.pem');
writeFileSync(pem, (await d.call('POST', `/api/v1/certificates/${leaf.id}/export`, { format: 'pem', include_key: true })).bytes, { mode: 0o600 });
const root = join(d.dir, 'static');
mkdirSync(root);
writeFileSync(join(root, 'healthz'), 'ok\n');

const machine = cpus(), busy = loadavg()[0];
console.log(`${machine.length} cores, ${machine[0].model}, load ${busy.toFixed(1)} before we begin${busy > machine.length / 2 ? ': others are at work here too, so trust the ratios and the CPU, not the rates' : ''}`);
try {
  for (const name of all.filter(n => !asked.length || asked.includes(n))) {
    heading(name);
    await (await import(`./${name}.mjs`)).default({ d, pem, leaf, root, folder: sub => { const dir = join(d.dir, sub); mkdirSync(dir, { recursive: true }); return dir; }, tool, read: readFileSync });
  }
} finally { await d.end(); }
console.log(missed().length ? `\nmissed: ${missed().map(m => m.whole).join('; ')}` : '\nall promises kept');
