// trust - "Trust distribution": what makes every kind of machine believe this authority, whether this browser does, and who was seen doing so.
import { html, useState } from '../lib/html.js';
import { get, isTrusted, post, publicJson } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import * as time from '../lib/time.js';
import { Icon } from '../parts/icon.js';
import { Rosette } from '../parts/rosette.js';
import { Badge, Busy, Button, Card, Copy, Empty, Facts, Fault, Lines, LinkButton, Note, Page, Tabs, When } from '../parts/ui.js';

// which files serve which kind of machine; the zip has all
const FILES = {
  windows: ['root.cer', 'install-ca.ps1'], 'windows-domain': ['root.cer', 'root.reg', 'root.p7b'], firefox: ['policies.json'], chrome: ['chrome-policy.json'],
  debian: ['root.crt', 'install-ca.sh'], fedora: ['root.crt', 'install-ca.sh'], macos: ['root.cer', 'signet.mobileconfig', 'install-ca.sh'], ios: ['signet.mobileconfig'],
  android: ['root.cer'], java: ['truststore.p12', 'root.cer'], nss: ['root.cer'], programs: ['root.crt', 'root.pem'],
};

const pairs = (hex) => hex.toUpperCase().match(/../g).join(':');

function Root({ of }) {
  return html`<div class="ready"><${Rosette} of=${of.thumbprint_sha256} size=${84} /><${Facts} rows=${[
    ['Root', html`<strong>${of.name}</strong>`],
    ['Expiration Date', html`<${When} at=${of.not_after} />`],
    ['SHA-256 fingerprint', html`<span class="print"><code class="wrap">${pairs(of.thumbprint_sha256)}</code><${Copy} text=${pairs(of.thumbprint_sha256)} label="Copy SHA-256 fingerprint" /></span>`],
    ['Thumbprint (SHA-1)', html`<span class="print"><code class="wrap">${of.thumbprint_sha1.toUpperCase()}</code><${Copy} text=${of.thumbprint_sha1.toUpperCase()} label="Copy SHA-1 thumbprint" /></span>`],
  ]} /></div>`;
}

function Downloads({ files }) {
  return html`<div class="row">${files.map((f) => html`<a class="button" href=${f.path} download=${f.name} title=${f.what}><${Icon} name="download" /><span>${f.name}</span></a>`)}</div>`;
}

function Target({ t, files }) {
  return html`${t.notes.length > 0 && html`<ul class="plain notes">${t.notes.map((n) => html`<li>${n}</li>`)}</ul>`}
    ${FILES[t.slug] && html`<${Downloads} files=${files.filter((f) => FILES[t.slug].includes(f.name))} />`}
    ${[['Install', t.install], ['Verify', t.verify], ['Remove', t.remove]].map(([title, lines]) => html`<h3>${title}</h3><${Lines} label="${title}: ${t.name}">${lines}<//>`)}`;
}

function Guide({ targets, files, roots }) {
  const [current, setCurrent] = useState(targets[0].slug);
  return html`<${Card} title="Make a machine trust it"><div class="stack">
    ${roots.length > 1 && html`<${Note}>There is more than one root. The lines are for the first; install-ca.sh, install-ca.ps1 and the policies know all of them.<//>`}
    <${Tabs} label="Kind of machine" tabs=${targets.map((t) => [t.slug, t.name])} current=${current} set=${setCurrent}><${Target} t=${targets.find((t) => t.slug === current)} files=${files} /><//></div><//>`;
}

function Probe({ url, onSeen }) {
  const [state, setState] = useState('');
  const act = useAction();
  const test = () => act.run(async () => {
    const yes = await isTrusted(url);
    setState(yes ? 'yes' : 'no');
    if (yes) {
      await post('/trust/seen');
      onSeen();
    }
  });
  return html`<${Card} title="Does this browser trust it now?"><div class="stack">
    <p>The browser loads from <code class="wrap">${url}</code>, which shows another certificate of this root and for which nobody has clicked a warning away.</p>
    <div class="row"><${Button} icon="authority" busy=${act.busy} onClick=${test}>Test: does this browser trust it?<//></div>
    <div role="status">${state === 'yes' && html`<${Note} tone="good" title="Yes.">This browser trusts the root, and is in the list below.<//>`}
      ${state === 'no' && html`<${Note} tone="warn" title="Not yet.">Install the root as shown above. Some browsers must be started again. A firewall before the probe's port looks the same.<//>`}</div>
    <${Fault} of=${act.problem} /></div><//>`;
}

function Seen({ load }) {
  const items = load.value?.items || [];
  return html`<${Card} title="Who was seen trusting" action=${html`<${Button} icon="renew" onClick=${load.reload}>Look again<//>`}><div class="stack">
    <p class="hint">Every program that came through to the probe: from this page, from the public page, from scripts. A program that checks no certificates is listed as well. The last ${load.value?.most?.toLocaleString()} are kept.</p>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${items.length > 0 ? html`<div class="table-frame" tabindex="0" role="region" aria-label="Programs and addresses"><table class="rows"><caption class="unseen">Who was seen trusting</caption>
      <thead><tr><th scope="col">Address</th><th scope="col">Program</th><th scope="col">User</th><th scope="col">Last seen</th><th scope="col">First seen</th><th scope="col" class="number">Times</th></tr></thead>
      <tbody>${items.map((s) => html`<tr key=${s.address + s.agent}><td data-label="Address"><code>${s.address}</code></td><td data-label="Program">${s.agent}</td>
        <td data-label="User">${s.name && html`<${Badge} tone="accent">${s.name}<//>`}</td><td data-label="Last seen"><time datetime=${s.last_at} title=${time.tooltip(s.last_at)}>${time.fromNow(s.last_at)}</time></td>
        <td data-label="First seen"><${When} at=${s.first_at} /></td><td data-label="Times" class="number">${s.times.toLocaleString()}</td></tr>`)}</tbody></table></div>`
      : load.value && html`<${Empty} icon="authority" title="Nobody yet">Press the test above, or open the public page on a machine where the root is installed.<//>`}</div><//>`;
}

export function Trust() {
  const guide = useLoad(() => publicJson('/trust/trust.json'), []);
  const seen = useLoad(() => get('/trust/seen'), []);
  const g = guide.value;
  return html`<${Page} title="Trust distribution" action=${seen.value && html`<${LinkButton} href=${seen.value.trust_url} target="_blank" rel="noopener">Open the public page<//>
      <${LinkButton} primary icon="download" href="/trust/signet-trust.zip" download="signet-trust.zip">Download all files<//>`}>
    <${Fault} of=${guide.problem} again=${guide.reload} />
    ${!g && guide.busy && html`<${Busy} />`}
    ${g && g.roots.length === 0 && html`<${Card}><${Empty} icon="authority" title="There is no root yet">Make one under Authorities: then everything that spreads it stands here.<//><//>`}
    ${g && g.roots.length > 0 && html`
      ${seen.value && html`<${Note} title="Send people to the public page"><span class="print"><code class="wrap">${seen.value.trust_url}</code><${Copy} text=${seen.value.trust_url} label="Copy address" /></span> Tell them the fingerprint by another way, by telephone or on paper.<//>`}
      <${Card}><div class="stack">${g.roots.map((r) => html`<${Root} key=${r.id} of=${r} />`)}</div><//>
      <${Guide} targets=${g.targets} files=${g.files} roots=${g.roots} />
      ${seen.value && html`<${Probe} url=${seen.value.probe_url} onSeen=${seen.reload} />`}
      <${Card} title="All files"><${Downloads} files=${g.files} /><//>
      <${Seen} load=${seen} />`}
  <//>`;
}
