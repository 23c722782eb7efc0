// requests - a small asset on keep-alive beside nginx and Caddy; one certificate by the API beside nginx's static file.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { caddy, nginx } from './peers.mjs';
import { figure, interleaved, median, wrk } from './measure.mjs';

export default async function ({ d, pem, leaf, root, folder }) {
  const page = (await d.call('GET', '/', undefined, { token: null })).bytes.toString();
  const assets = [...new Set([...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(m => m[1]))];
  const sized = [];
  for (const path of assets) sized.push({ path, bytes: (await d.call('GET', path, undefined, { token: null })).bytes });
  const asset = sized.sort((a, b) => Math.abs(a.bytes.length - 1024) - Math.abs(b.bytes.length - 1024))[0];
  writeFileSync(join(root, 'asset'), asset.bytes);
  const n = await nginx(folder('nginx-requests'), pem, root), c = await caddy(folder('caddy-requests'), pem, root);
  try {
    const of = (url, headers) => () => wrk(url, { headers, seconds: 3 }).then(w => { if (w.bad) throw new Error(`${url}: ${w.bad} bad answers`); return w.rate; });
    const rates = await interleaved(3, {
      signet: of(`https://127.0.0.1:${d.https}${asset.path}`), nginx: of(`https://127.0.0.1:${n.port}/asset`), caddy: of(`https://127.0.0.1:${c.port}/asset`),
      certificate: of(`https://127.0.0.1:${d.https}/api/v1/certificates/${leaf.id}`, [`Authorization: Bearer ${d.token}`]),
    });
    const m = Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]));
    figure(`asset of ${asset.bytes.length} bytes, requests a second`, m.signet, { beside: `nginx ${m.nginx.toFixed(0)}, Caddy ${m.caddy.toFixed(0)}` });
    figure('  of nginx\'s rate', m.signet / m.nginx, { goal: 'at least 0.85', ok: m.signet / m.nginx >= 0.85 });
    figure('  of Caddy\'s rate', m.signet / m.caddy, { goal: 'at least 1.8', ok: m.signet / m.caddy >= 1.8 });
    figure('GET of one certificate, requests a second', m.certificate);
    figure('  of nginx\'s static rate', m.certificate / m.nginx, { goal: 'at least 0.22', ok: m.certificate / m.nginx >= 0.22 });
  } finally { await n.stop(); await c.stop(); }
}
