// imported - what a file holds, what becomes of it, and where it goes: the preview and the result of an import.
import { html } from '../lib/html.js';
import { commonNameOf } from '../lib/names.js';
import { href } from '../lib/router.js';
import { STORES } from '../lib/stores.js';
import { Icon } from './icon.js';
import { Badge, keyWord, When } from './ui.js';

const SHOWN_MAX = 300;
const KINDS = { certificate: ['certificate', 'Certificate'], key: ['key', 'Private key'], request: ['info', 'Certificate request'], crl: ['info', 'Revocation list'] };

// action -> tone, icon, words before it is done, words after
const ACTIONS = {
  added: ['good', 'plus', 'New', 'Added'],
  joined: ['accent', 'renew', 'Next version', 'Became the next version'],
  known: ['quiet', 'ok', 'Already there', 'Was already there'],
  'key-added': ['good', 'key', 'Key for a certificate that is here', 'Joined its certificate'],
  ignored: ['warn', 'info', 'Is not taken', 'Was not taken'],
};

function Becomes({ i, done }) {
  const [tone, icon, before, after] = ACTIONS[i.action] || ['quiet', 'info', i.action, i.action];
  const name = i.label && `${i.label}${i.version ? `, version ${i.version}` : ''}`;
  const completes = i.findings.some((f) => f.rule === 'completes-request');
  return html`<${Badge} tone=${tone} icon=${icon}>${done ? after : before}<//>
    ${i.key && i.kind === 'certificate' && html` <${Badge} tone="good" icon="key">with its private key<//>`}
    ${completes && html` <${Badge} tone="accent" icon="ok">${done ? 'completed' : 'completes'} a request<//>`}
    ${name && (i.certificate_id ? html`<span class="small block"><a href=${href(`/certificates/${i.certificate_id}`)} target=${done ? undefined : '_blank'}>${name}${!done && html`<span class="unseen">, in a new tab</span>`}</a></span>` : i.action === 'joined' && html`<span class="small block">${name}</span>`)}`;
}

function What({ i }) {
  const [icon, word] = KINDS[i.kind] || ['info', i.kind];
  return html`<span class="what"><${Icon} name=${icon} /><span><strong>${i.subject ? commonNameOf(i.subject) : i.kind === 'key' && i.key_type ? `${keyWord(i.key_type)} key` : word}</strong>
    <span class="small muted block">${word}${i.kind === 'certificate' && html`, ${i.subject === i.issuer ? 'issued by itself' : `issued by ${commonNameOf(i.issuer)}`}`}${i.kind === 'crl' && i.issuer ? ` of ${commonNameOf(i.issuer)}` : ''}</span></span></span>`;
}

export const said = (detail) => detail.replace(/^./, (letter) => letter.toUpperCase());

const LEVELS = { error: 'bad', warning: 'warn', note: 'info' };

function Row({ i, done }) {
  return html`<tr><td data-label="Item"><${What} i=${i} />${i.findings.filter((f) => f.rule !== 'completes-request').map((f) => html`<span class="finding ${f.level}"><${Icon} name=${LEVELS[f.level] || 'info'} size=${15} /><span>${said(f.detail)}${f.rule === 'new-root' && html`<code class="block wrap" aria-label="SHA-256 thumbprint">${i.thumbprint_sha256}</code>`}</span></span>`)}</td>
    <td data-label="Expiration Date">${i.not_after && html`<${When} at=${i.not_after} />`}</td>
    <td data-label="Certificate store">${i.store ? STORES[i.store] || i.store : ''}</td>
    <td data-label=${done ? 'Done' : 'Will be'}><${Becomes} i=${i} done=${done} /></td></tr>`;
}

export const nameOf = (piece) => (piece.member !== null ? `${piece.name}: ${piece.member}` : piece.name);

function groupsOf(pieces) {
  let room = SHOWN_MAX;
  return pieces.map((piece) => {
    const shown = piece.items.slice(0, Math.max(0, room));
    room -= shown.length;
    return { piece, shown };
  });
}

export function Imported({ pieces, done }) {
  const all = pieces.reduce((n, p) => n + p.items.length, 0);
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${done ? 'What was imported' : 'What will be imported'}><table class="rows imported">
    <caption class="unseen">${done ? 'What was imported' : 'What will be imported'}</caption>
    <thead><tr><th scope="col">Item</th><th scope="col">Expiration Date</th><th scope="col">Certificate store</th><th scope="col">${done ? 'Done' : 'Will be'}</th></tr></thead>
    ${groupsOf(pieces).map(({ piece, shown }) => html`<tbody key=${nameOf(piece)}>
      ${pieces.length > 1 && html`<tr class="group"><th scope="rowgroup" colspan="4">${nameOf(piece)}</th></tr>`}
      ${piece.trouble && html`<tr><td colspan="4" class="fault-cell"><span class="fault"><${Icon} name="bad" size=${15} />${said(piece.trouble.detail)}</span></td></tr>`}
      ${shown.map((i) => html`<${Row} i=${i} done=${done} />`)}</tbody>`)}
  </table></div>
  ${all > SHOWN_MAX && html`<p class="hint">The first ${SHOWN_MAX} of ${all.toLocaleString()} are shown.</p>`}`;
}

// "2 new, 1 next version, 1 already there", as far as there is any
export function summary(pieces, done) {
  const count = (test) => pieces.flatMap((p) => p.items).filter(test).length;
  const words = [
    [count((i) => i.action === 'added' && i.kind === 'certificate'), done ? 'added' : 'new'],
    [count((i) => i.action === 'joined'), 'next version of what is here', 'next versions of what is here'],
    [count((i) => i.kind === 'key' && i.action !== 'ignored'), 'private key', 'private keys'],
    [count((i) => i.action === 'known' && i.kind === 'certificate'), done ? 'was already there' : 'already there', done ? 'were already there' : 'already there'],
    [count((i) => i.action === 'ignored') + pieces.filter((p) => p.trouble).length, 'not taken'],
  ];
  return words.filter(([n]) => n > 0).map(([n, one, many = one]) => `${n.toLocaleString()} ${n === 1 ? one : many}`).join(', ');
}
