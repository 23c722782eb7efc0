// size - time from start to ready; memory when idle, of an idle TLS connection, and after they closed.
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { Daemon } from '../e2e/lib/daemon.mjs';
import { figure, median, pss } from './measure.mjs';

const COUNT = 10000, HOLDERS = 4, AT_ONCE = 8, OPENING_SEC = 240;

// In a process of its own: opens its share of connections, has one answer on each, and holds them until it is killed.
async function hold(port, count) {
  const open = () => new Promise((done, failed) => {
    const s = tls.connect({ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false }, () => s.write(`GET /healthz HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`));
    s.once('data', () => { s.pause(); done(); });
    s.once('error', failed);
    s.once('close', () => failed(new Error('closed')));
  });
  let begun = 0, held = 0;
  const line = async () => {
    while (begun < count) {
      begun++;
      // A full backlog refuses now and then: asked again.
      await open().catch(() => sleep(50).then(open));
      if (++held % 100 === 0 || held === count) process.send(held);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
}

if (process.argv[2] === 'hold')
  await hold(Number(process.argv[3]), Number(process.argv[4])).catch(e => { console.error(`a holder of connections: ${e.message}`); process.exit(1); });

async function holders(port) {
  const children = Array.from({ length: HOLDERS }, () => fork(fileURLToPath(import.meta.url), ['hold', String(port), String(COUNT / HOLDERS)]));
  const held = children.map(() => 0);
  children.forEach((child, n) => child.on('message', count => { held[n] = count; }));
  const all = () => held.reduce((a, b) => a + b, 0), until = performance.now() + OPENING_SEC * 1000;
  while (all() < COUNT && performance.now() < until && children.every(child => child.exitCode === null)) await sleep(200);
  return { count: all(), close: () => Promise.all(children.map(child => new Promise(done => { child.exitCode !== null ? done() : child.on('exit', done); child.kill('SIGKILL'); }))) };
}

async function ready(own) {
  const starts = [];
  for (let n = 0; n < 20; n++) {
    const at = performance.now();
    await own.start();
    starts.push(performance.now() - at);
    if (n < 19) await own.stop();
  }
  figure('start to ready, median of 20', median(starts), { unit: ' ms', goal: 'at most 150 ms', ok: median(starts) <= 150 });
}

export default async function ({ d }) {
  const own = new Daemon({ signet: d.signet });
  await own.init();
  try {
    await ready(own);
    await own.ok('PATCH', '/api/v1/settings', { 'limits.per_address': 30000, 'limits.connections': 30000 });
    await sleep(3000);
    const idle = pss(own.child.pid);
    figure('all processes idle (PSS)', idle / 1024, { unit: ' MB', goal: 'at most 16 MB', ok: idle <= 16 * 1024 });

    const at = performance.now(), open = await holders(own.https);
    const full = pss(own.child.pid), each = (full - idle) / open.count;
    figure('an idle TLS connection', each, { unit: ' KB', beside: `${open.count} held, opened in ${((performance.now() - at) / 1000).toFixed(0)} s`, goal: 'at most 22 KB of 10,000', ok: each <= 22 && open.count === COUNT });

    await open.close();
    const closed = performance.now();
    let left = full;
    while (left > idle * 1.25 && performance.now() - closed < 60000) { await sleep(1000); left = pss(own.child.pid); }
    figure('left after they closed', left / 1024, { unit: ' MB', beside: `after ${((performance.now() - closed) / 1000).toFixed(0)} s; idle ${(idle / 1024).toFixed(1)} MB`, goal: 'given back in a minute', ok: left <= idle * 1.5 });
  } finally { await own.end(); }
}
