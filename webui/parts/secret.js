// secret - entering a password: shown on demand, measured, made by the machine if wanted.
import { html, useState } from '../lib/html.js';
import { generate, strength } from '../lib/password.js';
import { Button, Copy, Field } from './ui.js';

export function Password({ label, value, set, hint, problem, pointer, error, autocomplete = 'current-password', first }) {
  const [shown, setShown] = useState(false);
  return html`<${Field} label=${label} hint=${hint} problem=${problem} pointer=${pointer} error=${error}>${(ties) => html`<div class="with-button">
    <input type=${shown ? 'text' : 'password'} autocomplete=${autocomplete} autocapitalize="off" spellcheck="false" ...${ties} value=${value}
      data-first=${first ? '' : undefined} onInput=${(e) => set(e.currentTarget.value)} />
    <button type="button" class="inside" aria-pressed=${shown ? 'true' : 'false'} aria-label="Show ${label.toLowerCase()}" onClick=${() => setShown(!shown)}>${shown ? 'Hide' : 'Show'}</button>
  </div>`}<//>`;
}

function Meter({ of }) {
  const { score, word } = strength(of);
  return html`<div class="meter" data-score=${score}><span class="meter-bars" aria-hidden="true">${[1, 2, 3, 4].map((n) => html`<i class=${n <= score ? 'on' : ''}></i>`)}</span>
    <span role="status">Strength: ${word}</span></div>`;
}

// Twice, or generated: then there is nothing to mistype, and it is shown for copying.
export function NewPassword({ label, value, set, again, setAgain, problem, pointer, hint, withGenerator, first }) {
  const [made, setMade] = useState('');
  function make() {
    const password = generate();
    setMade(password);
    set(password);
    setAgain(password);
  }
  const differs = again && value !== again ? 'The two are not the same.' : '';
  return html`<div class="new-password">
    <div class="pair"><${Password} label=${label} value=${value} set=${set} problem=${problem} pointer=${pointer} autocomplete="new-password" first=${first} />
      <${Password} label="${label}, again" value=${again} set=${setAgain} error=${differs} autocomplete="new-password" /></div>
    <div class="row"><${Meter} of=${value} /><span class="spring"></span>${withGenerator && html`<${Button} quiet icon="key" onClick=${make}>Generate one<//>`}</div>
    ${made && made === value && html`<div class="token-value"><code>${made}</code><${Copy} text=${made} label="Copy password" /></div>`}
    ${hint && html`<p class="hint">${hint}</p>`}
  </div>`;
}
