// externalrequest - "Create a request" for another authority: names, subject, key; the key is made here and stays.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { get, onceKey, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { complaint, isAddress, sortNames } from '../lib/names.js';
import { go, href } from '../lib/router.js';
import { Names } from '../parts/chips.js';
import { Steps } from '../parts/steps.js';
import { Busy, Button, Check, Choice, Facts, Fault, Input, keyOptions, keyWord, Page, Select } from '../parts/ui.js';

const STEPS = [['names', 'Names'], ['subject', 'Distinguished Name Properties'], ['key', 'Key'], ['review', 'Review']];
const FIELDS = { names: ['/dns_names', '/ip_addresses', '/label'], subject: ['/subject'], key: ['/key', '/profile'], review: [] };
const PARTS = [['organization', 'Organization'], ['unit', 'Organizational unit'], ['locality', 'City/locality'], ['state', 'State/province'], ['country', 'Country/region']];

function bodyOf(w) {
  const subject = Object.fromEntries(PARTS.map(([name]) => [name, w[name].trim()]).filter(([, value]) => value));
  return { kind: 'external', profile: w.profile, ...sortNames(w.names), subject, key: { type: w.keyType, exportable: w.exportable }, ...(w.label ? { label: w.label } : {}), ...(w.comment ? { comment: w.comment } : {}) };
}

function NamesStep({ w, change, problem }) {
  const first = w.names.find((n) => !isAddress(n)) || w.names[0];
  return html`<${Names} first label="DNS names and IP addresses" names=${w.names} set=${(names) => change({ names })} problem=${problem} pointer="/dns_names" hint="Type or paste a whole list: commas, spaces or lines between them." />
    ${first && html`<p class="hint">Common name: <strong>${first}</strong>.</p>`}
    <${Input} label="Friendly name" optional value=${w.label} set=${(label) => change({ label })} problem=${problem} pointer="/label" hint="How the certificate is called here once it comes back." />`;
}

function SubjectStep({ w, change, problem }) {
  return html`<p class="hint">What the other authority wants to read of you. Many take only what they have proved themselves; leave empty what you do not know.</p>
    <div class="pair">${PARTS.slice(0, 2).map(([name, label]) => html`<${Input} label=${label} optional maxlength="64" value=${w[name]} set=${(v) => change({ [name]: v })} problem=${problem} pointer="/subject/${name}" />`)}</div>
    <div class="pair">${PARTS.slice(2, 4).map(([name, label]) => html`<${Input} label=${label} optional maxlength="128" value=${w[name]} set=${(v) => change({ [name]: v })} problem=${problem} pointer="/subject/${name}" />`)}</div>
    <${Input} label="Country/region" optional maxlength="2" value=${w.country} set=${(v) => change({ country: v.toUpperCase() })} problem=${problem} pointer="/subject/country" hint="Two letters: DE, US." />`;
}

function KeyStep({ w, change, profiles, problem }) {
  const profile = profiles.find((p) => p.slug === w.profile);
  return html`<${Choice} legend="What is it for?" name="purpose" value=${w.profile} set=${(value) => change({ profile: value })} options=${profiles.map((p) => [p.slug, p.label, p.description])} />
    <${Select} label="Key" value=${w.keyType} set=${(keyType) => change({ keyType })} options=${keyOptions(profile?.key_types)} problem=${problem} pointer="/key" />
    <${Check} checked=${w.exportable} set=${(exportable) => change({ exportable })} hint="Needed for a PFX. It can be taken away later, never given back.">Mark this key as exportable<//>`;
}

function Review({ w, profiles }) {
  return html`<p class="sentence">A new <strong>${keyWord(w.keyType)}</strong> key is made in the keeper of this server and stays there. You get the request for it, to send to your authority.</p>
    <${Facts} rows=${[['Names', w.names.join(', ')], ...PARTS.map(([name, label]) => [label, w[name]]), ['Purpose', profiles.find((p) => p.slug === w.profile)?.label], ['Private key', w.exportable ? 'may be exported' : 'never leaves'], ['Friendly name', w.label]]} />`;
}

function missing(step, w) {
  if (step === 'names' && w.names.length === 0)
    return 'Enter at least one name or address.';
  if (step === 'names' && w.names.some(complaint))
    return 'Correct or remove the marked name.';
  if (step === 'subject' && w.country && !/^[A-Z]{2}$/.test(w.country))
    return 'A country is two letters, as in DE or US.';
  return '';
}

export function ExternalRequest() {
  const load = useLoad(async () => (await get('/profiles')).items, []);
  const [w, setW] = useState({ names: [], label: '', comment: '', organization: '', unit: '', locality: '', state: '', country: '', profile: 'web-server', keyType: 'rsa-2048', exportable: true });
  const [step, setStep] = useState('names');
  const [reached, setReached] = useState(0);
  const [hint, setHint] = useState('');
  const once = useRef(onceKey());
  const act = useAction();
  const head = useRef(null);
  const at = STEPS.findIndex(([s]) => s === step);
  useLayoutEffect(() => {
    if (at > 0)
      head.current?.focus();
  }, [step]);

  const change = (part) => {
    once.current = onceKey();
    setHint('');
    act.clear();
    setW((before) => ({ ...before, ...part }));
  };
  const show = (s) => { setHint(''); setStep(s); };
  const forward = (e) => {
    e.preventDefault();
    const lacks = missing(step, w);
    setHint(lacks);
    if (lacks)
      return;
    if (step === 'review') {
      act.run(async () => go(`/requests/${(await post('/requests', bodyOf(w), { once: once.current })).id}`, { kind: 'external' }));
      return;
    }
    setReached(Math.max(reached, at + 1));
    setStep(STEPS[at + 1][0]);
  };
  const Step = { names: NamesStep, subject: SubjectStep, key: KeyStep, review: Review }[step];
  return html`<${Page} title="Create a request for another authority" kicker="Certificate Enrollment Requests" back=${{ href: href('/requests', { kind: 'external' }), label: 'Certificate Enrollment Requests' }}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.busy && !load.value && html`<${Busy} />`}
    ${load.value && html`<div class="wizard"><${Steps} label="Create a request" steps=${STEPS} current=${step} reached=${reached} set=${show} />
      <form class="card wizard-card" onSubmit=${forward} novalidate><h2 ref=${head} tabindex="-1">${STEPS[at][1]}</h2><div class="stack">
        <${Step} ...${{ w, change, problem: act.problem }} profiles=${load.value} /></div>
        ${hint && html`<p class="fault" role="alert">${hint}</p>`}
        <${Fault} of=${act.problem} fields=${FIELDS[step]} />
        <div class="row wizard-foot">${at > 0 && html`<${Button} icon="back" onClick=${() => show(STEPS[at - 1][0])}>Back<//>`}<span class="spring"></span>
          <button type="submit" class="button primary" disabled=${act.busy}>${act.busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${step === 'review' ? 'Create request' : 'Next'}</span></button></div></form></div>`}
  <//>`;
}
