// soak - what takes longer than `make check` may: `make soak`, or `make soak SOAK=files`; SEED=N takes other damage, TIMES=N goes on longer. Fails when a promise does not hold.
import { resolve } from 'node:path';

process.env.SIGNET = resolve('build/signet');   // the shipped build, before the library of the tests looks for its own
const { Daemon } = await import('../e2e/lib/daemon.mjs');

const all = ['files', 'connections'];
const asked = process.argv.slice(2);

for (const name of all.filter(n => !asked.length || asked.includes(n))) {
  console.log(`\n${name}`);
  const d = new Daemon();
  try {
    await d.init();
    await d.start();
    await d.ok('PATCH', '/api/v1/settings', { 'limits.per_address': 30000, 'limits.connections': 30000 });
    await (await import(`./${name}.mjs`)).default({ d });
  } finally { await d.end(); }
}
console.log('\nall of it held');
