// facets - what a store can be narrowed by, with how many there are of each; named questions above.
import { html, useState } from '../lib/html.js';
import { get, patch, post, remove } from '../lib/api.js';
import { has, toggled } from '../lib/finding.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { Icon } from './icon.js';
import { Button, Dialog, Fault, Input, keyWord, Submit, toast } from './ui.js';

const TITLES = { state: 'Status', expires: 'Expires', issuer: 'Issued by', key: 'Key', has: 'Private key', source: 'Source', tag: 'Tag' };
const WORDS = { key: 'is here', 'no-key': 'is elsewhere', rest: 'issued by REST', cli: 'issued by command line', setup: 'first setup', renewal: 'renewed', import: 'imported', request: 'signed on request', authority: 'an authority here' };
const FEW = 6;

const wordOf = (facet, v) => (facet === 'key' ? keyWord(v.value) : facet === 'has' || facet === 'source' ? WORDS[v.value] || v.label : v.label);

function Facet({ of, filter, set, exact }) {
  const [all, setAll] = useState(false);
  const values = all ? of.values : of.values.slice(0, FEW);
  return html`<section class="facet"><h2>${TITLES[of.facet] || of.facet}</h2><ul>${values.map((v) => html`<li key=${v.value}>
    <button type="button" class="facet-value" aria-pressed=${has(filter, v.filter) ? 'true' : 'false'} onClick=${() => set(toggled(filter, v.filter))}>
      <span class="facet-word" title=${wordOf(of.facet, v)}>${wordOf(of.facet, v)}</span><span class="facet-count" title=${exact ? undefined : `At least ${v.count.toLocaleString()}`}>${v.count.toLocaleString()}${exact ? '' : '+'}</span></button></li>`)}</ul>
    ${of.values.length > FEW && html`<button type="button" class="link" onClick=${() => setAll(!all)}>${all ? 'Fewer' : `All ${of.values.length}`}</button>`}</section>`;
}

function SaveDialog({ question, known, onClose, onDone }) {
  const [name, setName] = useState('');
  const act = useAction();
  const save = () => act.run(async () => {
    const there = known.find((c) => c.name === name);
    await (there ? patch(`/collections/${there.id}`, question) : post('/collections', { name, ...question }));
    toast(`Saved as ${name}`);
    onDone();
  });
  return html`<${Dialog} title="Save as collection" onClose=${onClose} form=${save} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} busy=${act.busy} disabled=${!name}>Save<//>`}>
    <p>Keeps this search under a name, for everybody who sees this list. Of the same name there is one: the new one takes its place.</p>
    <${Input} label="Name" value=${name} set=${setName} maxlength="64" problem=${act.problem} pointer="/name" />
    <${Fault} of=${act.problem} fields=${['/name']} /><//>`;
}

// question: what would be saved now.
export function Collections({ question, open }) {
  const load = useLoad(() => get('/collections'), []);
  const [saving, setSaving] = useState(false);
  const act = useAction();
  useLive(['collection'], load.reload);
  const items = load.value?.items || [];
  const forget = (c) => act.run(async () => { await remove(`/collections/${c.id}`); toast(`${c.name} is forgotten`); load.reload(); });
  const asks = question.q || question.filter;
  return html`<section class="facet"><h2>Collections</h2>
    ${items.length > 0 && html`<ul>${items.map((c) => html`<li key=${c.id} class="collection"><button type="button" class="facet-value" onClick=${() => open(c)}><span class="facet-word" title=${[c.q, c.filter].filter(Boolean).join(' ')}>${c.name}</span></button>
      <button type="button" class="copy" aria-label="Remove collection ${c.name}" onClick=${() => forget(c)}><${Icon} name="close" size=${13} /></button></li>`)}</ul>`}
    <${Fault} of=${act.problem} />
    ${asks ? html`<button type="button" class="link" onClick=${() => setSaving(true)}>Save this search…</button>` : items.length === 0 && html`<p class="small muted">A search can be saved here under a name.</p>`}
    ${saving && html`<${SaveDialog} question=${question} known=${items} onClose=${() => setSaving(false)} onDone=${() => { setSaving(false); load.reload(); }} />`}</section>`;
}

export function Facets({ items, exact, filter, set, children }) {
  const [open, setOpen] = useState(false);
  return html`<aside class="facets ${open ? 'open' : ''}" aria-label="Narrow the list">
    <button type="button" class="facets-toggle filter" aria-expanded=${open ? 'true' : 'false'} onClick=${() => setOpen(!open)}>Narrow the list</button>
    <div class="facets-body">${children}${items.filter((f) => f.values.length > 0).map((f) => html`<${Facet} key=${f.facet} of=${f} filter=${filter} set=${set} exact=${exact} />`)}
      ${!exact && html`<p class="small muted">Too many to count them all: + means that there are more.</p>`}</div></aside>`;
}
