// steps - where one stands in a wizard, the card of the step, the way on and back.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { onceKey } from '../lib/api.js';
import { Icon } from './icon.js';
import { Button, Submit } from './ui.js';

export function Steps({ steps, current, reached, set, label }) {
  const at = steps.findIndex(([key]) => key === current);
  return html`<nav class="steps" aria-label=${label}><p class="steps-short">Step ${at + 1} of ${steps.length}: ${steps[at]?.[1]}</p><ol>${steps.map(([key, words], i) => {
    const state = i === at ? 'now' : i < reached ? 'done' : 'later';
    const mark = html`<span class="step-mark" aria-hidden="true">${state === 'done' ? html`<${Icon} name="ok" size=${14} />` : i + 1}</span><span>${words}${state === 'done' && html`<span class="unseen">, done</span>`}</span>`;
    return html`<li class=${state} aria-current=${state === 'now' ? 'step' : undefined}>${i <= reached && i !== at && set ? html`<button type="button" onClick=${() => set(key)}>${mark}</button>` : html`<span>${mark}</span>`}</li>`;
  })}</ol></nav>`;
}

// steps: [key, title]. The title takes the focus when the step changes; hint: what is still missing.
export function useSteps(steps) {
  const [step, setStep] = useState(steps[0][0]);
  const [reached, setReached] = useState(0);
  const [hint, setHint] = useState('');
  const head = useRef(null), started = useRef(false);
  const placeOf = (key) => steps.findIndex(([s]) => s === key);
  useLayoutEffect(() => {
    if (started.current)
      head.current?.focus();
    started.current = true;
  }, [step]);
  const show = (key) => { setHint(''); setStep(key); };
  const reach = (key) => { setReached((before) => Math.max(before, placeOf(key))); show(key); };
  return { steps, step, at: placeOf(step), reached, hint, head, setHint, setReached, show, reach, next: () => reach(steps[placeOf(step) + 1][0]) };
}

// What is asked for, in parts; once: the Idempotency-Key, another one after each change.
export function useWish(first, wizard, act) {
  const [wish, setWish] = useState(first);
  const once = useRef(onceKey());
  const change = (part) => {
    once.current = onceKey();
    wizard.setHint('');
    act.clear();
    setWish((before) => ({ ...before, ...part }));
  };
  return [wish, change, once];
}

// of: what useSteps gave; show: another way to a step that was reached; fault: what the server said; also: a button beside the one that goes on.
export function WizardCard({ of, label, wide, busy, show, go, next, fault, also, children }) {
  const to = show || of.show;
  return html`<div class="wizard ${wide ? 'wide' : ''}"><${Steps} label=${label} steps=${of.steps} current=${of.step} reached=${of.reached} set=${to} />
    <form class="card wizard-card" onSubmit=${(e) => { e.preventDefault(); go(); }} novalidate><h2 ref=${of.head} tabindex="-1">${of.steps[of.at][1]}</h2><div class="stack">${children}</div>
      ${of.hint && html`<p class="fault" role="alert">${of.hint}</p>`}${fault}
      <div class="row wizard-foot">${of.at > 0 && html`<${Button} icon="back" disabled=${busy} onClick=${() => to(of.steps[of.at - 1][0])}>Back<//>`}<span class="spring"></span>
        ${also}<${Submit} busy=${busy}>${next}<//></div></form></div>`;
}
