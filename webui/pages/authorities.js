// authorities - who may sign: the hierarchy as cards, each with its certificate and its revocation list.
import { html, useState } from '../lib/html.js';
import { get, onceKey, post } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { href } from '../lib/router.js';
import * as time from '../lib/time.js';
import { Rosette } from '../parts/rosette.js';
import { Badge, Busy, Button, Card, Copy, Dialog, Empty, Facts, Fault, Input, keyOptions, keyWord, Page, Select, Submit, Thumbprint, toast, When } from '../parts/ui.js';
import { downloadCer } from './certificate.js';

function Crl({ a, onSigned }) {
  const act = useAction();
  const late = a.crl.next_update && new Date(a.crl.next_update) < Date.now();
  const sign = () => act.run(async () => {
    onSigned(await post(`/authorities/${a.id}/crl`));
    toast(`The revocation list of ${a.name} was signed`);
  });
  return html`<div class="crl"><span>Revocation list <strong>#${a.crl.number}</strong></span>
    <${Badge} tone=${late ? 'bad' : 'quiet'} icon=${late ? 'warn' : 'clock'}>next update <${When} at=${a.crl.next_update} relative /><//>
    <span class="row tight"><code class="wrap">${a.crl.url}</code><${Copy} text=${a.crl.url} label="Copy CRL address" /></span>
    <${Button} quiet icon="renew" busy=${act.busy} onClick=${sign}>Sign now<//><${Fault} of=${act.problem} /></div>`;
}

function Authority({ a, all, onChange }) {
  const below = all.filter((b) => b.parent_id === a.id);
  const act = useAction();
  return html`<li><article class="authority card" aria-label=${a.name}>
      <${Rosette} of=${a.thumbprint_sha256} size=${64} />
      <div class="authority-body"><header><div><h2><a href=${href(`/certificates/${a.certificate_id}`)}>${a.name}</a></h2><p class="small muted">${a.subject}</p></div>
          <${Badge} tone=${a.kind === 'root' ? 'accent' : 'quiet'} icon="authority">${a.kind}<//>${a.state !== 'active' && html`<${Badge} tone="warn" icon="info">${a.state}<//>`}</header>
        <${Facts} rows=${[
          ['Key', keyWord(a.key_type)],
          ['Expiration Date', html`<${When} at=${a.not_after} /> <span class="small muted">${time.fromNow(a.not_after)}</span>`],
          ['Path length', a.path_len === null || a.path_len === undefined ? 'not limited' : String(a.path_len)],
          ['Thumbprint', html`<${Thumbprint} of=${a.thumbprint_sha1} />`],
        ]} />
        ${a.crl && html`<${Crl} a=${a} onSigned=${onChange} />`}
        <div class="row"><${Button} icon="download" busy=${act.busy} onClick=${() => act.run(() => downloadCer(a.certificate_id, { common_name: a.name }))}>Download .cer<//>
          <a class="button" href=${href(`/certificates/${a.certificate_id}`)}>Show certificate</a></div><${Fault} of=${act.problem} />
      </div></article>
    ${below.length > 0 && html`<ul class="tree">${below.map((b) => html`<${Authority} key=${b.id} a=${b} all=${all} onChange=${onChange} />`)}</ul>`}</li>`;
}

function CreateDialog({ all, onClose, onDone }) {
  const [w, setW] = useState({ name: '', organization: '', parent_id: all[0]?.id || '', key_type: 'ec-p256', years: all.length ? '5' : '10', path_len: '' });
  const [once] = useState(onceKey);
  const act = useAction();
  const change = (name) => (value) => setW((before) => ({ ...before, [name]: value }));
  const create = () => act.run(async () => {
    const body = { name: w.name.trim(), key_type: w.key_type, years: Number(w.years) };
    if (w.organization.trim())
      body.organization = w.organization.trim();
    if (w.parent_id)
      body.parent_id = w.parent_id;
    if (w.path_len !== '')
      body.path_len = Number(w.path_len);
    onDone(await post('/authorities', body, { once }));
  });
  const p = { problem: act.problem };
  const pointers = ['/name', '/organization', '/parent_id', '/key_type', '/years', '/path_len'];
  return html`<${Dialog} title="Create new authority" onClose=${onClose} form=${create} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} icon="authority" busy=${act.busy} disabled=${!w.name.trim()}>Create<//>`}>
    <${Input} label="Name" value=${w.name} set=${change('name')} ...${p} pointer="/name" hint="Stands in every certificate it issues. It cannot be changed later." />
    <${Input} label="Organization" optional value=${w.organization} set=${change('organization')} ...${p} pointer="/organization" />
    <${Select} label="Below" value=${w.parent_id} set=${change('parent_id')} ...${p} pointer="/parent_id" options=${[['', 'Nobody: a new root'], ...all.map((a) => [a.id, `${a.name} (${a.kind})`])]} />
    <div class="pair"><${Select} label="Key" value=${w.key_type} set=${change('key_type')} ...${p} pointer="/key_type" options=${keyOptions()} />
      <${Input} label="Years" type="number" min="1" max="30" value=${w.years} set=${change('years')} ...${p} pointer="/years" /></div>
    <${Input} label="Path length" optional type="number" min="0" max="8" value=${w.path_len} set=${change('path_len')} ...${p} pointer="/path_len" hint="How many authorities may stand below it." />
    <${Fault} of=${act.problem} fields=${pointers} />
  <//>`;
}

export function Authorities() {
  const load = useLoad(() => get('/authorities'), []);
  const [creating, setCreating] = useState(false);
  useLive(['authority'], load.reload);
  const all = load.value?.items || [];
  const known = new Set(all.map((a) => a.id));
  const tops = all.filter((a) => !a.parent_id || !known.has(a.parent_id));
  return html`<${Page} title="Authorities" kicker="Certification Authority" action=${html`<${Button} primary icon="plus" onClick=${() => setCreating(true)}>Create new authority<//>`}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${!load.value && load.busy && html`<${Busy} />`}
    ${load.value && (all.length === 0 ? html`<${Card}><${Empty} icon="authority" title="No authority yet">Create a root first, then an issuing authority below it: the root stays out of daily work.<//><//>`
      : html`<ul class="tree top">${tops.map((a) => html`<${Authority} key=${a.id} a=${a} all=${all} onChange=${load.reload} />`)}</ul>`)}
    ${creating && html`<${CreateDialog} all=${all} onClose=${() => setCreating(false)} onDone=${(a) => { setCreating(false); toast(`${a.name} was created`); load.reload(); }} />`}
  <//>`;
}
