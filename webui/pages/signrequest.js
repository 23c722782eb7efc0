// signrequest - "Sign a request": paste it, see what policy makes of it, sign it or hand it in.
import { html, useRef, useState } from '../lib/html.js';
import { get, onceKey, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { go, href } from '../lib/router.js';
import { Drop, nothing } from '../parts/drop.js';
import { Fields } from '../parts/fields.js';
import { bodyOfTerms, Differences, missingInTerms, TERM_FIELDS, Terms, termsOf } from '../parts/requests.js';
import { useSteps, WizardCard } from '../parts/steps.js';
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
  const once = useRef([onceKey(), onceKey()]);
  const act = useAction();
  const wizard = useSteps(STEPS);
  const { step } = wizard;
  const decides = !session.rights || session.rights.includes('issue');

  const touched = () => {
    once.current = [onceKey(), onceKey()];
    wizard.setHint('');
    act.clear();
  };
  const body = () => ({ kind: 'sign', csr: given.text, ...(t ? bodyOfTerms(t) : {}) });
  const preview = (next) => act.run(async () => {
    const answer = await post('/requests', { ...body(), preview: true });
    setLooked(answer);
    if (!t)
      setT(termsOf({ ...answer.policy, valid_days: '', label: '', issuer_id: answer.policy.issuer_id }, answer.policy));
    wizard.reach(next);
  });
  const finish = (signs) => act.run(async () => {
    const made = await post('/requests', { ...body(), ...(comment ? { comment } : {}) }, { once: once.current[0] });
    if (signs)
      await post(`/requests/${made.id}/sign`, {}, { once: once.current[1] });
    go(`/requests/${made.id}`, { kind: 'sign', state: signs ? 'issued' : 'pending' });
  });
  const forward = () => {
    const lacks = step === 'request' ? (given.text.trim() ? '' : 'Paste the request, or open its file.') : step === 'terms' ? missingInTerms(t, load.value.profiles) : '';
    wizard.setHint(lacks);
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
    ${load.value && html`<${WizardCard} of=${wizard} label="Sign a request" busy=${act.busy} go=${forward} next=${step !== 'compare' ? 'Next' : decides ? 'Sign' : 'Submit'}
      fault=${html`<${Fault} of=${act.problem} fields=${step === 'request' ? ['/csr'] : step === 'terms' ? TERM_FIELDS : []} />`}
      also=${step === 'compare' && decides && html`<${Button} disabled=${act.busy} onClick=${() => finish(false)}>Store as pending<//>`}>
        ${step === 'request' && html`<${Given} given=${given} set=${(v) => { touched(); setT(null); wizard.setReached(0); setGiven(v); }} problem=${act.problem} />`}
        ${step === 'terms' && html`<${Terms} t=${t} change=${(part) => { touched(); setT((before) => ({ ...before, ...part })); }} ...${load.value} problem=${act.problem} />
          <${Input} label="Comment" optional value=${comment} set=${(v) => { touched(); setComment(v); }} problem=${act.problem} pointer="/comment" hint="For whoever decides, and for the record." /><${Decoded} of=${looked.decoded} />`}
        ${step === 'compare' && html`<${Differences} policy=${looked.policy} />`}<//>`}
  <//>`;
}
