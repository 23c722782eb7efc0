// pfx - a PFX of the profile windows, opened again and checked before it leaves, beside its six derivations and nothing else.
import { pbkdf2Sync } from 'node:crypto';
import { Agent } from 'node:https';
import { cpu, figure, interleaved, median, threads } from './measure.mjs';

const ROUNDS = 100_000, TURNS = 15;   // what the profile says, for key, certificates and MAC: once to write, once to open

export default async function ({ d }) {
  const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['pfx.example.lan'] });
  const agent = new Agent({ keepAlive: true });
  const network = () => Object.entries(threads(d.child.pid)).filter(([name]) => name.startsWith('signet-net')).reduce((sum, [, ms]) => sum + ms, 0);
  const before = { network: network(), all: cpu(d.child.pid) };
  const runs = await interleaved(TURNS, {
    ours: async () => {
      const at = performance.now();
      const { status } = await d.call('POST', `/api/v1/certificates/${made.id}/export`, { format: 'pkcs12', password: 'bench password' }, { agent });
      if (status !== 200) throw new Error(`export: ${status}`);
      return performance.now() - at;
    },
    raw: async () => {
      const at = performance.now();
      for (let n = 0; n < 6; n++) pbkdf2Sync('bench password', 'sixteen octets..', ROUNDS, 32, 'sha256');
      return performance.now() - at;
    },
  });
  agent.destroy();
  const ours = median(runs.ours), raw = median(runs.raw), spent = { network: network() - before.network, all: (cpu(d.child.pid) - before.all) * 1000 };
  figure('a PFX of the profile windows, checked', ours, { unit: ' ms', beside: `six derivations by node ${raw.toFixed(1)} ms` });
  figure('  of the six', ours / raw, { goal: 'at most 1.3', ok: ours / raw <= 1.3 });
  figure('  of it on network threads', 100 * spent.network / spent.all, { unit: ' %', goal: 'none (TLS alone)', ok: spent.network <= spent.all * 0.05 });
}
