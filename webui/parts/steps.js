// steps - where one stands in a wizard, and the way back.
import { html } from '../lib/html.js';
import { Icon } from './icon.js';

export function Steps({ steps, current, reached, set, label }) {
  const at = steps.findIndex(([key]) => key === current);
  return html`<nav class="steps" aria-label=${label}><p class="steps-short">Step ${at + 1} of ${steps.length}: ${steps[at]?.[1]}</p><ol>${steps.map(([key, words], i) => {
    const state = i === at ? 'now' : i < reached ? 'done' : 'later';
    const mark = html`<span class="step-mark" aria-hidden="true">${state === 'done' ? html`<${Icon} name="ok" size=${14} />` : i + 1}</span><span>${words}${state === 'done' && html`<span class="unseen">, done</span>`}</span>`;
    return html`<li class=${state} aria-current=${state === 'now' ? 'step' : undefined}>${i <= reached && i !== at && set ? html`<button type="button" onClick=${() => set(key)}>${mark}</button>` : html`<span>${mark}</span>`}</li>`;
  })}</ol></nav>`;
}
