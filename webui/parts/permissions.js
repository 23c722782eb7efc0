// permissions - Manage Private Keys: who may use, export and manage the private key of a certificate; Add with Check Names.
import { html, useState } from '../lib/html.js';
import { ask, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { Badge, Busy, Button, Dialog, Empty, Fault, Input, Note, Submit, toast } from './ui.js';

const ALLOWS = [['use', 'Use'], ['export', 'Export'], ['manage', 'Manage']];
const KINDS = { user: ['User', 'out'], role: ['Role', 'authority'], token: ['Token', 'token'] };
const same = (a, b) => a.kind === b.kind && a.name === b.name;

async function read(id) {
  const answer = await ask('GET', `/certificates/${id}/permissions`, { whole: true });
  return { ...await answer.json(), etag: answer.headers.get('ETag') };
}

function Row({ p, change, onDrop }) {
  const [word, icon] = KINDS[p.kind];
  return html`<tr><td data-label="Group or user name"><${Badge} tone="accent" icon=${icon}>${word}<//> ${p.name}</td>
    ${ALLOWS.map(([key, label]) => html`<td data-label="Allow ${label}"><input type="checkbox" aria-label="Allow ${label}: ${p.name}" checked=${p[key]} disabled=${!change}
      onChange=${(e) => change({ ...p, [key]: e.currentTarget.checked })} /></td>`)}
    <td>${onDrop && html`<${Button} quiet onClick=${onDrop} aria-label="Remove ${p.name}">Remove<//>`}</td></tr>`;
}

function Table({ label, children }) {
  return html`<div class="table-frame"><table class="rows"><caption class="unseen">${label}</caption>
    <thead><tr><th scope="col">Group or user name</th>${ALLOWS.map(([, word]) => html`<th scope="col">Allow ${word}</th>`)}<th scope="col"><span class="unseen">Remove</span></th></tr></thead>
    <tbody>${children}</tbody></table></div>`;
}

function AddDialog({ onClose, onDone }) {
  const [name, setName] = useState('');
  const [found, setFound] = useState(null);
  const act = useAction();
  const check = () => act.run(async () => setFound(await post('/principals/check', { name })));
  const go = () => (found ? onDone(found) : name.trim() && check());
  return html`<${Dialog} title="Select Users, Roles or Tokens" onClose=${onClose} form=${go} footer=${html`<${Button} onClick=${onClose}>Cancel<//>
      <${Submit} icon="ok" busy=${act.busy} disabled=${!found}>OK<//>`}>
    <${Input} label="Enter the name to select" value=${name} set=${(v) => { setName(v); setFound(null); }} problem=${act.problem} pointer="/name" hint="A user, a role (such as viewer) or a token of this server. When several are called so: user:ops, token:ops." />
    <div class="row"><${Button} icon="search" busy=${act.busy} disabled=${!name.trim()} onClick=${check}>Check Names<//>
      <span role="status">${found && html`${KINDS[found.kind][0]} <u>${found.name}</u>`}</span></div>
    <${Note} title="A service on Windows?">An account such as <code>NT SERVICE\\MSSQLSERVER</code> lives on the machine where the certificate is installed: the PowerShell script of this certificate grants it the key there.<//>
    <${Fault} of=${act.problem} fields=${['/name']} />
  <//>`;
}

function Editor({ c, of, onDone }) {
  const [items, setItems] = useState(of.items);
  const [adds, setAdds] = useState(false);
  const act = useAction();
  const changed = JSON.stringify(items) !== JSON.stringify(of.items);
  const empty = items.find((p) => !ALLOWS.some(([key]) => p[key]));
  const save = () => act.run(async () => {
    await ask('PUT', `/certificates/${c.id}/permissions`, { body: { items }, etag: of.etag });
    toast('Permissions applied');
    onDone();
  });
  const added = (who) => {
    if (!items.some((p) => same(p, who)))
      setItems([...items, { ...who, use: true, export: false, manage: false }]);
    setAdds(false);
  };
  return html`<p>Who may do what with the private key of ${c.common_name || c.label}. <strong>Use</strong> renews, replaces and rolls back; <strong>Export</strong> takes the key out${of.exportable ? '' : ', which nobody can: it was made not exportable'}; <strong>Manage</strong> changes this list. Whoever stands nowhere here may nothing.</p>
    ${items.length === 0 ? html`<${Empty} icon="key" title="Nobody is named">Only the roles below may do anything with this key.<//>`
      : html`<${Table} label="Permissions of this private key">${items.map((p) => html`<${Row} p=${p} change=${of.may_change && ((to) => setItems(items.map((q) => (same(q, p) ? to : q))))}
          onDrop=${of.may_change && (() => setItems(items.filter((q) => !same(q, p))))} />`)}<//>`}
    ${of.may_change && html`<div class="row end"><${Button} icon="plus" onClick=${() => setAdds(true)}>Add…<//>
      <${Button} primary icon="ok" busy=${act.busy} disabled=${!changed || Boolean(empty)} onClick=${save}>Apply<//></div>`}
    ${empty && html`<${Note} tone="warn">Allow ${empty.name} something, or remove it.<//>`}
    <${Fault} of=${act.problem} again=${onDone} />
    <h2>By their role, with every key</h2>
    <${Table} label="Allowed by role">${of.roles.map((p) => html`<${Row} p=${p} />`)}<//>
    ${adds && html`<${AddDialog} onClose=${() => setAdds(false)} onDone=${added} />`}`;
}

export function Permissions({ c }) {
  const load = useLoad(() => read(c.id), [c.id]);
  if (!load.value)
    return html`<${Fault} of=${load.problem} again=${load.reload} />${load.busy && html`<${Busy} />`}`;
  return html`<${Editor} key=${load.value.etag} c=${c} of=${load.value} onDone=${load.reload} />`;
}
