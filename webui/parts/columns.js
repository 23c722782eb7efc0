// columns - what a row of the list shows: Add/Remove Columns, kept in this browser.
import { html, useState } from '../lib/html.js';
import { commonNameOf } from '../lib/names.js';
import * as time from '../lib/time.js';
import { Icon } from './icon.js';
import { Button, Check, Dialog, keyWord, Status, Submit, When } from './ui.js';

// How much of its life is left, beside the date.
function Life({ of }) {
  const days = time.daysLeft(of.not_after);
  const part = Math.max(0, Math.min(1, (new Date(of.not_after) - Date.now()) / (new Date(of.not_after) - new Date(of.not_before))));
  return html`<span class="life"><${When} at=${of.not_after} /><span class="small">${days < 0 ? 'ended' : `${days} d`}</span><meter min="0" max="1" low="0.12" high="0.34" optimum="1" value=${part} aria-label="Life left"></meter></span>`;
}

const digits = (hex) => html`<code title=${hex}>${hex.slice(0, 8).toUpperCase()}…</code>`;

// Behind Issued To, which always stands; by: the order of the list that goes with it; more: shown when it is asked for.
const COLUMNS = [
  { key: 'issuer', words: 'Issued By', title: (c) => c.issuer, cell: (c) => (c.self_signed ? html`<span class="muted">itself</span>` : commonNameOf(c.issuer)) },
  { key: 'expires', words: 'Expiration Date', by: 'not_after', cell: (c) => html`<${Life} of=${c} />` },
  { key: 'status', words: 'Status', cell: (c) => html`<${Status} of=${c.status} />` },
  { key: 'key', words: 'Key', cell: (c) => html`<span class="nowrap">${keyWord(c.key_type)}${c.has_private_key && html`<span class="key-here" title="The private key is here"><${Icon} name="key" size=${15} /><span class="unseen">, private key is here</span></span>`}</span>` },
  { key: 'uses', words: 'In use by', cell: (c) => (c.used_by || []).map((u) => html`<span class="more">${u}</span>`) },
  { key: 'owner', words: 'Owner', cell: (c) => html`${c.owner}${c.tags.map((t) => html`<span class="more tag" title="Tag">${t}</span>`)}` },
  { key: 'thumbprint', words: 'Thumbprint', cell: (c) => digits(c.thumbprint_sha1 || '') },
  { key: 'label', words: 'Friendly Name', more: true, cell: (c) => c.label },
  { key: 'serial', words: 'Serial Number', more: true, cell: (c) => digits(c.serial) },
  { key: 'starts', words: 'Valid From', more: true, cell: (c) => html`<${When} at=${c.not_before} />` },
  { key: 'account', words: 'Account on its host', more: true, cell: (c) => c.account },
  { key: 'source', words: 'Source', more: true, cell: (c) => c.source },
];
const USUAL = COLUMNS.filter((c) => !c.more).map((c) => c.key);

function kept() {
  try {
    const keys = JSON.parse(localStorage.getItem('columns'));
    return Array.isArray(keys) ? keys.filter((k) => COLUMNS.some((c) => c.key === k)) : USUAL;
  } catch {
    return USUAL;              // none kept, or a browser that keeps nothing
  }
}

export function useColumns() {
  const [keys, setKeys] = useState(kept);
  const set = (next) => {
    setKeys(next);
    try {
      localStorage.setItem('columns', JSON.stringify(next));
    } catch { /* it holds for this page then */ }
  };
  const shown = COLUMNS.filter((c) => keys.includes(c.key));
  return { shown, isUsual: shown.every((c) => !c.more) && shown.length === USUAL.length, keys, set };
}

export function ColumnsDialog({ columns, onClose }) {
  const [keys, setKeys] = useState(columns.keys);
  const done = () => { columns.set(keys); onClose(); };
  return html`<${Dialog} title="Add/Remove Columns" onClose=${onClose} form=${done} footer=${html`<${Button} onClick=${() => setKeys(USUAL)}>Restore defaults<//><${Submit}>OK<//>`}>
    <p>Shown behind <strong>Issued To</strong>, in this browser.</p>
    ${COLUMNS.map((c) => html`<${Check} key=${c.key} checked=${keys.includes(c.key)} set=${(on) => setKeys(on ? [...keys, c.key] : keys.filter((k) => k !== c.key))}>${c.words}<//>`)}<//>`;
}
