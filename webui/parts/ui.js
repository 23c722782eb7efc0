// ui - the small parts that every screen is made of.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from '../lib/html.js';
import * as time from '../lib/time.js';
import { Icon } from './icon.js';

// ---- the frame of a screen

export function Page({ title, kicker, action, children, back }) {
  useEffect(() => {
    document.title = `${typeof title === 'string' ? title : 'Signet'} - Signet`;
  }, [title]);
  return html`<div class="page">
    <header class="page-head">
      <div class="page-title">
        ${back && html`<a class="back" href=${back.href}><${Icon} name="back" size=${16} />${back.label}</a>`}
        ${kicker && html`<p class="kicker">${kicker}</p>`}
        <h1 tabindex="-1" id="page-title">${title}</h1>
      </div>
      ${action && html`<div class="page-action">${action}</div>`}
    </header>
    ${children}
  </div>`;
}

export function Card({ title, action, children, className = '' }) {
  const id = useId();
  return html`<section class="card ${className}" aria-labelledby=${title ? id : undefined}>
    ${title && html`<header class="card-head"><h2 id=${id}>${title}</h2>${action}</header>`}
    ${children}
  </section>`;
}

export function Empty({ icon = 'certificate', title, children, action }) {
  return html`<div class="empty"><span class="empty-mark"><${Icon} name=${icon} size=${26} /></span><h2>${title}</h2><p>${children}</p>${action}</div>`;
}

export function Busy({ label = 'Loading' }) {
  return html`<p class="busy" role="status"><span class="spinner" aria-hidden="true"></span>${label}…</p>`;
}

// ---- doing

export function Button({ primary, quiet, danger, icon, busy, className = '', children, ...rest }) {
  const kind = primary ? 'primary' : quiet ? 'quiet' : danger ? 'danger' : '';
  return html`<button type="button" class="button ${kind} ${className}" ...${rest} aria-busy=${busy ? 'true' : undefined} disabled=${rest.disabled || busy}>
    ${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}<span>${children}</span>
  </button>`;
}

export function LinkButton({ primary, icon, children, ...rest }) {
  return html`<a class="button ${primary ? 'primary' : ''}" ...${rest}>${icon && html`<${Icon} name=${icon} />`}<span>${children}</span></a>`;
}

export function Copy({ text, label = 'Copy' }) {
  const [done, setDone] = useState(false);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  }
  return html`<button type="button" class="copy" onClick=${copy} aria-label=${done ? 'Copied' : label} title=${label}>
    <${Icon} name=${done ? 'ok' : 'copy'} size=${16} /></button>`;
}

// A block of commands with its copy button.
export function Lines({ label, children }) {
  const text = Array.isArray(children) ? children.join('') : children;
  return html`<div class="lines"><pre tabindex="0" aria-label=${label}>${text}</pre><${Copy} text=${text} label=${`Copy: ${label}`} /></div>`;
}

// ---- saying

const STATES = {
  valid: ['ok', 'good', 'Valid'],
  expiring: ['clock', 'warn', 'Expiring'],
  expired: ['bad', 'bad', 'Expired'],
  revoked: ['revoked', 'bad', 'Revoked'],
  'not-yet-valid': ['clock', 'quiet', 'Not yet valid'],
};

export function Status({ of }) {
  const [icon, tone, word] = STATES[of] || ['info', 'quiet', of];
  return html`<span class="badge ${tone}"><${Icon} name=${icon} size=${14} />${word}</span>`;
}

export function Badge({ tone = 'quiet', icon, children }) {
  return html`<span class="badge ${tone}">${icon && html`<${Icon} name=${icon} size=${14} />`}${children}</span>`;
}

export function When({ at, relative }) {
  return html`<time datetime=${at} title=${time.tooltip(at)}>${relative ? time.fromNow(at) : time.date(at)}</time>`;
}

// "3F:A9:..": the way every other program shows it, so that two can be compared by eye.
export const colons = (hex) => (hex || '').toUpperCase().match(/../g)?.join(':') || '';

// The same, breaking only between two pairs.
const pairs = (hex) => colons(hex).split(':').map((pair, i) => html`${i > 0 && html`:<wbr />`}${pair}`);

export function Thumbprint({ of, label = 'Thumbprint' }) {
  return html`<span class="print"><code>${pairs(of)}</code><${Copy} text=${of} label=${`Copy ${label}`} /></span>`;
}

export function Note({ tone = 'quiet', icon, title, children, action }) {
  const icons = { good: 'ok', warn: 'warn', bad: 'warn', quiet: 'info' };
  return html`<div class="note ${tone}"><${Icon} name=${icon || icons[tone]} /><div>${title && html`<strong>${title}</strong>`}<div>${children}</div></div>${action}</div>`;
}

// What happened, why, what to do, and the number by which the log finds it. Faults of fields stand beside their fields.
export function Fault({ of, fields = [], again }) {
  const box = useRef(null);
  useEffect(() => {
    if (of)
      box.current?.scrollIntoView({ block: 'nearest' });
  }, [of]);
  if (!of)
    return null;
  const rest = of.rest ? of.rest(fields).filter((e) => e.detail !== of.detail) : [];
  return html`<div class="note bad" role="alert" ref=${box}><${Icon} name="warn" /><div>
    <strong>${of.title || 'Something went wrong'}</strong>
    <div>${of.detail || of.message}</div>
    ${rest.length > 0 && html`<ul>${rest.map((e) => html`<li>${e.detail}</li>`)}</ul>`}
    ${of.requestId && html`<div class="small">Request <code>${of.requestId}</code></div>`}
  </div>${again && html`<${Button} onClick=${again}>Try again<//>`}</div>`;
}

// ---- asking

// children: a function of the attributes that tie the control to its label, hint and fault.
export function Field({ label, hint, problem, pointer, error, optional, children }) {
  const id = useId();
  const faults = [...(error ? [error] : []), ...(problem?.of && pointer ? problem.of(pointer) : [])];
  const described = [hint && `${id}-hint`, faults.length && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return html`<div class="field ${faults.length ? 'faulty' : ''}">
    <label for=${id}>${label}${optional && html`<span class="optional">optional</span>`}</label>
    ${children({ id, 'aria-describedby': described, 'aria-invalid': faults.length ? 'true' : undefined })}
    ${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}
    ${faults.length > 0 && html`<p class="fault" id="${id}-fault"><${Icon} name="warn" size=${15} />${faults.join(' ')}</p>`}
  </div>`;
}

export function Input({ label, hint, problem, pointer, error, optional, value, set, ...rest }) {
  return html`<${Field} ...${{ label, hint, problem, pointer, error, optional }}>${(ties) =>
    html`<input type="text" autocomplete="off" spellcheck="false" ...${rest} ...${ties} value=${value} onInput=${(e) => set(e.currentTarget.value)} />`}<//>`;
}

export function Select({ label, hint, problem, pointer, value, set, options, ...rest }) {
  return html`<${Field} ...${{ label, hint, problem, pointer }}>${(ties) =>
    html`<select ...${rest} ...${ties} value=${value} onChange=${(e) => set(e.currentTarget.value)}>
      ${options.map(([v, words]) => html`<option value=${v} selected=${v === value}>${words}</option>`)}
    </select>`}<//>`;
}

export function Check({ checked, set, hint, children, ...rest }) {
  const id = useId();
  return html`<div class="check"><input type="checkbox" id=${id} checked=${checked} aria-describedby=${hint ? `${id}-hint` : undefined}
    onChange=${(e) => set(e.currentTarget.checked)} ...${rest} /><div><label for=${id}>${children}</label>${hint && html`<p class="hint" id="${id}-hint">${hint}</p>`}</div></div>`;
}

// Cards of which one is chosen: [value, title, sentence].
export function Choice({ legend, name, value, set, options, hideLegend, pairs }) {
  return html`<fieldset class="choice ${pairs ? 'pairs' : ''}"><legend class=${hideLegend ? 'unseen' : ''}>${legend}</legend>
    ${options.map(([v, title, text, disabled]) => html`<label class="choice-item">
      <input type="radio" name=${name} value=${v} checked=${v === value} disabled=${disabled} onChange=${() => set(v)} />
      <span><strong>${title}</strong>${text && html`<span class="hint">${text}</span>`}</span>
    </label>`)}
  </fieldset>`;
}

// ---- windows

// bare: the content brings its own form.
export function Dialog({ title, onClose, children, footer, wide, form, bare }) {
  const box = useRef(null);
  const id = useId();
  useLayoutEffect(() => {
    const before = document.activeElement;
    box.current.showModal();
    (box.current.querySelector('[data-first]') || box.current.querySelector('input:not([disabled]),select,textarea'))?.focus();
    return () => before?.focus?.();
  }, []);
  const submit = (e) => {
    e.preventDefault();
    form?.();
  };
  return html`<dialog ref=${box} class=${wide ? 'wide' : ''} aria-labelledby=${id} onCancel=${(e) => { e.preventDefault(); onClose?.(); }}>
    <${bare ? 'div' : 'form'} class="dialog-form" onSubmit=${bare ? undefined : submit} novalidate=${!bare}>
      <header class="dialog-head"><h2 id=${id}>${title}</h2>
        ${onClose && html`<button type="button" class="copy" aria-label="Close" onClick=${onClose}><${Icon} name="close" /></button>`}</header>
      <div class="dialog-body">${children}</div>
      ${footer && html`<footer class="dialog-foot">${footer}</footer>`}
    <//>
  </dialog>`;
}

export function Submit({ icon, busy, disabled, children }) {
  return html`<button type="submit" class="button primary" aria-busy=${busy ? 'true' : undefined} disabled=${busy || disabled}>
    ${busy ? html`<span class="spinner" aria-hidden="true"></span>` : icon && html`<${Icon} name=${icon} />`}<span>${children}</span></button>`;
}

// Tabs that are links when `href` is given, so that each has a URL.
export function Tabs({ tabs, current, href, set, label, children }) {
  const id = useId();
  const keys = tabs.map(([key]) => key);
  const choose = (key) => (href ? location.replace(href(key)) : set(key));
  function onKeyDown(e) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step)
      return;
    e.preventDefault();
    const to = keys[(keys.indexOf(current) + step + keys.length) % keys.length];
    choose(to);
    document.getElementById(`${id}-${to}`)?.focus();
  }
  // On a narrow screen the strip may hold more than it shows.
  useEffect(() => document.getElementById(`${id}-${current}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [current]);
  return html`<div class="tabs"><div class="tab-list" role="tablist" aria-label=${label} onKeyDown=${onKeyDown}>
    ${tabs.map(([key, words]) => html`<button type="button" role="tab" id="${id}-${key}" aria-selected=${key === current ? 'true' : 'false'}
      aria-controls="${id}-panel" tabindex=${key === current ? 0 : -1} onClick=${() => choose(key)}>${words}</button>`)}
  </div><div class="tab-panel" role="tabpanel" id="${id}-panel" aria-labelledby="${id}-${current}" tabindex="0">${children}</div></div>`;
}

// A list of terms as a document would print it.
export function Facts({ rows }) {
  return html`<dl class="facts">${rows.filter((row) => row && row[1] !== undefined && row[1] !== null && row[1] !== '').map(([term, value]) =>
    html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

// ---- short messages

let say = () => {};
export const toast = (text) => say(text);

export function Toasts() {
  const [items, setItems] = useState([]);
  say = (text) => {
    const item = { text, key: Math.random() };
    setItems((all) => [...all.slice(-2), item]);
    setTimeout(() => setItems((all) => all.filter((i) => i !== item)), 6000);
  };
  return html`<div class="toasts" role="status" aria-live="polite">${items.map((i) => html`<div class="toast" key=${i.key}><${Icon} name="ok" />${i.text}</div>`)}</div>`;
}

const KEY_WORDS = {
  'ec-p256': 'EC P-256', 'ec-p384': 'EC P-384', ed25519: 'Ed25519',
  'rsa-2048': 'RSA 2048', 'rsa-3072': 'RSA 3072', 'rsa-4096': 'RSA 4096',
};
export const keyWord = (type) => KEY_WORDS[type] || type;
export const keyOptions = (types) => (types || Object.keys(KEY_WORDS)).map((t) => [t, keyWord(t)]);
