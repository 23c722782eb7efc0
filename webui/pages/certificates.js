// certificates - a store of the local machine as a table: search, filter, sort, page on.
import { html, useEffect, useRef, useState } from '../lib/html.js';
import { useLive } from '../lib/live.js';
import { useList } from '../lib/load.js';
import { commonNameOf } from '../lib/names.js';
import { go, href, refine } from '../lib/router.js';
import { STORES } from '../lib/stores.js';
import * as time from '../lib/time.js';
import { Icon } from '../parts/icon.js';
import { Busy, Button, Empty, Fault, keyWord, LinkButton, Page, Status, When } from '../parts/ui.js';

const EMPTY = {
  root: 'Authorities that are made here, and roots that are imported, appear in this list.', intermediate: 'Issuing authorities that are made here or imported appear in this list.',
  untrusted: 'What is placed here is not to be believed, whoever has signed it.',
};
const TITLES = { ...STORES, archived: 'Archived' };
const FILTERS = [
  ['', 'All'], ['status:valid', 'Valid'], ['status:expiring', 'Expiring'], ['status:expired', 'Expired'], ['status:revoked', 'Revoked'], ['has:key', 'With private key'],
];
const COLUMNS = [
  ['Issued To', 'common_name'], ['Issued By'], ['Expiration Date', 'not_after'], ['Status'], ['Key'], ['In use by'], ['Thumbprint'],
];

function SortHead({ words, by, sort, set }) {
  const down = sort === `-${by}`, up = sort === by;
  return html`<th scope="col" aria-sort=${up ? 'ascending' : down ? 'descending' : undefined}>
    <button type="button" class="sort" onClick=${() => set(up ? `-${by}` : by)}>${words}<span aria-hidden="true">${up ? '↑' : down ? '↓' : '↕'}</span></button></th>`;
}

// How much of its life is left, beside the date.
function Life({ of }) {
  const days = time.daysLeft(of.not_after);
  const part = Math.max(0, Math.min(1, (new Date(of.not_after) - Date.now()) / (new Date(of.not_after) - new Date(of.not_before))));
  return html`<span class="life"><${When} at=${of.not_after} /><span class="small">${days < 0 ? 'ended' : `${days} d`}</span><meter min="0" max="1" low="0.12" high="0.34" optimum="1" value=${part} aria-label="Life left"></meter></span>`;
}

function Row({ c }) {
  const more = c.dns_names.length + c.ip_addresses.length - 1;
  return html`<tr onClick=${(e) => !e.target.closest('a,button') && !getSelection().toString() && go(`/certificates/${c.id}`)}>
    <td data-label="Issued To"><a class="row-link" href=${href(`/certificates/${c.id}`)}>${c.common_name || c.label || c.subject}</a>
      ${more > 0 && html`<span class="more" title=${[...c.dns_names, ...c.ip_addresses].join(', ')}>+${more} ${more === 1 ? 'name' : 'names'}</span>`}
      ${c.versions > 1 && html`<span class="more">version ${c.version}</span>`}</td>
    <td data-label="Issued By" class="issuer" title=${c.issuer}>${c.self_signed ? html`<span class="muted">itself</span>` : commonNameOf(c.issuer)}</td>
    <td data-label="Expiration Date"><${Life} of=${c} /></td>
    <td data-label="Status"><${Status} of=${c.status} /></td>
    <td data-label="Key"><span class="nowrap">${keyWord(c.key_type)}${c.has_private_key && html`<span class="key-here" title="The private key is here"><${Icon} name="key" size=${15} /><span class="unseen">, private key is here</span></span>`}</span></td>
    <td data-label="In use by">${(c.used_by || []).map((u) => html`<span class="more">${u}</span>`)}</td>
    <td data-label="Thumbprint"><code title=${c.thumbprint_sha1}>${(c.thumbprint_sha1 || '').slice(0, 8).toUpperCase()}…</code></td>
  </tr>`;
}

// j and k walk the rows, as in mail programs; Enter is the link's own.
function useRowKeys(box) {
  useEffect(() => {
    const pressed = (e) => {
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
  return html`<div class="search" role="search"><${Icon} name="search" /><input type="search" data-search aria-label="Search names, serial number, thumbprint" placeholder="Search names, serial, thumbprint"
    value=${text} onInput=${changed} spellcheck="false" autocomplete="off" /><kbd aria-hidden="true">/</kbd></div>`;
}

export function Certificates({ route }) {
  const store = route.query.get('store') || 'personal';
  const asked = { q: route.query.get('q') || '', filter: route.query.get('filter') || '', sort: route.query.get('sort') || '' };
  const filter = [store === 'archived' ? 'is:archived' : `store:${store}`, asked.filter].filter(Boolean).join(' ');
  const list = useList('/certificates', { q: asked.q, filter, sort: asked.sort || '-created', limit: 100 });
  const box = useRef(null);
  const ask = (change) => refine('/certificates', { store: store === 'personal' ? '' : store, ...asked, ...change });
  useRowKeys(box);
  useLive(['certificate', 'authority'], list.reload);

  const narrowed = asked.q || asked.filter;
  return html`<${Page} title=${TITLES[store] || store} kicker="Certificates - Local Machine" action=${html`${store !== 'archived' && html`<${LinkButton} icon="import" href=${href('/import', { store: store === 'personal' ? '' : store })}>Import…<//>`}
      <${LinkButton} primary icon="plus" href="#/request">Request new certificate<//>`}>
    <div class="tools"><${Search} q=${asked.q} set=${(q) => ask({ q })} />
      <div class="filters" role="group" aria-label="Filter">${FILTERS.map(([value, words]) => html`
        <button type="button" class="filter" aria-pressed=${value === asked.filter ? 'true' : 'false'} onClick=${() => ask({ filter: value })}>${words}</button>`)}
        ${asked.filter && !FILTERS.some(([v]) => v === asked.filter) && html`<button type="button" class="filter" aria-pressed="true" onClick=${() => ask({ filter: '' })}>${asked.filter}<${Icon} name="close" size=${14} /></button>`}</div></div>
    <${Fault} of=${list.problem} again=${list.reload} />
    ${list.items.length > 0 && html`<div class="table-frame store" ref=${box}><table class="rows"><caption class="unseen">${TITLES[store] || store}</caption>
      <thead><tr>${COLUMNS.map(([words, by]) => (by ? html`<${SortHead} words=${words} by=${by} sort=${asked.sort} set=${(sort) => ask({ sort })} />` : html`<th scope="col">${words}</th>`))}</tr></thead>
      <tbody>${list.items.map((c) => html`<${Row} key=${c.id} c=${c} />`)}</tbody></table></div>`}
    ${list.items.length === 0 && !list.busy && !list.problem && html`<div class="card">${narrowed
      ? html`<${Empty} icon="search" title="Nothing matches" action=${html`<${Button} onClick=${() => ask({ q: '', filter: '' })}>Show all<//>`}>No certificate here has ${asked.q ? `“${asked.q}”` : 'this status'}. Serial numbers and thumbprints match from their beginning.<//>`
      : html`<${Empty} title="This store is empty" action=${store === 'personal' && html`<${LinkButton} primary icon="plus" href="#/request">Request new certificate<//>`}>${store === 'personal' ? 'What you request here appears in this list, with its key and every later version.' : store === 'archived' ? 'What is archived is kept here: out of the lists, but not gone.' : EMPTY[store] || 'What is imported into this store appears in this list.'}<//>`}</div>`}
    <div class="list-foot">${list.busy ? html`<${Busy} label=${list.items.length ? 'Searching on' : 'Searching'} />`
      : list.next ? html`<${Button} onClick=${list.more}>Show more<//>` : list.items.length > 0 && html`<p class="muted" role="status">${list.items.length.toLocaleString()} ${list.items.length === 1 ? 'certificate' : 'certificates'}</p>`}</div>
  <//>`;
}
