// externalrequest - "Create a request" for another authority: names, subject, key; the key is made here and stays.
import { html } from '../lib/html.js';
import { get, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { complaint, isAddress, sortNames } from '../lib/names.js';
import { go, href } from '../lib/router.js';
import { Names } from '../parts/chips.js';
import { useSteps, useWish, WizardCard } from '../parts/steps.js';
import { Busy, Check, Choice, Facts, Fault, Input, keyOptions, keyWord, Page, Select } from '../parts/ui.js';

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
  const act = useAction();
  const wizard = useSteps(STEPS);
  const { step } = wizard;
  const [w, change, once] = useWish({ names: [], label: '', comment: '', organization: '', unit: '', locality: '', state: '', country: '', profile: 'web-server', keyType: 'rsa-2048', exportable: true }, wizard, act);
  const forward = () => {
    const lacks = missing(step, w);
    wizard.setHint(lacks);
    if (lacks)
      return;
    if (step === 'review')
      act.run(async () => go(`/requests/${(await post('/requests', bodyOf(w), { once: once.current })).id}`, { kind: 'external' }));
    else
      wizard.next();
  };
  const Step = { names: NamesStep, subject: SubjectStep, key: KeyStep, review: Review }[step];
  return html`<${Page} title="Create a request for another authority" kicker="Certificate Enrollment Requests" back=${{ href: href('/requests', { kind: 'external' }), label: 'Certificate Enrollment Requests' }}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.busy && !load.value && html`<${Busy} />`}
    ${load.value && html`<${WizardCard} of=${wizard} label="Create a request" busy=${act.busy} go=${forward} next=${step === 'review' ? 'Create request' : 'Next'}
      fault=${html`<${Fault} of=${act.problem} fields=${FIELDS[step]} />`}>
      <${Step} ...${{ w, change, problem: act.problem }} profiles=${load.value} /><//>`}
  <//>`;
}
