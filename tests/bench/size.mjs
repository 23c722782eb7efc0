// size - memory when idle, of an idle TLS connection, after they close; time from start to ready.
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { Daemon } from '../e2e/lib/daemon.mjs';
import { figure, median, pss } from './measure.mjs';

const COUNT = 10000;

export default async function ({ d }) {
  const own = new Daemon({ signet: d.signet });
  await own.init();
  const starts = [];
  for (let n = 0; n < 20; n++) {
    const at = performance.now();
    await own.start();
    starts.push(performance.now() - at);
    if (n < 19) await own.stop();
  }
  figure('start to ready, median of 20', median(starts), { unit: ' ms', goal: 'at most 150 ms', ok: median(starts) <= 150 });
  await own.ok('PATCH', '/api/v1/settings', { 'limits.per_address': 30000, 'limits.connections': 30000 });
  await sleep(3000);
  const idle = pss(own.child.pid);
  figure('all processes idle (PSS)', idle / 1024, { unit: ' MB', goal: 'at most 16 MB', ok: idle <= 16 * 1024 });

  const sockets = [];
  const open = () => new Promise((done, failed) => {
    const s = tls.connect({ host: '127.0.0.1', port: own.https, servername: 'localhost', ca: own.ca }, () => { s.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${own.https}\r\n\r\n`); });
    s.once('data', () => { sockets.push(s); done(); });
    s.on('error', failed);
  });
  while (sockets.length < COUNT) await Promise.all(Array.from({ length: 50 }, open));
  const full = pss(own.child.pid);
  figure(`an idle TLS connection (${COUNT} held)`, (full - idle) / COUNT, { unit: ' KB', goal: 'at most 22 KB', ok: (full - idle) / COUNT <= 22 });
  sockets.forEach(s => s.destroy());
  let left = full;
  for (let n = 0; n < 60 && left > idle * 1.25; n++) { await sleep(1000); left = pss(own.child.pid); }
  figure('left a minute after they closed', left / 1024, { unit: ' MB', beside: `idle ${(idle / 1024).toFixed(1)} MB`, goal: 'given back', ok: left <= idle * 1.5 });
  await own.end();
}
