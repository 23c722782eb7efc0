// certificate - one lineage: General, Details, Certification Path, In use by, Versions, History, and what can be done with it.
import { html, useState } from '../lib/html.js';
import { download, get, onceKey, post } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { commonNameOf } from '../lib/names.js';
import { go, href } from '../lib/router.js';
import * as time from '../lib/time.js';
import { TaskMenu } from '../parts/bulk.js';
import { Chain } from '../parts/chain.js';
import { ExportDialog, fileStem } from '../parts/export.js';
import { Fields, Findings } from '../parts/fields.js';
import { Described } from '../parts/describe.js';
import { Icon } from '../parts/icon.js';
import { Archived, DeleteDialog, InUseBy, ReplaceDialog, RollBackDialog } from '../parts/lineage.js';
import { Permissions } from '../parts/permissions.js';
import { Rosette } from '../parts/rosette.js';
import { Badge, Busy, Button, Card, Dialog, Facts, Fault, Input, keyWord, Note, Page, Status, Submit, Tabs, Thumbprint, toast, When } from '../parts/ui.js';

const TABS = [['general', 'General'], ['details', 'Details'], ['path', 'Certification Path'], ['key', 'Private key'], ['uses', 'In use by'], ['versions', 'Versions'], ['history', 'History']];

function LifeBar({ of }) {
  const [begin, end, now] = [new Date(of.not_before), new Date(of.not_after), Date.now()];
  const part = Math.max(0, Math.min(1, (now - begin) / (end - begin)));
  return html`<div class="lifebar"><span><${When} at=${of.not_before} /></span>
    <progress max="1" value=${part} aria-label="Part of its life that is over" class=${of.status}></progress><span><${When} at=${of.not_after} /></span></div>`;
}

// In the words of Windows, by what the extension of the certificate says.
const PURPOSES = {
  '1.3.6.1.5.5.7.3.1': 'Ensures the identity of a remote computer',
  '1.3.6.1.5.5.7.3.2': 'Proves your identity to a remote computer',
  '1.3.6.1.5.5.7.3.3': 'Ensures software came from software publisher',
  '1.3.6.1.5.5.7.3.4': 'Protects e-mail messages',
  '1.3.6.1.5.5.7.3.8': 'Allows data to be signed with the current time',
  '1.3.6.1.4.1.311.20.2.2': 'Allows to log on with a smart card',
};

function purposesOf({ items }) {
  const words = items.find((i) => i.field === 'Enhanced Key Usage')?.value;
  if (!words)
    return ['All application policies'];
  return words.split(', ').map((w) => PURPOSES[w.match(/\(([0-9.]+)\)$/)?.[1]] || w);
}

function Purposes({ c }) {
  const load = useLoad(() => get(`/certificates/${c.id}/details`), [c.id, c.version]);
  return html`<${Fault} of=${load.problem} again=${load.reload} /><ul>${load.value && purposesOf(load.value).map((p) => html`<li key=${p}>${p}</li>`)}</ul>`;
}

function General({ c }) {
  return html`<div class="paper">
    <div class="paper-head"><${Rosette} of=${c.thumbprint_sha256} size=${92} />
      <div><h2>Certificate Information</h2><p>This certificate is intended for the following purpose(s):</p>
        <${Purposes} c=${c} /></div></div>
    <${Facts} rows=${[
      ['Issued to', html`<strong>${c.common_name || c.subject}</strong>`],
      ['Issued by', c.self_signed ? 'itself (self-signed): nobody vouches for it' : commonNameOf(c.issuer)],
      ['DNS names', c.dns_names.length > 0 && html`<ul class="plain">${c.dns_names.map((n) => html`<li>${n}</li>`)}</ul>`],
      ['IP addresses', c.ip_addresses.length > 0 && html`<ul class="plain">${c.ip_addresses.map((n) => html`<li>${n}</li>`)}</ul>`],
      ['Valid', html`<${LifeBar} of=${c} /><p class="small">Ends ${time.fromNow(c.not_after)}.</p>`],
      ['Private key', html`<span class="row"><${Icon} name=${c.has_private_key ? 'key' : 'info'} />${c.has_private_key
        ? `You have a private key that corresponds to this certificate (${keyWord(c.key_type)}${c.exportable ? '' : ', not exportable'}).`
        : `The private key is not here (${keyWord(c.key_type)}).`}</span>`],
      ['In use by', c.used_by?.length > 0 ? c.used_by.map((u) => html`<${Badge} tone="accent" icon="server">${u}<//> `) : 'nothing that is known here'],
      ['Thumbprint (SHA-1)', html`<${Thumbprint} of=${c.thumbprint_sha1} label="SHA-1 thumbprint" />`],
      ['Thumbprint (SHA-256)', html`<${Thumbprint} of=${c.thumbprint_sha256} label="SHA-256 thumbprint" />`],
    ]} />
  </div>`;
}

function Loaded({ load, children }) {
  return html`<${Fault} of=${load.problem} again=${load.reload} />${load.value ? children(load.value) : load.busy && html`<${Busy} />`}`;
}

function Details({ c, onExport }) {
  const load = useLoad(() => get(`/certificates/${c.id}/details`), [c.id, c.version]);
  return html`<${Loaded} load=${load}>${({ items, findings = [] }) => html`
    <${Findings} items=${findings} />
    <${Fields} items=${items} />
    <div class="row end"><${Button} icon="download" onClick=${onExport}>Copy to File…<//></div>`}<//>`;
}

function Path({ c }) {
  const load = useLoad(() => get(`/certificates/${c.id}/path`), [c.id, c.version]);
  return html`<${Loaded} load=${load}>${({ items, complete }) => html`<${Chain} items=${items} complete=${complete} current=${c.id} />
    <${Note} tone=${complete && items.every((i) => !i.findings?.length) ? 'good' : 'warn'} title="Certificate status">${complete && items.every((i) => !i.findings?.length)
      ? 'This certificate is OK: the path is whole and ends at a root that is known here.' : 'Something in the path needs a look: see the cards.'}<//>`}<//>`;
}

function Versions({ c, onRollBack }) {
  const load = useLoad(() => get(`/certificates/${c.id}/versions`), [c.id, c.version]);
  return html`<${Loaded} load=${load}>${({ items }) => html`<div class="table-frame"><table class="rows"><caption class="unseen">Versions</caption>
    <thead><tr><th scope="col">Version</th><th scope="col">Valid from</th><th scope="col">Expiration Date</th><th scope="col">Status</th><th scope="col">Serial number</th><th scope="col">Thumbprint</th><th scope="col"><span class="unseen">Roll back</span></th></tr></thead>
    <tbody>${items.map((v) => html`<tr><td data-label="Version">${v.version}${v.version === c.version && html` <${Badge} tone="accent" icon="ok">current<//>`}</td>
      <td data-label="Valid from"><${When} at=${v.not_before} /></td><td data-label="Expiration Date"><${When} at=${v.not_after} /></td><td data-label="Status"><${Status} of=${v.status} /></td>
      <td data-label="Serial number"><code class="wrap">${v.serial}</code></td><td data-label="Thumbprint"><code title=${v.thumbprint_sha1}>${v.thumbprint_sha1.slice(0, 12).toUpperCase()}…</code></td>
      <td>${v.version !== c.version && !c.archived && html`<${Button} icon="back" className="nowrap" onClick=${() => onRollBack(v.version)}>Roll back<span class="unseen"> to version ${v.version}</span><//>`}</td></tr>`)}</tbody></table></div>`}<//>`;
}

function History({ c }) {
  const load = useLoad(() => get(`/certificates/${c.id}/history`), [c.id, c.version]);
  useLive(['certificate', 'web-server'], load.reload);
  return html`<${Loaded} load=${load}>${({ items }) => html`<ol class="history">${items.map((h) => html`<li><span class="history-dot" aria-hidden="true"></span>
    <div><strong>${sentence(h.act.replace(/[._-]/g, ' '))}</strong>${changesOf(h.detail).map((line) => html`<p class="history-what">${line}</p>`)}<p class="small">by ${h.actor || 'the server'}${h.source ? ` from ${h.source}` : ''}, <time datetime=${h.at} title=${time.tooltip(h.at)}>${time.both(h.at)}</time></p></div></li>`)}</ol>`}<//>`;
}

// What stands in the record of an act, for people: what changed from what to what, and what was done how. Numbers and ids are in Details.
const SAID = { filename: 'file', from: 'from version', version: 'version', format: 'format', target: 'for', pkcs12_profile: 'PFX profile', reason: 'reason', store: 'store', profile: 'profile' };
const shown = (value) => (Array.isArray(value) ? value.join(', ') : String(value ?? '')) || 'none';

function changesOf(detail) {
  const pairs = Object.entries(detail || {});
  const changed = pairs.filter(([, v]) => v && typeof v === 'object' && 'before' in v && shown(v.before) !== shown(v.after)).map(([k, v]) => `${WORDS[k] || sentence(k)}: ${shown(v.before)} → ${shown(v.after)}`);
  const said = pairs.filter(([k, v]) => SAID[k] && ['string', 'number'].includes(typeof v) && v !== '').map(([k, v]) => `${SAID[k]} ${v}`).join(', ');
  return [...changed, detail?.notes_changed && 'Notes were changed', said && sentence(said)].filter(Boolean);
}

const WORDS = { label: 'Friendly name', account: 'Account on its host' };

const sentence = (act) => act.replace(/^./, (l) => l.toUpperCase());

function RenewDialog({ c, onClose, onDone }) {
  const [days, setDays] = useState('');
  const [once] = useState(onceKey);
  const act = useAction();
  const renew = () => act.run(async () => onDone(await post(`/certificates/${c.id}/renew`, days ? { valid_days: Number(days) } : {}, { once })));
  return html`<${Dialog} title="Renew now" onClose=${onClose} form=${renew} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} icon="renew" busy=${act.busy}>Renew<//>`}>
    <p>Makes version ${c.versions + 1} with the same names, purpose and issuer${c.has_private_key ? ', and a fresh key' : ', for the same key'}. Whatever uses this certificate follows; version ${c.version} stays until it ends.</p>
    <${Input} label="Valid for, in days" optional value=${days} set=${setDays} type="number" min="1" inputmode="numeric" problem=${act.problem} pointer="/valid_days" hint="Empty: what its purpose gives." />
    <${Fault} of=${act.problem} fields=${['/valid_days']} />
  <//>`;
}

// What is done once in a while, so that the rest has room in one line.
function More({ items }) {
  const [open, setOpen] = useState(false);
  return html`<div class="menu-anchor" onKeyDown=${(e) => e.key === 'ArrowDown' && !open && (e.preventDefault(), setOpen(true))}><${Button} aria-haspopup="menu" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>More<//>
    ${open && html`<${TaskMenu} label="More" items=${items} onClose=${() => setOpen(false)} />`}</div>`;
}

export function Certificate({ route }) {
  const [id, tab = 'general'] = route.parts.slice(1);
  const load = useLoad(() => get(`/certificates/${id}`), [id]);
  const [dialog, setDialog] = useState('');
  const [returnTo, setReturnTo] = useState(0);
  useLive(['certificate', 'web-server'], (e) => (e.subject !== 'certificate' || e.subject_id === id) && load.reload());
  const c = load.value;
  const back = { href: c?.archived ? href('/certificates', { store: 'archived' }) : c?.store && c.store !== 'personal' ? href('/certificates', { store: c.store }) : href('/certificates'), label: 'All certificates' };
  if (!c)
    return html`<${Page} title="Certificate" back=${back}><${Fault} of=${load.problem} again=${load.reload} />${load.busy && html`<${Busy} />`}<//>`;

  const useIt = () => go('/web-server', { select: id });
  const current = TABS.some(([t]) => t === tab) ? tab : 'general';
  const isOurs = c.store === 'personal' && !c.archived;
  const gone = (how) => {
    setDialog('');
    toast(how === 'archive' ? 'Archived' : 'Deleted');
    if (how === 'archive')
      load.reload();
    else
      go('/certificates', c.archived ? { store: 'archived' } : {});
  };
  return html`<${Page} title=${c.common_name || c.label || c.subject} kicker=${html`<${Status} of=${c.status} />${c.self_signed && html` <${Badge} tone="warn" icon="info">self-signed<//>`}${c.archived && html` <${Badge} tone="warn" icon="folder">archived<//>`}`} back=${back} action=${html`
      ${isOurs && !c.used_by?.includes('web-server') && c.has_private_key && html`<${Button} icon="server" onClick=${useIt}>Use for this web server<//>`}
      ${isOurs && html`<${Button} icon="renew" onClick=${() => setDialog('renew')}>Renew now<//>`}
      <${More} items=${[
        !c.archived && ['Replace with file…', 'swap', () => setDialog('replace')],
        isOurs && c.has_private_key && ['Manage Private Keys…', 'key', () => go(`/certificates/${id}/key`)],
        ['Delete…', 'bad', () => setDialog('delete')],
      ].filter(Boolean)} />
      <${Button} primary icon="download" onClick=${() => setDialog('export')}>Export…<//>`}>
    ${c.archived && html`<${Archived} c=${c} onDone=${load.reload} />`}
    <${Card}><${Tabs} label="Certificate" tabs=${TABS} current=${current} href=${(t) => href(`/certificates/${id}/${t}`)}>
      ${current === 'general' && html`<${General} c=${c} /><${Described} c=${c} onDone=${load.reload} />`}
      ${current === 'details' && html`<${Details} c=${c} onExport=${() => setDialog('export')} />`}
      ${current === 'path' && html`<${Path} c=${c} />`}
      ${current === 'key' && html`<${Permissions} c=${c} />`}
      ${current === 'uses' && html`<${InUseBy} c=${c} />`}
      ${current === 'versions' && html`<${Versions} c=${c} onRollBack=${(to) => { setReturnTo(to); setDialog('rollback'); }} />`}
      ${current === 'history' && html`<${History} c=${c} />`}
    <//><//>
    ${dialog === 'export' && html`<${ExportDialog} certificate=${c} onClose=${() => setDialog('')} />`}
    ${dialog === 'replace' && html`<${ReplaceDialog} c=${c} onClose=${() => setDialog('')} onDone=${(done) => { setDialog(''); toast(`Replaced: version ${done.version}`); load.reload(); }} />`}
    ${dialog === 'rollback' && html`<${RollBackDialog} c=${c} to=${returnTo} onClose=${() => setDialog('')} onDone=${(done) => { setDialog(''); toast(`Rolled back: version ${done.version}`); load.reload(); }} />`}
    ${dialog === 'delete' && html`<${DeleteDialog} c=${c} onClose=${() => setDialog('')} onDone=${gone} />`}
    ${dialog === 'renew' && html`<${RenewDialog} c=${c} onClose=${() => setDialog('')} onDone=${(fresh) => { setDialog(''); toast(`Renewed: version ${fresh.version}, until ${time.date(fresh.not_after)}`); load.reload(); }} />`}
  <//>`;
}

// The authority pages offer the plain file as well.
export const downloadCer = (id, c) => download('GET', `/certificates/${id}`, { accept: 'application/pkix-cert' }, `${fileStem(c)}.cer`);
