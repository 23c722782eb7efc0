// handshakes - CPU of a full TLS 1.3 handshake with a chain of two beside nginx; a half-open one; keep-alive beside a storm.
import net from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nginx } from './peers.mjs';
import { begin } from './clients.mjs';
import { command, cpu, figure, interleaved, median, percentile, wrk } from './measure.mjs';

async function storm(port, seconds, clients) {
  const runs = await Promise.all(Array.from({ length: clients }, () => command('openssl', ['s_time', '-connect', `127.0.0.1:${port}`, '-new', '-tls1_3', '-time', String(seconds)], { input: '' })));
  return runs.reduce((sum, { out }) => sum + Number(out.match(/(\d+) connections in [\d.]+ real seconds/)?.[1] ?? out.match(/(\d+) connections in/)?.[1] ?? 0), 0);
}

export default async function ({ d, pem, root, folder }) {
  const n = await nginx(folder('nginx-handshakes'), pem, root);
  try {
    const of = (pid, port) => async () => { const before = cpu(pid), made = await storm(port, 3, 2); return (cpu(pid) - before) / made * 1e6; };
    const cost = await interleaved(5, { signet: of(d.child.pid, d.https), nginx: of(n.pid, n.port) });
    const ours = median(cost.signet), theirs = median(cost.nginx);
    figure('CPU of a full handshake', ours, { unit: ' µs', beside: `nginx ${theirs.toFixed(0)} µs` });
    figure('  of nginx\'s', ours / theirs, { goal: 'at most 1.1', ok: ours / theirs <= 1.1 });

    const half = net.connect(d.https, '127.0.0.1');
    half.on('error', () => {});
    half.write(Buffer.from('16030100fa0100', 'hex'));
    await sleep(300);
    const before = cpu(d.child.pid);
    await sleep(4000);
    const core = (cpu(d.child.pid) - before) / 4;
    half.destroy();
    figure('one half-open handshake', core, { unit: ' core', goal: 'under 0.02', ok: core < 0.02 });

    const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['x.lan'] });
    const body = join(folder('exports'), 'export.lua');
    writeFileSync(body, `wrk.method = "POST"\nwrk.body = '{"format":"pkcs12","password":"bench password"}'\nwrk.headers["Content-Type"] = "application/json"\nwrk.headers["Authorization"] = "Bearer ${d.token}"\n`);
    const storming = port => wrk(`https://127.0.0.1:${port}/healthz`, { connections: 16, seconds: 9, headers: ['Connection: close'] });
    const exporting = () => wrk(`https://127.0.0.1:${d.https}/api/v1/certificates/${made.id}/export`, { connections: 4, seconds: 9, script: body });
    const keepAlive = async (port, others = []) => {
      const running = [storming(port), ...others.map(other => other())];
      const clients = begin('keepAlive', { port, ca: d.ca, count: 4, nice: -10 });
      await sleep(8000);
      const { latencies, failed, closed } = await clients.end();
      const [storm, exports] = await Promise.all(running);
      if (failed || closed || storm.bad || exports?.bad) throw new Error('requests beside the storm failed');
      return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), storm: storm.rate, exports: exports?.rate ?? 0 };
    };
    const p99 = await interleaved(3, { signet: () => keepAlive(d.https, [exporting]), calm: () => keepAlive(d.https), nginx: () => keepAlive(n.port) });
    const middle = (name, what) => median(p99[name].map(r => r[what]));
    figure('keep-alive p99 beside 16 handshaking and 4 exporting', middle('signet', 'p99'), { unit: ' ms', beside: `nginx without exports ${middle('nginx', 'p99').toFixed(1)} ms`, goal: 'at most 10 ms', ok: middle('signet', 'p99') <= 10 });
    figure('  half of them within', middle('signet', 'p50'), { unit: ' ms', beside: `nginx without exports ${middle('nginx', 'p50').toFixed(1)} ms` });
    figure('  p99 without exports', middle('calm', 'p99'), { unit: ' ms', beside: `nginx ${middle('nginx', 'p99').toFixed(1)} ms` });
    figure('  handshakes a second meanwhile', middle('signet', 'storm'), { beside: `nginx ${middle('nginx', 'storm').toFixed(0)}, without exports ${middle('calm', 'storm').toFixed(0)}` });
    figure('  PFX files a second meanwhile', middle('signet', 'exports'));
  } finally { await n.stop(); }
}
