// swap - ten swaps a second for 20 s under 32 keep-alive connections and 4 streams of new ones.
import https from 'node:https';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure, percentile } from './measure.mjs';

class Load {
  constructor(d) {
    Object.assign(this, { d, latencies: [], failed: 0, closed: 0, handshakes: 0, stale: 0, expected: null, stopped: false });
  }

  async keepAlive() {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1, ca: this.d.ca });
    const known = new Set();
    while (!this.stopped) {
      const at = performance.now();
      await new Promise(done => {
        const rq = https.get({ host: '127.0.0.1', port: this.d.https, servername: 'localhost', path: '/healthz', headers: { host: `localhost:${this.d.https}` }, agent, ca: this.d.ca }, rs => {
          if (!known.has(rs.socket)) {
            known.add(rs.socket);
            rs.socket.on('close', () => { if (!this.stopped) this.closed++; });
          }
          rs.resume().on('end', () => { this.latencies.push(performance.now() - at); done(); });
        });
        rq.on('error', () => { this.failed++; done(); });
      });
      await sleep(5);
    }
    agent.destroy();
  }

  async newOnes() {
    while (!this.stopped) {
      const wanted = this.expected, begun = this.swaps;
      await new Promise(done => {
        const s = tls.connect({ host: '127.0.0.1', port: this.d.https, servername: 'localhost', ca: this.d.ca }, () => {
          const seen = s.getPeerX509Certificate().fingerprint256.replaceAll(':', '').toLowerCase();
          // Between the answer to a swap and the next one's begin there is one right certificate.
          if (wanted && this.expected === wanted && begun === this.swaps && seen !== wanted) this.stale++;
          this.handshakes++;
          s.destroy();
          done();
        });
        s.on('error', () => { this.failed++; done(); });
      });
    }
  }

  begin() { this.running = [...Array.from({ length: 32 }, () => this.keepAlive()), ...Array.from({ length: 4 }, () => this.newOnes())]; return this; }
  async end() { this.stopped = true; await Promise.all(this.running); return this; }
}

export default async function ({ d }) {
  const names = { dns_names: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'] };
  const pair = [await d.ok('POST', '/api/v1/certificates', names), await d.ok('POST', '/api/v1/certificates', names)];
  const calm = new Load(d).begin();
  await sleep(8000);
  await calm.end();
  const load = new Load(d).begin();
  const until = performance.now() + 20000;
  let swaps = 0, at = performance.now();
  load.swaps = 0;
  while (performance.now() < until) {
    const next = pair[swaps % 2];
    load.expected = null;
    load.swaps = -1;
    await d.ok('PUT', '/api/v1/web-server', { certificate_id: next.id });
    load.expected = next.thumbprint_sha256;
    load.swaps = ++swaps;
    at += 100;
    await sleep(Math.max(0, at - performance.now()));
  }
  await load.end();
  const base = percentile(calm.latencies, 0.99), p99 = percentile(load.latencies, 0.99);
  figure('swaps a second', swaps / 20, { goal: '10', ok: swaps >= 190 });
  figure('failed requests and handshakes', load.failed, { beside: `of ${load.latencies.length} and ${load.handshakes}`, goal: '0', ok: load.failed === 0 });
  figure('connections closed by the server', load.closed, { goal: '0', ok: load.closed === 0 });
  figure('handshakes that showed the old certificate after the answer', load.stale, { goal: '0', ok: load.stale === 0 });
  figure('keep-alive p99', p99, { unit: ' ms', beside: `its own baseline ${base.toFixed(2)} ms` });
  figure('  of its baseline', p99 / base, { goal: 'at most 1.5', ok: p99 / base <= 1.5 });
}
