// connections - 10,000 of them, on all three ports: asked properly, cut off, filled with noise, or never used. Afterwards nothing is left of them.
import assert from 'node:assert/strict';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { descriptors, dice, soak } from './watch.mjs';

const TIMES = Number(process.env.TIMES ?? 10_000), SEED = Number(process.env.SEED ?? 1), OVER_MS = 10_000;

// Resolves when it is over, however it ends.
function talk(socket, hello) {
  return new Promise(done => {
    const enough = setTimeout(() => socket.destroy(), OVER_MS);
    socket.on('error', () => {});
    socket.on('data', () => socket.end());
    socket.on('close', () => { clearTimeout(enough); done(); });
    hello(socket);
  });
}
const noise = (roll, len) => Buffer.from(Array.from({ length: len }, () => roll(256)));

export default async function ({ d }) {
  const roll = dice(SEED), ports = [d.https, d.probe, d.http].filter(Boolean);
  const get = host => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  const ways = [
    // a proper question
    () => talk(tls.connect({ port: d.https, host: '127.0.0.1', servername: 'localhost', ca: d.ca }), s => s.on('secureConnect', () => s.write(get(`localhost:${d.https}`)))),
    // over after the handshake
    () => talk(tls.connect({ port: d.https, host: '127.0.0.1', servername: 'localhost', ca: d.ca }), s => s.on('secureConnect', () => s.destroy())),
    // noise instead of a handshake, or of a request
    () => talk(net.connect(ports[roll(ports.length)], '127.0.0.1'), s => s.on('connect', () => { s.write(noise(roll, 1 + roll(600))); s.end(); })),
    // half a request
    () => talk(tls.connect({ port: d.https, host: '127.0.0.1', servername: 'localhost', ca: d.ca }), s => s.on('secureConnect', () => { s.write(get('localhost').slice(0, 5 + roll(20))); setTimeout(() => s.destroy(), 5); })),
    // opened and closed
    () => talk(net.connect(ports[roll(ports.length)], '127.0.0.1'), s => s.on('connect', () => s.destroy())),
    // reset
    () => talk(net.connect(ports[roll(ports.length)], '127.0.0.1'), s => s.on('connect', () => { s.write(noise(roll, 10)); s.resetAndDestroy(); })),
  ];
  await d.ok('GET', '/api/v1/status');
  const before = descriptors(d.child.pid);
  await soak('connections', d, { times: TIMES, clients: 32, step: n => ways[n % ways.length]() });
  let after = descriptors(d.child.pid);
  for (let n = 0; n < 60 && after > before + 8; n++) {
    await sleep(1000);
    after = descriptors(d.child.pid);
  }
  console.log(`  descriptors    ${before} before, ${after} after`);
  assert.ok(after <= before + 8, `${after} descriptors are open, ${before} were before`);
}
