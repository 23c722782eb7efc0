// clients - who uses a server while it is measured, in processes of their own: what is measured is the server, not the bench's one event loop.
import { fork } from 'node:child_process';
import https from 'node:https';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';

const now = () => performance.timeOrigin + performance.now();   // one clock for all processes
let stopped = false;

// One request, a pause, the next: a person or a program that uses a connection, not one that fills it.
async function keepAlive({ port, ca, path, everyMs, warmUpMs }, out) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 }), known = new Set(), from = now() + warmUpMs;
  while (!stopped) {
    const at = now();
    await new Promise(done => {
      const rq = https.get({ host: '127.0.0.1', port, servername: 'localhost', path, headers: { host: `localhost:${port}` }, agent, ca }, rs => {
        if (!known.has(rs.socket)) {
          known.add(rs.socket);
          rs.socket.on('close', () => { if (!stopped) out.closed++; });
        }
        rs.resume().on('end', () => { if (at >= from) out.latencies.push(now() - at); if (rs.statusCode >= 300) out.failed++; done(); });
      });
      rq.on('error', () => { out.failed++; done(); });
    });
    await sleep(everyMs);
  }
  agent.destroy();
}

// Handshake after handshake, and which certificate each of them showed.
async function fresh({ port, ca }, out) {
  while (!stopped) {
    const begun = now();
    await new Promise(done => {
      const s = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', ca }, () => {
        out.shown.push({ begun, ended: now(), thumbprint: s.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase() });
        s.destroy();
        done();
      });
      s.on('error', () => { out.failed++; done(); });
    });
  }
}

const kinds = { keepAlive, fresh };

async function serve({ kind, count, nice, ...how }) {
  const out = { latencies: [], shown: [], failed: 0, closed: 0 };
  try { setPriority(nice); } catch { /* only root may go before others */ }
  process.once('message', () => { stopped = true; });
  await Promise.all(Array.from({ length: count }, () => kinds[kind](how, out)));
  process.send(out, () => process.exit(0));
}

// kind: keepAlive {port, ca, path, everyMs, warmUpMs} or fresh {port, ca}; `count` of them in a process that goes before others when it may.
export function begin(kind, how) {
  const child = fork(fileURLToPath(import.meta.url), ['clients', JSON.stringify({ kind, everyMs: 10, warmUpMs: 2000, path: '/healthz', nice: 0, ...how })]);
  const result = new Promise((done, failed) => {
    child.once('message', done);
    child.once('exit', code => failed(new Error(`the clients ended by themselves: ${code}`)));
  });
  result.catch(() => {});
  return { end: () => { child.send('end'); return result; } };
}

if (process.argv[2] === 'clients') await serve(JSON.parse(process.argv[3]));
