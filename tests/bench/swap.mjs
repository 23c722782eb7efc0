// swap - ten swaps a second for 20 s under 32 keep-alive connections and 4 streams of new ones.
import { setTimeout as sleep } from 'node:timers/promises';
import { begin } from './clients.mjs';
import { figure, percentile } from './measure.mjs';

const now = () => performance.timeOrigin + performance.now();
const SECONDS = 20, CALM_SECONDS = 8, WARM_UP_MS = 3000, RING = 16;

// The same load twice: calm, for its own baseline, and under swaps. Both warm up before they count.
function load(d) {
  const keepAlive = begin('keepAlive', { port: d.https, ca: d.ca, count: 32, everyMs: 25, warmUpMs: WARM_UP_MS });
  const fresh = begin('fresh', { port: d.https, ca: d.ca, count: 4 });
  return async () => {
    const [kept, made] = await Promise.all([keepAlive.end(), fresh.end()]);
    return { ...kept, failed: kept.failed + made.failed, shown: made.shown };
  };
}

// Ten a second; when each was asked for and answered, and what it put there.
async function swapping(d, ring, seconds) {
  const swaps = [], until = now() + seconds * 1000;
  for (let at = now(); now() < until; ) {
    const next = ring[swaps.length % RING], asked = now();
    await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id });
    swaps.push({ asked, answered: now(), thumbprint: next.thumbprint_sha256 });
    at += 100;
    await sleep(Math.max(0, at - now()));
  }
  return swaps;
}

// A handshake that begins after the answer to a swap shows what that one put there, or what a later one did that was asked for before
// it ended; as many certificates as there are in the ring tell one from the other.
function judge(shown, swaps) {
  const verdict = { judged: 0, stale: 0 };
  for (const { begun, ended, thumbprint } of shown) {
    const last = swaps.findLastIndex(s => s.answered < begun), right = swaps.slice(Math.max(last, 0)).filter(s => s.asked <= ended);
    if (last < 0 || right.length >= RING) continue;
    verdict.judged++;
    if (!right.some(s => s.thumbprint === thumbprint)) verdict.stale++;
  }
  return verdict;
}

export default async function ({ d }) {
  const names = { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] };
  const ring = [];
  while (ring.length < RING) ring.push(await d.ok('POST', '/api/v1/certificates', names));
  const endCalm = load(d);
  await sleep(WARM_UP_MS + CALM_SECONDS * 1000);
  const calm = await endCalm();
  const endBusy = load(d);
  await sleep(WARM_UP_MS);
  const swaps = await swapping(d, ring, SECONDS);
  const busy = await endBusy(), { judged, stale } = judge(busy.shown, swaps);

  const base = percentile(calm.latencies, 0.99), p99 = percentile(busy.latencies, 0.99);
  figure('swaps a second', swaps.length / SECONDS, { beside: `answered within ${percentile(swaps.map(s => s.answered - s.asked), 0.99).toFixed(0)} ms (p99)`, goal: '10', ok: swaps.length >= SECONDS * 9.5 });
  figure('failed requests and handshakes', busy.failed, { beside: `of ${busy.latencies.length} and ${busy.shown.length}`, goal: '0', ok: busy.failed === 0 });
  figure('connections closed by the server', busy.closed, { goal: '0', ok: busy.closed === 0 });
  figure('handshakes that showed the old one after the answer', stale, { beside: `of ${judged}`, goal: '0', ok: stale === 0 && judged > 0 });
  figure('keep-alive p99', p99, { unit: ' ms', beside: `its own baseline ${base.toFixed(2)} ms` });
  figure('  of its baseline', p99 / base, { goal: 'at most 1.5', ok: p99 / base <= 1.5 });
}
