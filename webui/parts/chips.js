// chips - a list of names, typed or pasted, one chip each.
import { html, useRef, useState } from '../lib/html.js';
import { complaint, isAddress, namesIn } from '../lib/names.js';
import { Icon } from './icon.js';
import { Field } from './ui.js';

export function Names({ label, hint, names, set, problem, pointer, first }) {
  const [text, setText] = useState('');
  const input = useRef(null);

  function take(words) {
    set([...new Set([...names, ...namesIn(words)])]);
    setText('');
  }
  function onInput(e) {
    const value = e.currentTarget.value;
    if (/[\s,;]/.test(value))
      take(value);
    else
      setText(value);
  }
  function onPaste(e) {
    e.preventDefault();
    take(text + e.clipboardData.getData('text'));
  }
  function onKeyDown(e) {
    if (e.key === 'Enter' && text) {
      e.preventDefault();
      take(text);
    } else if (e.key === 'Backspace' && !text && names.length > 0) {
      set(names.slice(0, -1));
    }
  }
  function drop(name) {
    set(names.filter((n) => n !== name));
    input.current.focus();
  }

  const faults = names.map((n) => [n, complaint(n)]).filter(([, c]) => c).map(([n, c]) => `${n}: ${c}.`).join(' ');
  return html`<${Field} label=${label} hint=${hint} problem=${problem} pointer=${pointer} error=${faults}>${(ties) => html`
    <div class="chips" onClick=${(e) => e.target === e.currentTarget && input.current.focus()}>
      ${names.length > 0 && html`<ul>${names.map((name) => html`<li key=${name} class="chip ${complaint(name) ? 'faulty' : ''}">
        <span class="chip-kind">${isAddress(name) ? 'IP' : 'DNS'}</span><span>${name}</span>
        <button type="button" aria-label="Remove ${name}" onClick=${() => drop(name)}><${Icon} name="close" size=${14} /></button></li>`)}</ul>`}
      <input type="text" autocomplete="off" autocapitalize="off" spellcheck="false" ref=${input} ...${ties} value=${text} data-first=${first ? '' : undefined}
        onInput=${onInput} onPaste=${onPaste} onKeyDown=${onKeyDown} onBlur=${() => text && take(text)} placeholder=${names.length ? 'add another' : 'www.example.lan, 10.0.0.5'} />
    </div>`}<//>`;
}
