// palette - Ctrl K: type where to go, or which certificate to open.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { get } from '../lib/api.js';
import { go } from '../lib/router.js';
import { Icon } from './icon.js';

const FOUND_MOST = 7;
const STORES = { root: 'Trusted Root', intermediate: 'Intermediate', personal: 'Personal', untrusted: 'Untrusted' };

// every word typed stands somewhere in what it is called
const suits = (words, title) => words.every((w) => title.toLowerCase().includes(w));

function useFound(text) {
  const [found, setFound] = useState([]);
  useEffect(() => {
    const q = text.trim();
    const stop = new AbortController();
    if (q.length < 2) {
      setFound([]);
      return undefined;
    }
    const timer = setTimeout(() => get('/certificates', { q, limit: FOUND_MOST }, { signal: stop.signal }).then((page) => setFound(page.items), () => {}), 140);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}

// screens: [path, words, icon]
export function Palette({ screens, onClose }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const box = useRef(null);
  const id = useId();
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...screens.filter(([, title]) => suits(words, title)).map(([path, title, icon]) => ({ path, title, icon, note: 'Screen' })),
    ...useFound(text).map((c) => ({ path: `/certificates/${c.id}`, title: c.common_name || c.label || c.subject, icon: 'certificate', note: STORES[c.store] || 'Certificate', print: c.thumbprint_sha1.slice(0, 8).toUpperCase() }))];
  const current = Math.min(at, rows.length - 1);

  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    box.current.querySelector('input').focus();
    return () => before?.focus?.();
  }, []);
  useEffect(() => box.current.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }), [current]);

  function open(row) {
    onClose();
    go(row.path);
  }
  function onKeyDown(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && rows.length > 0) {
      e.preventDefault();
      setAt((current + step + rows.length) % rows.length);
    } else if (e.key === 'Enter' && rows[current]) {
      e.preventDefault();
      open(rows[current]);
    }
  }
  return html`<dialog ref=${box} class="palette" aria-label="Go to" onCancel=${(e) => { e.preventDefault(); onClose(); }} onClick=${(e) => e.target === box.current && onClose()}>
    <div class="palette-head"><${Icon} name="search" /><input type="text" role="combobox" aria-expanded="true" aria-controls="${id}-list" aria-autocomplete="list" aria-label="Screen, or name or thumbprint of a certificate"
      aria-activedescendant=${rows[current] ? `${id}-${current}` : undefined} placeholder="Screen, name or thumbprint" autocomplete="off" spellcheck="false" value=${text}
      onInput=${(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown=${onKeyDown} /><kbd aria-hidden="true">Esc</kbd></div>
    <ul role="listbox" id="${id}-list" aria-label="Where to">${rows.map((row, i) => html`<li role="option" id="${id}-${i}" key=${row.path} aria-selected=${i === current ? 'true' : 'false'} onClick=${() => open(row)} onPointerMove=${() => i !== current && setAt(i)}>
      <${Icon} name=${row.icon} /><span class="palette-title">${row.title}</span>${row.print && html`<code>${row.print}…</code>`}<span class="small">${row.note}</span></li>`)}</ul>
    ${rows.length === 0 && html`<p class="palette-none" role="status">Nothing is called so. Thumbprints and serial numbers match from their beginning.</p>`}
  </dialog>`;
}
