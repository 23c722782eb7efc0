// certificates - a store of the local machine as a table: search, filter, sort, page on.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { useLive } from '../lib/live.js';
import { get } from '../lib/api.js';
import { has, hidesExpired, isGrammar, questionOf, termsOf, toggled, without } from '../lib/finding.js';
import { useList, useLoad } from '../lib/load.js';
import { go, href, refine } from '../lib/router.js';
import { STORES } from '../lib/stores.js';
import { useBulk, useSelection } from '../parts/bulk.js';
import { ColumnsDialog, useColumns } from '../parts/columns.js';
import { Collections, Facets } from '../parts/facets.js';
import { Icon } from '../parts/icon.js';
import { Busy, Button, Empty, Fault, LinkButton, Page } from '../parts/ui.js';

const EMPTY = {
  root: 'Authorities that are made here, and roots that are imported, appear in this list.', intermediate: 'Issuing authorities that are made here or imported appear in this list.',
  untrusted: 'What is placed here is not to be believed, whoever has signed it.',
};
const TITLES = { ...STORES, archived: 'Archived' };
function SortHead({ words, by, name, sort, set }) {
  const down = sort === `-${by}`, up = sort === by;
  return html`<th scope="col" class=${name} aria-sort=${up ? 'ascending' : down ? 'descending' : undefined}>
    <button type="button" class="sort" onClick=${() => set(up ? `-${by}` : by)}>${words}<span aria-hidden="true">${up ? '↑' : down ? '↓' : '↕'}</span></button></th>`;
}

function Row({ c, columns, isChosen, choose }) {
  const more = c.dns_names.length + c.ip_addresses.length - 1;
  const at = href(`/certificates/${c.id}${c.superseded ? '/versions' : ''}`);
  return html`<tr data-id=${c.id} aria-selected=${isChosen ? 'true' : 'false'} onClick=${(e) => (e.shiftKey ? choose(true) : !e.target.closest('a,button,input,label,.choose') && !getSelection().toString() && go(at.slice(1)))}>
    <td class="choose"><label><input type="checkbox" checked=${isChosen} onClick=${(e) => { e.stopPropagation(); choose(e.shiftKey); }} /><span class="unseen">Choose ${c.common_name || c.label || c.subject}</span></label></td>
    <td data-label="Issued To"><span class="names"><a class="row-link" href=${at}>${c.common_name || c.label || c.subject}</a>
      ${more > 0 && html`<span class="more" title=${[...c.dns_names, ...c.ip_addresses].join(', ')}>+${more} ${more === 1 ? 'name' : 'names'}</span>`}
      ${c.versions > 1 && html`<span class="more">version ${c.version}${c.superseded ? ', superseded' : ''}</span>`}</span></td>
    ${columns.map((k) => html`<td key=${k.key} data-label=${k.words} class="col-${k.key}" title=${k.title?.(c)}>${k.cell(c)}</td>`)}
  </tr>`;
}

// j and k walk the rows, as in mail programs; Enter is the link's own. Space or x chooses, Shift+F10 opens All Tasks.
function useRowKeys(box, keys) {
  const now = useRef(keys);
  now.current = keys;
  useEffect(() => {
    const pressed = (e) => {
      const row = e.target.closest?.('tr[data-id]');
      const i = row ? [...row.parentNode.children].indexOf(row) : -1;
      if (row && box.current?.contains(row) && !e.target.closest('input') && (e.key === ' ' || e.key === 'x')) {
        e.preventDefault();
        now.current.choose(i, e.shiftKey);
        return;
      }
      if (row && ((e.key === 'F10' && e.shiftKey) || e.key === 'ContextMenu')) {
        e.preventDefault();
        const place = e.target.getBoundingClientRect();
        now.current.menu(i, { x: place.left, y: place.bottom });
        return;
      }
      if ((e.key !== 'j' && e.key !== 'k') || e.ctrlKey || e.metaKey || e.target.closest?.('input,textarea,select,dialog'))
        return;
      const links = [...box.current?.querySelectorAll('.row-link') || []];
      const at = links.indexOf(document.activeElement);
      links[Math.max(0, Math.min(links.length - 1, at + (e.key === 'j' ? 1 : -1)))]?.focus();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function Search({ q, set }) {
  const [text, setText] = useState(q);
  const timer = useRef(0);
  useEffect(() => setText(q), [q]);
  function changed(e) {
    const value = e.currentTarget.value;
    setText(value);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => set(value.trim()), 220);
  }
  return html`<div class="search" role="search"><${Icon} name="search" /><input type="search" data-search aria-label="Search names, serial number, thumbprint, or by conditions" placeholder="Name, serial, or expires<30d"
    value=${text} onInput=${changed} spellcheck="false" autocomplete="off" /><kbd aria-hidden="true">/</kbd></div>`;
}

// What narrows the list now, a click from being taken away; what is hidden, a click from being shown.
function Chips({ asked, days, ask, children }) {
  const hidden = hidesExpired(asked, days);
  const chip = (words, change, pressed = true) => html`<button type="button" class="filter" aria-pressed=${pressed ? 'true' : 'false'} onClick=${() => ask(change)}>${words}${pressed && html`<${Icon} name="close" size=${14} />`}</button>`;
  return html`<div class="filters" role="group" aria-label="Filter">
    ${termsOf(asked.filter).filter((t) => t !== 'is:superseded').map((t) => chip(t, { filter: without(asked.filter, t) }))}
    ${hidden && chip(`Expired over ${days} days ago: hidden`, { all: '1' }, false)}
    ${asked.all && chip('Expired long ago: shown', { all: '' })}
    ${chip(has(asked.filter, 'is:superseded') ? 'Superseded versions' : 'Superseded: hidden', { filter: toggled(asked.filter, 'is:superseded') }, has(asked.filter, 'is:superseded'))}${children}</div>`;
}

function Head({ asked, ask, chosen, items, columns }) {
  const all = items.length > 0 && chosen.ids.length === items.length;
  const head = (k) => (k.by ? html`<${SortHead} key=${k.key} words=${k.words} by=${k.by} name="col-${k.key}" sort=${asked.sort} set=${(sort) => ask({ sort })} />` : html`<th key=${k.key} scope="col" class="col-${k.key}">${k.words}</th>`);
  return html`<thead><tr><th scope="col" class="choose"><label><input type="checkbox" checked=${all} onChange=${() => (all ? chosen.clear() : chosen.set(items.map((c) => c.id)))} /><span class="unseen">Choose all that are shown</span></label></th>
    ${[{ key: 'name', words: 'Issued To', by: 'common_name' }, ...columns].map(head)}</tr></thead>`;
}

function Nothing({ store, narrowed, asked, ask }) {
  return html`<div class="card">${narrowed
    ? html`<${Empty} icon="search" title="Nothing matches" action=${html`<${Button} onClick=${() => ask({ q: '', filter: '', all: '1' })}>Show all<//>`}>No certificate here has ${asked.q ? `“${asked.q}”` : 'all of this'}. Serial numbers and thumbprints match from their beginning.<//>`
    : html`<${Empty} title="This store is empty" action=${store === 'personal' && html`<${LinkButton} primary icon="plus" href="#/request">Request new certificate<//>`}>${store === 'personal' ? 'What you request here appears in this list, with its key and every later version.' : store === 'archived' ? 'What is archived is kept here: out of the lists, but not gone.' : EMPTY[store] || 'What is imported into this store appears in this list.'}<//>`}</div>`;
}

// What is hidden without having been asked about is counted all the same: a click brings it. Until the next counts are here the last ones stand.
function useFacets(store, asked) {
  const typed = isGrammar(asked.q);
  const part = { q: typed ? '' : asked.q, filter: [typed && asked.q, asked.filter].filter(Boolean).join(' ') };
  const counts = useLoad(() => get('/certificates/facets', { store: store === 'archived' ? '' : store, ...part }), [store, part.q, part.filter]);
  const last = useRef({});
  if (counts.value)
    last.current = { store, value: counts.value };
  const value = last.current.store === store ? last.current.value : null;
  return { counts, facets: { items: store === 'archived' || !value ? [] : value.items, exact: value?.exact ?? true }, days: last.current.value?.hide_expired_days ?? 30 };
}

export function Certificates({ route }) {
  const store = route.query.get('store') || 'personal';
  const asked = Object.fromEntries(['q', 'filter', 'sort', 'all'].map((name) => [name, route.query.get(name) || '']));
  const { counts, facets, days } = useFacets(store, asked);
  const question = questionOf(store, asked, days);
  const list = useList('/certificates', { ...question, sort: asked.sort || '-created', limit: 100 });
  const chosen = useSelection(list.items, JSON.stringify(question));
  const columns = useColumns();
  const [isChoosing, setChoosing] = useState(false);
  const box = useRef(null);
  const ask = (change) => refine('/certificates', { store: store === 'personal' ? '' : store, ...asked, ...change });
  const again = () => { list.reload(); counts.reload(); };
  const bulk = useBulk({ chosen, store, question, hasMore: Boolean(list.next), reload: again });
  const menu = (i, place) => { if (!chosen.has(list.items[i].id)) chosen.set([list.items[i].id]); bulk.open(place); };
  const rightClick = (e) => {
    const row = e.target.closest('tbody tr');
    if (!row || e.target.closest('a,input'))
      return;
    e.preventDefault();
    menu([...row.parentNode.children].indexOf(row), { x: e.clientX, y: e.clientY });
  };
  useRowKeys(box, { choose: chosen.toggle, menu });
  useLive(['certificate', 'authority'], again);

  const kept = { store, q: question.q, filter: [isGrammar(asked.q) && asked.q, asked.filter].filter(Boolean).join(' '), sort: asked.sort };
  const openKept = (c) => refine('/certificates', { store: c.store === 'personal' ? '' : c.store, q: c.q, filter: c.filter, sort: c.sort });
  return html`<${Page} title=${TITLES[store] || store} kicker="Certificates - Local Machine" action=${html`${store !== 'archived' && html`<${LinkButton} icon="import" href=${href('/import', { store: store === 'personal' ? '' : store })}>Import…<//>`}
      <${LinkButton} primary icon="plus" href="#/request">Request new certificate<//>`}>
    <div class="tools"><${Search} q=${asked.q} set=${(q) => ask({ q })} /><${Chips} asked=${asked} days=${days} ask=${ask}><button type="button" class="filter" aria-haspopup="dialog" onClick=${() => setChoosing(true)}>Columns…</button><//></div>
    ${isChoosing && html`<${ColumnsDialog} columns=${columns} onClose=${() => setChoosing(false)} />`}
    <${Fault} of=${list.problem} again=${list.reload} />
    <div class="finder"><${Facets} items=${facets.items} exact=${facets.exact} filter=${asked.filter} set=${(filter) => ask({ filter })}><${Collections} question=${kept} open=${openKept} /><//>
    <div class="found">${bulk.bar}
    ${list.items.length > 0 && html`<div class="table-frame store ${columns.isUsual ? 'usual' : ''}" ref=${box} onContextMenu=${rightClick}><table class="rows"><caption class="unseen">${TITLES[store] || store}</caption>
      <${Head} asked=${asked} ask=${ask} chosen=${chosen} items=${list.items} columns=${columns.shown} />
      <tbody>${list.items.map((c, i) => html`<${Row} key=${`${c.id} ${c.version}`} c=${c} columns=${columns.shown} isChosen=${chosen.has(c.id)} choose=${(range) => chosen.toggle(i, range)} />`)}</tbody></table></div>`}
    ${list.items.length === 0 && !list.busy && !list.problem && html`<${Nothing} store=${store} narrowed=${asked.q || asked.filter} asked=${asked} ask=${ask} />`}
    <div class="list-foot">${list.busy ? html`<${Busy} label=${list.items.length ? 'Searching on' : 'Searching'} />`
      : list.next ? html`<${Button} onClick=${list.more}>Show more<//>` : list.items.length > 0 && html`<p class="muted" role="status">${list.items.length.toLocaleString()} ${list.items.length === 1 ? 'certificate' : 'certificates'}</p>`}</div></div></div>
  <//>`;
}
