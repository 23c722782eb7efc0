// tokens - keys for programs: made, shown once, revoked.
import { html, useState } from '../lib/html.js';
import { get, post, remove } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { Badge, Busy, Button, Card, Choice, Copy, Dialog, Empty, Fault, Input, Lines, Note, Page, Submit, toast, When } from '../parts/ui.js';

const ROLES = [
  ['viewer', 'Viewer', 'Sees certificates, authorities and the web server.'],
  ['requester', 'Requester', 'Sees, and asks for certificates that policy allows.'],
  ['operator', 'Operator', 'Issues, renews, exports, and selects the certificate of this server.'],
  ['auditor', 'Auditor', 'Sees everything, the journal included, and changes nothing.'],
  ['admin', 'Admin', 'May do everything. Prefer less.'],
];

function CreateDialog({ onClose, onDone }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState('operator');
  const [days, setDays] = useState('90');
  const [made, setMade] = useState(null);
  const act = useAction();
  const create = () => act.run(async () => {
    setMade(await post('/tokens', { name: name.trim(), role, expires_in_days: Number(days) }));
    onDone();
  });
  if (made) {
    return html`<${Dialog} title="The token" onClose=${onClose} footer=${html`<${Button} primary onClick=${onClose}>I have it<//>`}>
      <${Note} tone="warn" title="Shown only now">Keep it where secrets are kept. The server has only its hash and cannot show it again.<//>
      <div class="token-value"><code class="wrap">${made.token}</code><${Copy} text=${made.token} label="Copy token" /></div>
      <${Lines} label="How it is used">${`curl -H "Authorization: Bearer $SIGNET_TOKEN" ${location.origin}/api/v1/status`}<//>
    <//>`;
  }
  return html`<${Dialog} title="Create token" onClose=${onClose} form=${create} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} icon="token" busy=${act.busy} disabled=${!name.trim()}>Create<//>`}>
    <${Input} label="Name" value=${name} set=${setName} problem=${act.problem} pointer="/name" hint="What will use it: deploy job, monitoring." />
    <${Choice} legend="Role" name="role" value=${role} set=${setRole} options=${ROLES} />
    <${Input} label="Valid for, in days" type="number" min="1" max="365" value=${days} set=${setDays} problem=${act.problem} pointer="/expires_in_days" hint="1 to 365." />
    <${Fault} of=${act.problem} fields=${['/name', '/expires_in_days']} />
  <//>`;
}

function RevokeDialog({ token, onClose, onDone }) {
  const act = useAction();
  const revoke = () => act.run(async () => {
    await remove(`/tokens/${token.id}`);
    onDone();
  });
  return html`<${Dialog} title="Revoke ${token.name}?" onClose=${onClose} form=${revoke} footer=${html`<${Button} onClick=${onClose}>Cancel<//><button type="submit" class="button danger" disabled=${act.busy} data-first><span>Revoke</span></button>`}>
    <p>Programs that use it are refused from the next request on. This cannot be undone.</p><${Fault} of=${act.problem} /><//>`;
}

export function Tokens() {
  const load = useLoad(() => get('/tokens'), []);
  const [dialog, setDialog] = useState(null);
  useLive(['token'], load.reload);
  const items = load.value?.items || [];
  return html`<${Page} title="Tokens" kicker="Users & tokens" action=${html`<${Button} primary icon="plus" onClick=${() => setDialog('create')}>Create token<//>`}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${!load.value && load.busy && html`<${Busy} />`}
    ${load.value && (items.length === 0 ? html`<${Card}><${Empty} icon="token" title="No tokens" action=${html`<${Button} icon="plus" onClick=${() => setDialog('create')}>Create token<//>`}>A token lets a script or the command line do what its role allows, until it expires.<//><//>`
      : html`<div class="table-frame"><table class="rows"><caption class="unseen">Tokens</caption><thead><tr><th scope="col">Name</th><th scope="col">Role</th><th scope="col">Made by</th><th scope="col">Made</th><th scope="col">Expires</th><th scope="col">Last used</th><th><span class="unseen">Actions</span></th></tr></thead>
        <tbody>${items.map((t) => html`<tr key=${t.id}><td data-label="Name"><strong>${t.name}</strong></td><td data-label="Role"><${Badge}>${t.role}<//></td><td data-label="Made by">${t.owner}</td><td data-label="Made"><${When} at=${t.created_at} /></td>
          <td data-label="Expires"><${When} at=${t.expires_at} /></td><td data-label="Last used">${t.used_at ? html`<${When} at=${t.used_at} relative />` : html`<span class="muted">never</span>`}</td>
          <td class="narrow"><${Button} quiet onClick=${() => setDialog(t)} aria-label="Revoke ${t.name}">Revoke<//></td></tr>`)}</tbody></table></div>`)}
    ${dialog === 'create' && html`<${CreateDialog} onClose=${() => setDialog(null)} onDone=${load.reload} />`}
    ${dialog?.id && html`<${RevokeDialog} token=${dialog} onClose=${() => setDialog(null)} onDone=${() => { toast(`${dialog.name} was revoked`); setDialog(null); load.reload(); }} />`}
  <//>`;
}
