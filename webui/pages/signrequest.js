// signrequest - "Sign a request": paste it, see what policy makes of it, sign it or hand it in.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { get, onceKey, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { go, href } from '../lib/router.js';
import { Drop, nothing } from '../parts/drop.js';
import { Fields } from '../parts/fields.js';
import { bodyOfTerms, Differences, missingInTerms, TERM_FIELDS, Terms, termsOf } from '../parts/requests.js';
import { Steps } from '../parts/steps.js';
import { Busy, Button, Fault, Input, keyWord, Page } from '../parts/ui.js';

const STEPS = [['request', 'Request'], ['terms', 'Terms'], ['compare', 'Asked and signed']];

function Given({ given, set, problem }) {
  return html`<${Drop} label="Certificate request, PKCS #10" value=${given} set=${set} problem=${problem} pointer="/csr" accept=".csr,.req,.p10,.pem,.der,.txt" rows=${10}
    placeholder="-----BEGIN CERTIFICATE REQUEST-----" hint="PEM or DER. Only names and key are taken from it; its signature is verified." />`;
}

function Decoded({ of }) {
  return html`<details class="json"><summary>What stands in the request</summary><${Fields} label="Fields of the request" items=${[
    { field: 'Subject', value: of.subject }, { field: 'Public key', value: keyWord(of.key_type) }, { field: 'Public key (SHA-256)', value: of.key_id_sha256 }, ...of.details]} /></details>`;
}

export function SignRequest({ session }) {
  const load = useLoad(async () => {
    const [profiles, authorities] = await Promise.all([get('/profiles'), get('/authorities')]);
    return { profiles: profiles.items, authorities: authorities.items };
  }, []);
  const [given, setGiven] = useState(nothing);
  const [looked, setLooked] = useState(null);
  const [t, setT] = useState(null);
  const [comment, setComment] = useState('');
  const [step, setStep] = useState('request');
  const [reached, setReached] = useState(0);
  const [hint, setHint] = useState('');
  const once = useRef([onceKey(), onceKey()]);
  const act = useAction();
  const head = useRef(null);
  const at = STEPS.findIndex(([s]) => s === step);
  const decides = !session.rights || session.rights.includes('issue');
  useLayoutEffect(() => {
    if (at > 0)
      head.current?.focus();
  }, [step]);

  const touched = () => {
    once.current = [onceKey(), onceKey()];
    setHint('');
    act.clear();
  };
  const show = (s) => { setHint(''); setStep(s); };
  const reach = (s) => {
    const n = STEPS.findIndex(([name]) => name === s);
    setReached((before) => Math.max(before, n));
    setStep(s);
  };
  const body = () => ({ kind: 'sign', csr: given.text, ...(t ? bodyOfTerms(t) : {}) });
  const preview = (next) => act.run(async () => {
    const answer = await post('/requests', { ...body(), preview: true });
    setLooked(answer);
    if (!t)
      setT(termsOf({ ...answer.policy, valid_days: '', label: '', issuer_id: answer.policy.issuer_id }, answer.policy));
    reach(next);
  });
  const finish = (signs) => act.run(async () => {
    const made = await post('/requests', { ...body(), ...(comment ? { comment } : {}) }, { once: once.current[0] });
    if (signs)
      await post(`/requests/${made.id}/sign`, {}, { once: once.current[1] });
    go(`/requests/${made.id}`, { kind: 'sign', state: signs ? 'issued' : 'pending' });
  });
  const forward = (e) => {
    e.preventDefault();
    const lacks = step === 'request' ? (given.text.trim() ? '' : 'Paste the request, or open its file.') : step === 'terms' ? missingInTerms(t, load.value.profiles) : '';
    setHint(lacks);
    if (lacks)
      return;
    if (step === 'compare')
      finish(decides);
    else
      preview(step === 'request' ? 'terms' : 'compare');
  };
  return html`<${Page} title="Sign a request" kicker="Certification Authority" back=${{ href: href('/requests', { kind: 'sign', state: 'pending' }), label: 'Pending Requests' }}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.busy && !load.value && html`<${Busy} />`}
    ${load.value && html`<div class="wizard"><${Steps} label="Sign a request" steps=${STEPS} current=${step} reached=${reached} set=${show} />
      <form class="card wizard-card" onSubmit=${forward} novalidate><h2 ref=${head} tabindex="-1">${STEPS[at][1]}</h2><div class="stack">
        ${step === 'request' && html`<${Given} given=${given} set=${(v) => { touched(); setT(null); setReached(0); setGiven(v); }} problem=${act.problem} />`}
        ${step === 'terms' && html`<${Terms} t=${t} change=${(part) => { touched(); setT((before) => ({ ...before, ...part })); }} ...${load.value} problem=${act.problem} />
          <${Input} label="Comment" optional value=${comment} set=${(v) => { touched(); setComment(v); }} problem=${act.problem} pointer="/comment" hint="For whoever decides, and for the record." /><${Decoded} of=${looked.decoded} />`}
        ${step === 'compare' && html`<${Differences} policy=${looked.policy} />`}</div>
        ${hint && html`<p class="fault" role="alert">${hint}</p>`}
        <${Fault} of=${act.problem} fields=${step === 'request' ? ['/csr'] : step === 'terms' ? TERM_FIELDS : []} />
        <div class="row wizard-foot">${at > 0 && html`<${Button} icon="back" onClick=${() => show(STEPS[at - 1][0])}>Back<//>`}<span class="spring"></span>
          ${step === 'compare' && decides && html`<${Button} disabled=${act.busy} onClick=${() => finish(false)}>Store as pending<//>`}
          <button type="submit" class="button primary" disabled=${act.busy}>${act.busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${step !== 'compare' ? 'Next' : decides ? 'Sign' : 'Submit'}</span></button></div></form></div>`}
  <//>`;
}
