// describe - what people say of a certificate: its name in lists, whose it is, tags, notes, the account that uses it.
import { html, useState } from '../lib/html.js';
import { ask } from '../lib/api.js';
import { quoted } from '../lib/finding.js';
import { useAction } from '../lib/load.js';
import { href } from '../lib/router.js';
import { Button, Card, Dialog, Facts, Fault, Field, Input, Submit, toast } from './ui.js';

function DescribeDialog({ c, onClose, onDone }) {
  const [label, setLabel] = useState(c.label);
  const [owner, setOwner] = useState(c.owner);
  const [tags, setTags] = useState(c.tags.join('\n'));
  const [notes, setNotes] = useState(c.notes);
  const [account, setAccount] = useState(c.account);
  const act = useAction();
  const save = () => act.run(async () => {
    const list = tags.split('\n').map((t) => t.trim()).filter(Boolean);
    onDone(await ask('PATCH', `/certificates/${c.id}`, { body: { label, owner, tags: list, notes, account }, type: 'application/merge-patch+json' }));
    toast('Saved');
  });
  return html`<${Dialog} title="Properties" onClose=${onClose} form=${save} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} busy=${act.busy}>Save<//>`}>
    <${Input} label="Friendly name" value=${label} set=${setLabel} maxlength="128" problem=${act.problem} pointer="/label" />
    <${Input} label="Owner" value=${owner} set=${setOwner} maxlength="128" problem=${act.problem} pointer="/owner" hint="A person or a team: whoever is asked about it." />
    <${Input} label="Account on its host" value=${account} set=${setAccount} maxlength="128" problem=${act.problem} pointer="/account"
      hint="Who uses the private key where it is installed: NT SERVICE\\name, a Unix user or group. The install scripts take it." />
    <${Field} label="Tags" hint="One a line." problem=${act.problem} pointer="/tags">${(ties) => html`<textarea rows="3" ...${ties} onInput=${(e) => setTags(e.currentTarget.value)}>${tags}</textarea>`}<//>
    <${Field} label="Notes" problem=${act.problem} pointer="/notes">${(ties) => html`<textarea rows="4" ...${ties} onInput=${(e) => setNotes(e.currentTarget.value)}>${notes}</textarea>`}<//>
    <${Fault} of=${act.problem} fields=${['/label', '/owner', '/tags', '/notes', '/account']} /><//>`;
}

export function Described({ c, onDone }) {
  const [open, setOpen] = useState(false);
  const said = c.owner || c.tags.length > 0 || c.notes || c.account;
  return html`<${Card} title="Properties" action=${html`<${Button} quiet onClick=${() => setOpen(true)}>Edit…<//>`}>
    ${said ? html`<${Facts} rows=${[['Friendly name', c.label], ['Owner', c.owner && html`<a href=${href('/certificates', { filter: `owner:${quoted(c.owner)}` })}>${c.owner}</a>`],
      ['Tags', c.tags.length > 0 && html`<span class="row tight">${c.tags.map((t) => html`<a class="badge quiet" href=${href('/certificates', { filter: `tag:${quoted(t)}` })}>${t}</a>`)}</span>`],
      ['Account on its host', c.account && html`<a href=${href('/certificates', { filter: `account:${quoted(c.account)}` })}>${c.account}</a>`],
      ['Notes', c.notes && html`<span class="notes">${c.notes}</span>`]].filter((row) => row[1])} />` : html`<p class="muted">Nobody has said whose it is.</p>`}
    ${open && html`<${DescribeDialog} c=${c} onClose=${() => setOpen(false)} onDone=${() => { setOpen(false); onDone(); }} />`}<//>`;
}
