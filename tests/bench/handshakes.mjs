// handshakes - CPU of a full TLS 1.3 handshake with a chain of two beside nginx; a half-open one; keep-alive beside a storm.
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { nginx } from './peers.mjs';
import { command, cpu, figure, interleaved, median, wrk } from './measure.mjs';

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
    let done = false;
    const exporter = async () => { while (!done) await d.ok('POST', `/api/v1/certificates/${made.id}/export`, { format: 'pkcs12', password: 'bench password' }); };
    // One process for the 16, so that what is measured is the server and not how two cores are shared out among clients.
    const beside = port => wrk(`https://127.0.0.1:${port}/`, { connections: 16, seconds: 6, headers: ['Connection: close'] });
    const keepAlive = async (port, path, others) => {
      const running = [beside(port), ...others()];
      await sleep(500);
      const { p99 } = await wrk(`https://127.0.0.1:${port}${path}`, { connections: 4, seconds: 4 });
      done = true;
      await Promise.all(running);
      done = false;
      return p99;
    };
    const p99 = await interleaved(3, { signet: () => keepAlive(d.https, '/healthz', () => Array.from({ length: 4 }, exporter)), nginx: () => keepAlive(n.port, '/', () => []) });
    figure('keep-alive p99 beside 16 handshaking and 4 exporting', median(p99.signet), { unit: ' ms', beside: `nginx without exports ${median(p99.nginx).toFixed(1)} ms`, goal: 'at most 10 ms', ok: median(p99.signet) <= 10 });
  } finally { await n.stop(); }
}
