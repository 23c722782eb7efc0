// lineage - a certificate with all its versions: who uses it, put away, brought back, deleted.
import { html, useState } from '../lib/html.js';
import { get, post, remove } from '../lib/api.js';
import { base64Of } from '../lib/importing.js';
import { useAction, useLoad } from '../lib/load.js';
import { href } from '../lib/router.js';
import { Password } from './secret.js';
import { ACCEPTABLE, Confirming, CONFIRM_WITHIN_SEC, overrulable, Overrule, stepsOf, SwapSteps, useConfirming } from './swap.js';
import { Badge, Busy, Button, Check, Choice, Dialog, Empty, Fault, Field, Input, Note, Submit } from './ui.js';

const BY = {
  'web-server': ['Web Server', 'server'], 'web-server-previous': ['Web Server, the way back', 'back'], probe: ['Trust probe', 'info'],
  authority: ['Certification Authority', 'authority'], job: ['Job', 'clock'],
};
const WHERE = { 'web-server': href('/web-server'), 'web-server-previous': href('/web-server'), authority: href('/authorities') };

const useUsers = (id, version) => useLoad(() => get(`/certificates/${id}/uses`), [id, version]);

function User({ u }) {
  const [word, icon] = BY[u.by] || [u.by, 'info'];
  return html`<tr><td data-label="Used by"><${Badge} tone="accent" icon=${icon}>${word}<//></td>
    <td data-label="Name">${u.name ? (WHERE[u.by] ? html`<a href=${WHERE[u.by]}>${u.name}</a>` : u.name) : html`<span class="muted">${u.by.startsWith('web-server') ? 'every other name' : '-'}</span>`}</td>
    <td data-label="Version">${u.version ?? 'the current one'}</td><td data-label="What to do">${u.text}</td></tr>`;
}

export function InUseBy({ c }) {
  const load = useUsers(c.id, c.version);
  if (!load.value)
    return html`<${Fault} of=${load.problem} again=${load.reload} />${load.busy && html`<${Busy} />`}`;
  return load.value.items.length === 0
    ? html`<${Empty} icon="ok" title="Nobody uses it">It can be archived or deleted without anybody missing it here. What other machines do with a copy is not known to this server.<//>`
    : html`<${Note} title="In use">As long as somebody stands in this list, it can be neither archived nor deleted.<//>
      <div class="table-frame"><table class="rows"><caption class="unseen">In use by</caption><thead><tr><th scope="col">Used by</th><th scope="col">Name</th><th scope="col">Version</th><th scope="col">What to do</th></tr></thead>
      <tbody>${load.value.items.map((u) => html`<${User} u=${u} />`)}</tbody></table></div>`;
}

function InTheWay({ items }) {
  return html`<${Note} tone="warn" title="It is in use"><ul>${items.map((u) => html`<li>${u.text}.</li>`)}</ul><//>`;
}

// Archive or delete: the first can be taken back, so it comes first.
export function DeleteDialog({ c, onClose, onDone }) {
  const load = useUsers(c.id, c.version);
  const [how, setHow] = useState(c.archived ? 'delete' : 'archive');
  const [name, setName] = useState('');
  const act = useAction();
  const called = c.common_name || c.label;
  const users = act.problem?.document?.users || load.value?.items || [];
  const needsName = how === 'delete' && !c.archived;
  const ready = load.value && users.length === 0 && (!needsName || name.trim() === called);
  const go = () => ready && act.run(async () => {
    if (how === 'archive')
      await post(`/certificates/${c.id}/archive`);
    else
      await remove(`/certificates/${c.id}${needsName ? `?confirm=${encodeURIComponent(name.trim())}` : ''}`);
    onDone(how);
  });
  const asks = load.value && users.length === 0;
  return html`<${Dialog} title="Delete" onClose=${onClose} form=${go} footer=${html`<${Button} onClick=${onClose}>${asks ? 'Cancel' : 'Close'}<//>
      ${asks && html`<${Submit} icon=${how === 'archive' ? 'folder' : 'bad'} busy=${act.busy} disabled=${!ready}>${how === 'archive' ? 'Archive' : 'Delete for ever'}<//>`}`}>
    <${Fault} of=${load.problem} again=${load.reload} />${!load.value && load.busy && html`<${Busy} />`}
    ${users.length > 0 && html`<${InTheWay} items=${users} />`}
    ${asks && !c.archived && html`<${Choice} legend="What shall happen to ${called}?" name="delete-how" value=${how} set=${setHow} options=${[
      ['archive', 'Archive', 'No longer listed, counted or renewed. It stays as it is, with its key, and can be brought back.'],
      ['delete', 'Delete for ever', `All ${c.versions > 1 ? `${c.versions} versions` : 'of it'} and its private key. Nobody can bring it back; what was revoked stays revoked.`],
    ]} />`}
    ${asks && c.archived && html`<p>${called} is archived. Deleting removes ${c.versions > 1 ? `all ${c.versions} versions` : 'it'} and destroys its private key, unless another certificate has the same one. Nobody can bring it back.</p>`}
    ${asks && needsName && html`<${Input} label="Its name, to be sure" value=${name} set=${setName} problem=${act.problem} pointer="/confirm" hint=${called} />`}
    ${users.length === 0 && html`<${Fault} of=${act.problem} fields=${['/confirm']} />`}
  <//>`;
}

export function Archived({ c, onDone }) {
  const act = useAction();
  return html`<${Note} tone="warn" title="Archived" action=${html`<${Button} icon="back" busy=${act.busy} onClick=${() => act.run(async () => {
    await post(`/certificates/${c.id}/unarchive`);
    onDone();
  })}>Bring back<//>`}>It is not listed, counted or renewed. <${Fault} of=${act.problem} /><//>`;
}

const TONES = { error: 'bad', warning: 'warn', note: 'info' };

function Differences({ told, accept, setAccept }) {
  return html`<ul class="plain stack">${told.differences.map((f) => html`<li>${f.level === 'note' ? html`<${Note} tone=${TONES.note}>${f.detail}<//>`
    : html`<${Check} checked=${accept.includes(f.rule)} set=${(on) => setAccept(on ? [...accept, f.rule] : accept.filter((r) => r !== f.rule))} hint="It does not belong otherwise: tick it if that is meant.">${f.detail}<//>`}</li>`)}</ul>`;
}

function ComesBack() {
  return html`<${Note}>Applies at once, without a restart. Open connections go on. If this browser cannot confirm it within ${CONFIRM_WITHIN_SEC} seconds, the version that is shown now comes back by itself.<//>`;
}

// A file is looked at first; what it would change is told before it does.
export function ReplaceDialog({ c, onClose, onDone }) {
  const [file, setFile] = useState(null);
  const [password, setPassword] = useState('');
  const [accept, setAccept] = useState([]);
  const [told, setTold] = useState(null);
  const act = useAction();
  const confirming = useConfirming(onDone);
  const send = async (preview) => post(`/certificates/${c.id}/replace`, {
    data: await base64Of(file), filename: file.name.slice(0, 200), preview, accept, confirm_within_sec: CONFIRM_WITHIN_SEC, ...(password ? { password } : {}),
  });
  const missing = told ? told.differences.filter((f) => f.level !== 'note' && !accept.includes(f.rule)) : [];
  const failed = told ? told.steps.filter((s) => s.result === 'failed').map((s) => s.name) : [];
  const words = ACCEPTABLE.filter(([, step]) => failed.includes(step));
  const stopped = failed.length > words.filter(([word]) => accept.includes(word)).length;
  const replace = async () => {
    const done = await send(false);
    confirming.after(done, done.swap);
  };
  const go = () => file && act.run(async () => (told ? replace() : setTold(await send(true))));
  const chosen = (e) => {
    setFile(e.currentTarget.files[0] || null);
    setTold(null);
    setAccept([]);
  };
  if (confirming.made)
    return html`<${Dialog} title="Replace with file" onClose=${() => onDone(confirming.made)} footer=${html`<${Button} onClick=${() => onDone(confirming.made)}>Close<//>`}><${Confirming} of=${confirming} /><//>`;
  return html`<${Dialog} title="Replace with file" onClose=${onClose} form=${go} footer=${html`<${Button} onClick=${onClose}>Cancel<//>
      <${Submit} icon=${told ? 'swap' : 'next'} busy=${act.busy} disabled=${!file || missing.length > 0 || stopped}>${told ? 'Replace' : 'Look at it'}<//>`}>
    <p>The certificate in the file becomes version ${c.versions + 1}. Whatever uses this certificate follows; the earlier versions stay.</p>
    <${Field} label="File" hint="PFX, PEM, P7B or DER" problem=${act.problem} pointer="/data">${(ties) => html`<input type="file" ...${ties} onChange=${chosen} />`}<//>
    <${Password} label="Password of the file, if it has one" value=${password} set=${(v) => { setPassword(v); setTold(null); }} problem=${act.problem} pointer="/password" />
    ${told && html`<${Note} tone=${missing.length > 0 || stopped ? 'warn' : 'good'} title="It would be version ${told.version}">${told.items[told.item].subject || 'without a subject'}, issued by ${told.items[told.item].issuer || 'itself'}.<//>
      <${Differences} told=${told} accept=${accept} setAccept=${setAccept} />
      ${told.steps.length > 0 && html`<p>This server shows it:</p><${SwapSteps} steps=${told.steps} instantly /><${Overrule} words=${words} accept=${accept} set=${setAccept} />
        <${ComesBack} />`}`}
    <${Fault} of=${act.problem} fields=${['/data', '/password']} />
  <//>`;
}

const RETURNS = [
  ['expired', '', 'Bring it back although it has expired'],
  ['revoked', '', 'Bring it back although it is revoked'],
  ...ACCEPTABLE,
];

// What stands against it is told by the refusal, and can be agreed to then.
export function RollBackDialog({ c, to, onClose, onDone }) {
  const [accept, setAccept] = useState([]);
  const act = useAction();
  const confirming = useConfirming(onDone);
  const title = `Roll back to version ${to}`;
  const go = () => act.run(async () => {
    const done = await post(`/certificates/${c.id}/rollback`, { version: to, confirm_within_sec: CONFIRM_WITHIN_SEC, ...(accept.length ? { accept } : {}) });
    confirming.after(done, done.swap);
  });
  if (confirming.made)
    return html`<${Dialog} title=${title} onClose=${() => onDone(confirming.made)} footer=${html`<${Button} onClick=${() => onDone(confirming.made)}>Close<//>`}><${Confirming} of=${confirming} /><//>`;
  return html`<${Dialog} title=${title} onClose=${onClose} form=${go} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} icon="back" busy=${act.busy}>Roll back<//>`}>
    <p>Version ${to} becomes the current one again, and whatever uses this certificate follows. The other versions stay; the next one will be version ${c.versions + 1}.</p>
    ${stepsOf(act.problem).length > 0 && html`<${SwapSteps} steps=${stepsOf(act.problem)} instantly />`}
    <${Fault} of=${act.problem} />
    <${Overrule} words=${overrulable(act.problem, accept, RETURNS)} accept=${accept} set=${setAccept} />
    ${!act.problem && c.used_by?.includes('web-server') && html`<${ComesBack} />`}
  <//>`;
}
