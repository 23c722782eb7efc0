// dashboard - what is due, at one glance, each number a way to the things it counts.
import { html, useEffect, useState } from '../lib/html.js';
import { get } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useLoad } from '../lib/load.js';
import { href } from '../lib/router.js';
import * as time from '../lib/time.js';
import { Icon } from '../parts/icon.js';
import { RANGES, Timeline } from '../parts/timeline.js';
import { Badge, Busy, Card, Empty, Fault, LinkButton, Page, When } from '../parts/ui.js';

const COUNTERS = [
  ['valid', 'Valid', 'ok', 'good', 'status:valid'],
  ['expiring', 'Expiring in 30 days', 'clock', 'warn', 'status:expiring'],
  ['expired', 'Expired', 'bad', 'bad', 'status:expired'],
  ['revoked', 'Revoked', 'revoked', 'quiet', 'status:revoked'],
];

function Counters({ of }) {
  return html`<ul class="counters" aria-label="Certificates by status">${COUNTERS.map(([key, words, icon, tone, filter]) => html`<li>
    <a class="counter ${of[key] > 0 ? tone : 'none'}" href=${href('/certificates', { filter })}>
      <span class="counter-mark"><${Icon} name=${icon} size=${20} /></span><strong>${(of[key] || 0).toLocaleString()}${of.exact ? '' : '+'}</strong><span>${words}</span></a></li>`)}</ul>`;
}

function rangeDays(range) {
  const today = Math.floor(Date.now() / time.DAY);
  if (range === '90')
    return [today - 7, today + 90];
  return range === '365' ? [today - 14, today + 365] : [today - 365, today + 3650];
}

// "All" ends where the last certificate does.
function cutTo(items, [first, last], range) {
  if (range !== 'all' || items.length === 0)
    return [first, last];
  const days = items.map((i) => Math.floor(Date.parse(i.day) / time.DAY));
  const today = Math.floor(Date.now() / time.DAY);
  return [Math.min(today - 14, Math.min(...days) - 7), Math.max(today + 60, Math.max(...days) + 14)];
}

function Expiry() {
  const [range, setRange] = useState('90');
  const [first, last] = rangeDays(range);
  const load = useLoad(() => get('/certificates/timeline', { from: time.isoDay(first * time.DAY), to: time.isoDay(last * time.DAY) }), [range]);
  useLive(['certificate', 'authority'], load.reload);
  const items = load.value?.items || [];
  const [from, to] = cutTo(items, [first, last], range);
  return html`<${Card} title="Expiry" action=${html`<div class="segments" role="group" aria-label="Range">${RANGES.map(([key, words]) => html`
      <button type="button" aria-pressed=${key === range ? 'true' : 'false'} onClick=${() => setRange(key)}>${words}</button>`)}</div>`}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.value ? html`<${Timeline} items=${items} first=${from} last=${to} />` : load.busy && html`<${Busy} />`}
    ${load.value && !load.value.exact && html`<p class="small muted">Too many to count them all: there are more than these.</p>`}
  <//>`;
}

// The worst first: what has ended, then what ends, then what this server itself needs.
function attention(status, { expired, expiring, pending }) {
  const rows = [];
  const ends = status.web_server?.not_after;
  if (status.sealed)
    rows.push({ tone: 'bad', icon: 'key', title: 'The keeper is sealed', text: 'Nothing can be signed until somebody runs signet unlock on the server.', to: href('/settings') });
  if (ends && time.daysLeft(ends) < 14)
    rows.push({ tone: 'bad', icon: 'server', title: 'The certificate of this server ends soon', text: `${status.web_server.common_name}, ${time.fromNow(ends)}`, to: href('/web-server') });
  for (const crl of status.crl || []) {
    if (new Date(crl.next_update) - Date.now() < 0)
      rows.push({ tone: 'bad', icon: 'clock', title: `The revocation list of ${crl.name} is out of date`, text: 'Programs that check it will refuse its certificates.', to: href('/authorities') });
  }
  if (pending.length > 0)
    rows.push({ tone: 'warn', icon: 'clock', title: pending.length === 1 ? 'A certificate request is pending' : `${pending.length} certificate requests are pending`,
      text: `${pending.slice(0, 3).map((r) => r.common_name || r.dns_names[0] || r.ip_addresses[0]).join(', ')}${pending.length > 3 ? ' and others' : ''}: to be signed or denied`, to: href('/requests', { kind: 'sign', state: 'pending' }), used: 1 });
  for (const c of expired)
    rows.push({ tone: 'bad', icon: 'bad', title: c.common_name || c.subject, text: `Expired ${time.fromNow(c.not_after)}${c.used_by?.length ? `, in use by ${c.used_by.join(', ')}` : ''}`, to: href(`/certificates/${c.id}`), used: c.used_by?.length });
  for (const c of expiring)
    rows.push({ tone: 'warn', icon: 'clock', title: c.common_name || c.subject, text: `Expires ${time.fromNow(c.not_after)}`, to: href(`/certificates/${c.id}`), used: c.used_by?.length });
  return rows.sort((a, b) => (a.tone === b.tone ? (b.used || 0) - (a.used || 0) : a.tone === 'bad' ? -1 : 1)).slice(0, 7);
}

function Attention({ status }) {
  const load = useLoad(async () => {
    const [expired, expiring, pending] = await Promise.all([...['status:expired', 'status:expiring'].map((filter) =>
      get('/certificates', { filter, sort: 'not_after', limit: 5 })), get('/requests', { state: 'pending', limit: 50 })]);
    return { expired: expired.items, expiring: expiring.items, pending: pending.items.filter((r) => r.kind === 'sign') };
  }, [status.counters.expired, status.counters.expiring]);
  useLive(['request.'], load.reload);
  const rows = load.value ? attention(status, load.value) : [];
  return html`<${Card} title="Needs attention" className="half">
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.value && (rows.length === 0
      ? html`<p class="calm"><span class="calm-mark"><${Icon} name="ok" size=${22} /></span>Nothing. Everything that is in use is valid for more than 30 days.</p>`
      : html`<ul class="attention">${rows.map((r) => html`<li><a href=${r.to}><span class="attention-mark ${r.tone}"><${Icon} name=${r.icon} /></span><span><strong>${r.title}</strong><span>${r.text}</span></span><${Icon} name="next" size=${16} /></a></li>`)}</ul>`)}
    ${load.busy && !load.value && html`<${Busy} />`}
  <//>`;
}

function Clocks({ status }) {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((n) => n + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  const own = status.web_server;
  return html`<${Card} title="Clocks" className="half"><ul class="clocks">
    ${own?.not_after && html`<li><span class="clock-name"><a href="#/web-server">This server</a><span>${own.common_name}</span></span><${Left} at=${own.not_after} words="certificate ends" warn=${14} /></li>`}
    ${(status.crl || []).map((c) => html`<li><span class="clock-name"><a href="#/authorities">${c.name}</a><span>revocation list</span></span><${Left} at=${c.next_update} words="next update due" warn=${0} /></li>`)}
  </ul><//>`;
}

function Left({ at, words, warn }) {
  const days = time.daysLeft(at);
  const late = new Date(at) < Date.now();
  return html`<span class="clock-left"><${Badge} tone=${late ? 'bad' : days < warn ? 'warn' : 'quiet'} icon=${late ? 'warn' : 'clock'}><${When} at=${at} relative /><//><span>${words}</span></span>`;
}

export function Dashboard() {
  const load = useLoad(() => get('/status'), []);
  useLive(['certificate', 'authority', 'web-server'], load.reload);
  const status = load.value;
  return html`<${Page} title="Dashboard" action=${html`<${LinkButton} primary icon="plus" href="#/request">Request new certificate<//>`}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${!status && load.busy && html`<${Busy} />`}
    ${status && html`<${Counters} of=${status.counters} />
      ${status.counters.total === 0
        ? html`<${Card}><${Empty} title="No certificates yet" action=${html`<${LinkButton} icon="plus" href="#/request">Request new certificate<//>`}>The first one takes a minute: names, a password, done.<//><//>`
        : html`<${Expiry} />`}
      <div class="halves"><${Attention} status=${status} /><${Clocks} status=${status} /></div>
      <p class="colophon">Signet ${status.version}, running since <${When} at=${status.started_at} />. Root thumbprint <code>${(status.root_thumbprint_sha256 || '').slice(0, 16).toUpperCase()}…</code></p>`}
  <//>`;
}
