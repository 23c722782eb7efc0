// issuing - durable, inventoried, over HTTPS, 32 keep-alive clients, beside cfssl, which stores nothing.
import { closeSync, fdatasyncSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cfssl } from './peers.mjs';
import { cpu, figure, interleaved, median, paired, percentile, wrk } from './measure.mjs';

const script = (dir, name, path, body, headers = {}) => {
  const file = join(dir, `${name}.lua`);
  writeFileSync(file, `wrk.method = "POST"\nwrk.path = "${path}"\nwrk.body = ${JSON.stringify(JSON.stringify(body))}\n` +
    Object.entries({ 'Content-Type': 'application/json', ...headers }).map(([k, v]) => `wrk.headers["${k}"] = "${v}"\n`).join(''));
  return file;
};

// What the disk takes to make one page durable, in ms: nobody who writes one certificate at a time is faster.
function durable(dir) {
  const fd = openSync(join(dir, 'page'), 'w'), page = Buffer.alloc(4096, 1), took = [];
  for (let n = 0; n < 200; n++) {
    const at = performance.now();
    writeSync(fd, page);
    fdatasyncSync(fd);
    took.push(performance.now() - at);
  }
  closeSync(fd);
  return took;
}

export default async function ({ d, pem, folder, tool }) {
  const dir = folder('cfssl');
  const key = join(dir, 'ca-key.pem'), ca = join(dir, 'ca.pem'), csrKey = join(dir, 'csr-key.pem');
  tool('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', ca, '-subj', '/CN=Bench CA', '-days', '30']);
  const csr = tool('openssl', ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', csrKey, '-subj', '/CN=bench.example.lan', '-addext', 'subjectAltName=DNS:bench.example.lan']).stdout.match(/-----BEGIN[^]*-----END[^\n]*\n/)[0];
  const peer = await cfssl(dir, { caPem: ca, caKey: key, pem });
  const auth = { Authorization: `Bearer ${d.token}` };
  try {
    const own = { port: d.https, pid: d.child.pid };
    const of = ({ port, pid }, name, path, body, headers) => {
      const s = script(dir, name, path, body, headers), seconds = 2;
      return async () => {
        const before = cpu(pid), w = await wrk(`https://127.0.0.1:${port}${path}`, { connections: 32, seconds, script: s });
        return { ...w, cpu: (cpu(pid) - before) / (w.rate * seconds) * 1e6 };
      };
    };
    const disk = durable(dir);
    const runs = await interleaved(11, {
      made: of(own, 'made', '/api/v1/certificates', { dns_names: ['bench.example.lan'] }, auth),
      newcert: of(peer, 'newcert', '/api/v1/cfssl/newcert', { request: { hosts: ['bench.example.lan'], CN: 'bench.example.lan', key: { algo: 'ecdsa', size: 256 }, names: [] } }),
      signed: of(own, 'signed', '/api/v1/certificates', { csr }, auth),
      sign: of(peer, 'sign', '/api/v1/cfssl/sign', { certificate_request: csr, hosts: ['bench.example.lan'] }),
    });
    for (const [name, list] of Object.entries(runs)) for (const r of list) if (r.bad) throw new Error(`${name}: ${r.bad} answers were no 2xx`);
    figure('the disk makes a page durable in', median(disk), { unit: ' ms', beside: `p99 ${percentile(disk, 0.99).toFixed(2)} ms` });
    const middle = (name, what) => median(runs[name].map(r => r[what]));
    const rate = name => middle(name, 'rate'), p99 = name => middle(name, 'p99'), used = name => middle(name, 'cpu');
    for (const [ours, theirs, what, least, goal] of [['made', 'newcert', 'with a key made here', 1.0, 1.3], ['signed', 'sign', 'from a CSR', 0.6, 0.75]]) {
      figure(`${what}, certificates a second`, rate(ours), { beside: `cfssl ${theirs} ${rate(theirs).toFixed(0)}` });
      const share = paired(runs[ours], runs[theirs], r => r.rate), slowest = paired(runs[ours], runs[theirs], r => r.p99);
      figure('  of cfssl\'s', share, { goal: `at least ${least} (goal ${goal})`, ok: share >= least });
      figure('  CPU of one', used(ours), { unit: ' µs', beside: `cfssl ${used(theirs).toFixed(0)} µs` });
      // With 32 who wait for their answer before they ask again nobody's mean is below 32 / rate.
      figure('  p99', p99(ours), { unit: ' ms', beside: `cfssl ${p99(theirs).toFixed(1)} ms; our mean ${(32000 / rate(ours)).toFixed(0)} ms` });
      figure('  p99 of cfssl\'s', slowest, { goal: 'at most 0.5', ok: slowest <= 0.5 });
    }
  } finally { await peer.stop(); }
}
