// bulk - several certificates at once: which are chosen, what can be done with them, and how far it has come.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { download, get, onceKey, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { go } from '../lib/router.js';
import { Icon } from './icon.js';
import { Button, Dialog, Fault, Input, Submit, toast } from './ui.js';

// Click chooses one, Shift and click all up to it. all: everything that the question means, also what is not shown yet.
export function useSelection(items, question) {
  const [chosen, setChosen] = useState(new Set());
  const [all, setAll] = useState('');
  const isAll = all !== '' && all === question;
  const last = useRef(-1);
  const set = (ids) => { setAll(''); setChosen(new Set(ids)); };
  function toggle(i, range) {
    const next = new Set(isAll ? items.map((c) => c.id) : chosen);
    setAll('');
    const on = !next.has(items[i].id);
    const [from, to] = range && last.current >= 0 ? [Math.min(last.current, i), Math.max(last.current, i)] : [i, i];
    for (let k = from; k <= to; k++)
      next[on ? 'add' : 'delete'](items[k].id);
    last.current = i;
    setChosen(next);
  }
  const has = (id) => isAll || chosen.has(id);
  return { ids: items.filter((c) => has(c.id)).map((c) => c.id), isAll, has, toggle, set, setAll: () => setAll(question), clear: () => set([]) };
}

async function settled(id) {
  for (;;) {
    const job = await get(`/jobs/${id}`);
    if (job.state === 'succeeded' || job.state === 'failed')
      return job;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}

const WORDS = {
  renew: ['Renew', 'Each gets a new version with the same names, purpose and issuer. Whatever uses it follows.'],
  archive: ['Archive', 'They leave the lists and are no longer renewed; the archive gives them back. What is in use stays.'],
  unarchive: ['Bring back', 'They stand in their stores again.'],
  owner: ['Set owner', ''], account: ['Set account', 'The account of the host where they live that uses their keys: the install scripts give it the key.'], tag: ['Tags', ''],
};

function bodyOf(action, fields) {
  const words = (text) => text.split(',').map((t) => t.trim()).filter(Boolean);
  if (action === 'owner')
    return { action: 'describe', owner: fields.owner };
  if (action === 'account')
    return { action: 'describe', account: fields.account };
  if (action === 'tag')
    return { action: 'describe', add_tags: words(fields.add), remove_tags: words(fields.remove) };
  return { action };
}

function BulkDialog({ action, which, onClose, onDone }) {
  const [fields, setFields] = useState({ owner: '', account: '', add: '', remove: '' });
  const [job, setJob] = useState(null);
  const [once] = useState(onceKey);
  const counted = useLoad(async () => which.ids?.length ?? (await post('/certificates/bulk', { ...bodyOf(action, fields), ...which, dry_run: true })).selected, []);
  const act = useAction();
  const [word, sentence] = WORDS[action];
  const put = (name) => (value) => setFields({ ...fields, [name]: value });
  const run = () => act.run(async () => {
    const asked = await post('/certificates/bulk', { ...bodyOf(action, fields), ...which }, { once });
    const done = await settled(asked.job_id);
    if (done.state === 'succeeded' && !/not done/.test(done.progress)) {
      toast(`${word}: ${done.progress}`);
      onDone();
      return;
    }
    setJob(done);
  });
  const count = counted.value === null ? 'all that match' : `${counted.value.toLocaleString()} ${counted.value === 1 ? 'certificate' : 'certificates'}`;
  if (job)
    return html`<${Dialog} title="${word}: not all was done" onClose=${onDone} form=${onDone} footer=${html`<${Submit}>Close<//>`}><pre class="job-said" tabindex="0">${job.problem || job.progress}</pre><//>`;
  return html`<${Dialog} title="${word}: ${count}" onClose=${onClose} form=${run} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} busy=${act.busy || counted.busy} disabled=${!counted.value}>${word}<//>`}>
    ${which.ids === undefined && counted.value !== null && html`<p>Everything that matches the search, also what is not shown yet.</p>`}
    <${Fault} of=${counted.problem} />
    ${sentence && html`<p>${sentence}</p>`}
    ${action === 'owner' && html`<${Input} label="Owner" value=${fields.owner} set=${put('owner')} maxlength="128" hint="Empty: nobody." problem=${act.problem} pointer="/owner" />`}
    ${action === 'account' && html`<${Input} label="Account on its host" value=${fields.account} set=${put('account')} maxlength="128" hint="NT SERVICE\\name, a Unix user or group. Empty: none." problem=${act.problem} pointer="/account" />`}
    ${action === 'tag' && html`<${Input} label="Add tags" value=${fields.add} set=${put('add')} hint="Several with a comma between them." problem=${act.problem} pointer="/add_tags" />
      <${Input} label="Remove tags" value=${fields.remove} set=${put('remove')} problem=${act.problem} pointer="/remove_tags" />`}
    <${Fault} of=${act.problem} fields=${['/owner', '/account', '/add_tags', '/remove_tags']} /><//>`;
}

// The MMC's All Tasks: by button, right click or Shift+F10.
export function TaskMenu({ items, at, onClose, label = 'All Tasks' }) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.querySelector('button')?.focus();
    const outside = (e) => !(box.current?.closest('.menu-anchor') || box.current)?.contains(e.target) && onClose();   // its own button closes it by itself
    addEventListener('pointerdown', outside);
    return () => { removeEventListener('pointerdown', outside); before?.focus?.(); };
  }, []);
  function pressed(e) {
    const all = [...box.current.querySelectorAll('button')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === 'Escape' || e.key === 'Tab')
      onClose();
    else if (step)
      all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    else
      return;
    e.preventDefault();
    e.stopPropagation();
  }
  const place = at ? { position: 'fixed', left: `${Math.min(at.x, innerWidth - 260)}px`, top: `${Math.min(at.y, innerHeight - 330)}px` } : undefined;
  return html`<div class="menu-list" role="menu" aria-label=${label} ref=${box} style=${place} onKeyDown=${pressed}>${items.map(([words, icon, run]) => html`
    <button type="button" role="menuitem" tabindex="-1" onClick=${() => { onClose(); run(); }}><${Icon} name=${icon} size=${16} />${words}</button>`)}</div>`;
}

// menu: null, 'button', or where the pointer was.
export function useBulk({ chosen, store, question, hasMore, reload }) {
  const [action, setAction] = useState('');
  const [menu, setMenu] = useState(null);
  const act = useAction();
  const { ids } = chosen;
  const which = chosen.isAll ? question : { ids };
  const out = (format, name) => act.run(async () => toast(`Downloaded ${await download('POST', '/certificates/export', { body: { format, ...which } }, name)}`));
  const tasks = [
    ...(ids.length === 1 && !chosen.isAll ? [['Open', 'certificate', () => go(`/certificates/${ids[0]}`)]] : []),
    ...(store === 'personal' ? [[ids.length === 1 ? 'Renew Certificate with New Key' : 'Renew Certificates', 'renew', () => setAction('renew')]] : []),
    ['Tags…', 'dot', () => setAction('tag')], ['Set owner…', 'token', () => setAction('owner')], ['Set account…', 'key', () => setAction('account')],
    store === 'archived' ? ['Bring back', 'back', () => setAction('unarchive')] : ['Archive', 'folder', () => setAction('archive')],
    ['Export as ZIP of PEM', 'download', () => out('zip', 'certificates.zip')], ['Export list as CSV', 'download', () => out('csv', 'certificates.csv')],
    ['Export list as JSON', 'download', () => out('json', 'certificates.json')],
  ];
  const done = () => { setAction(''); chosen.clear(); reload(); };
  const bar = html`${ids.length > 0 && html`<div class="bulk" role="region" aria-label="Chosen certificates"><strong role="status">${chosen.isAll ? 'All that match are chosen' : `${ids.length} chosen`}</strong>
      <div class="menu-anchor"><${Button} aria-haspopup="menu" aria-expanded=${menu === 'button' ? 'true' : 'false'} busy=${act.busy} onClick=${() => setMenu(menu ? null : 'button')}>All Tasks<//>
        ${menu === 'button' && html`<${TaskMenu} items=${tasks} onClose=${() => setMenu(null)} />`}</div>
      <${Button} quiet onClick=${chosen.clear}>Choose none<//>${hasMore && !chosen.isAll && html`<${Button} quiet onClick=${chosen.setAll}>Choose all that match<//>`}</div>`}
    ${menu && menu !== 'button' && ids.length > 0 && html`<${TaskMenu} items=${tasks} at=${menu} onClose=${() => setMenu(null)} />`}
    <${Fault} of=${act.problem} />
    ${action && html`<${BulkDialog} action=${action} which=${which} onClose=${() => setAction('')} onDone=${done} />`}`;
  return { bar, open: setMenu };
}
