// requestview - one request: to be signed or denied here, or on its way to another authority and back.
import { html, useRef, useState } from '../lib/html.js';
import { ask, get, onceKey, post, save } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { href } from '../lib/router.js';
import { Drop, nothing } from '../parts/drop.js';
import { Fields, Findings } from '../parts/fields.js';
import { bodyOfTerms, Differences, Downloads, missingInTerms, RequestState, TERM_FIELDS, Terms, termsOf } from '../parts/requests.js';
import { Busy, Button, Card, Dialog, Facts, Fault, Field, keyWord, Lines, LinkButton, Note, Page, Tabs, toast, When } from '../parts/ui.js';

const may = (session, right) => !session.rights || session.rights.includes(right);
const listOf = (r) => href('/requests', { kind: r?.kind, state: r?.kind === 'sign' ? r.state : '' });
const etag = (r) => `"${r.version}"`;

// ---- to be signed here

function DenyDialog({ request, onClose, onDone }) {
  const [reason, setReason] = useState('');
  const act = useAction();
  const once = useRef(onceKey());
  const deny = () => act.run(async () => {
    await post(`/requests/${request.id}/deny`, { reason: reason.trim() }, { once: once.current, etag: etag(request) });
    onDone();
  });
  return html`<${Dialog} title="Deny this request?" onClose=${onClose} form=${deny} footer=${html`<${Button} onClick=${onClose}>Cancel<//><button type="submit" class="button danger" disabled=${act.busy || !reason.trim()}><span>Deny</span></button>`}>
    <${Field} label="Reason" problem=${act.problem} pointer="/reason" hint="Whoever asked will read it. The request stays among the failed requests.">${(ties) =>
      html`<textarea rows="3" maxlength="500" data-first ...${ties} value=${reason} onInput=${(e) => setReason(e.currentTarget.value)}></textarea>`}<//>
    <${Fault} of=${act.problem} fields=${['/reason']} /><//>`;
}

function WithdrawDialog({ request, onClose, onDone }) {
  const act = useAction();
  const withdraw = () => act.run(async () => {
    await ask('DELETE', `/requests/${request.id}`, { etag: etag(request) });
    onDone();
  });
  return html`<${Dialog} title="Withdraw this request?" onClose=${onClose} form=${withdraw} footer=${html`<${Button} onClick=${onClose}>Cancel<//><button type="submit" class="button danger" disabled=${act.busy} data-first><span>Withdraw</span></button>`}>
    <p>${request.kind === 'external' ? 'Its private key is destroyed: a certificate that comes back later can never be used here.' : 'It stays in the list as withdrawn, and can be asked for again.'}</p><${Fault} of=${act.problem} /><//>`;
}

function Decide({ request, terms, reload }) {
  const [t, setT] = useState(termsOf(request, request.policy));
  const [policy, setPolicy] = useState(request.policy);
  const [edited, setEdited] = useState(false);
  const [hint, setHint] = useState('');
  const [denying, setDenying] = useState(false);
  const once = useRef(onceKey());
  const look = useAction(), sign = useAction();
  const change = (part) => {
    once.current = onceKey();
    setEdited(true);
    setHint('');
    setT((before) => ({ ...before, ...part }));
  };
  const checked = (act, then) => {
    const lacks = missingInTerms(t, terms.profiles);
    setHint(lacks);
    if (!lacks)
      act.run(then);
  };
  const preview = () => checked(look, async () => {
    setPolicy((await post(`/requests/${request.id}/sign`, { ...bodyOfTerms(t), preview: true })).policy);
    setEdited(false);
  });
  const doSign = () => checked(sign, async () => {
    await post(`/requests/${request.id}/sign`, bodyOfTerms(t), { once: once.current, etag: etag(request) });
    toast('The certificate was issued');
    reload();
  });
  const problem = sign.problem || look.problem;
  return html`<${Card} title="Terms"><div class="stack"><${Terms} t=${t} change=${change} ...${terms} problem=${problem} />
      ${hint && html`<p class="fault" role="alert">${hint}</p>`}
      ${request.refused.map((f) => html`<${Note} tone="bad" title="Policy refuses it as it was asked for">${f.detail}<//>`)}
      <${Fault} of=${problem} fields=${TERM_FIELDS} />
      <div class="row"><${Button} icon="search" busy=${look.busy} onClick=${preview}>Show what will be signed<//><span class="spring"></span>
        <${Button} onClick=${() => setDenying(true)}>Deny…<//><${Button} primary icon="ok" busy=${sign.busy} onClick=${doSign}>Sign<//></div></div><//>
    ${policy && html`<${Card} title="Asked and signed">${edited ? html`<${Note} tone="warn" title="The terms have changed">Show what will be signed, or sign.<//>` : html`<${Differences} policy=${policy} />`}<//>`}
    ${denying && html`<${DenyDialog} request=${request} onClose=${() => setDenying(false)} onDone=${() => { setDenying(false); toast('The request was denied'); reload(); }} />`}`;
}

// ---- for another authority

// certreq reads an .inf as ANSI or UTF-16: plain ASCII is both.
function infBlob(text) {
  if (/^[\x00-\x7f]*$/.test(text))
    return new Blob([text], { type: 'text/plain' });
  const units = new Uint16Array([0xfeff, ...Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))]);
  return new Blob([units], { type: 'text/plain' });
}

function Send({ request }) {
  const [tab, setTab] = useState('csr');
  const stem = request.common_name || 'request';
  const [text, name, blob] = tab === 'csr' ? [request.csr, `${stem}.csr`, new Blob([request.csr], { type: 'application/pkcs10' })] : [request.inf, `${stem}.inf`, request.inf && infBlob(request.inf)];
  return html`<${Card} title="1. Send the request"><${Tabs} label="Form of the request" tabs=${[['csr', 'PKCS #10'], ...(request.inf ? [['inf', 'certreq .inf']] : [])]} current=${tab} set=${setTab}><div class="stack">
      ${tab === 'inf' && html`<${Note} title="Another key">By certreq -new on a Windows machine this makes a like request with a key of that machine: its certificate is completed there, with certreq -accept.<//>`}
      <${Lines} label=${tab === 'csr' ? 'Certificate request' : 'certreq .inf'}>${text}<//>
      <div class="row"><${Button} icon="download" onClick=${() => save(name, blob)}>Save ${name}<//></div></div><//><//>`;
}

const ACTIONS = { added: 'is new', joined: 'becomes the next version', known: 'is here already', 'key-added': 'gets its private key', ignored: 'is passed over' };
const STORES = { personal: 'Personal', root: 'Trusted Root Certification Authorities', intermediate: 'Intermediate Certification Authorities', untrusted: 'Untrusted Certificates', people: 'Trusted People' };

function Answer({ items }) {
  return html`<ul class="plain stack answer">${items.map((i) => html`<li class="stack"><p><strong>${i.subject || i.kind}</strong> ${ACTIONS[i.action]}${i.store && ` in ${STORES[i.store] || i.store}`}${i.request_id ? ', with its private key' : ''}.</p>
    <${Findings} items=${i.findings.filter((f) => f.rule !== 'completes-request')} /></li>`)}</ul>`;
}

function Complete({ request, reload }) {
  const [given, set] = useState(nothing);
  const [looked, setLooked] = useState(null);
  const act = useAction();
  const send = (preview) => act.run(async () => {
    const answer = await post(`/requests/${request.id}/complete`, { data: given.text, preview, ...(given.name ? { filename: given.name } : {}) }, { etag: etag(request) });
    if (preview) {
      setLooked(answer.items);
      return;
    }
    toast('The request is completed');
    reload();
  });
  const submit = (e) => {
    e.preventDefault();
    if (given.text.trim())
      send(!looked);
  };
  return html`<${Card} title="2. Complete Certificate Request"><form class="stack" onSubmit=${submit} novalidate>
    <${Drop} label="What the authority sent back" value=${given} set=${(v) => { set(v); setLooked(null); act.clear(); }} problem=${act.problem} pointer="/data" accept=".cer,.crt,.pem,.der,.p7b,.p7c" rows=${6} placeholder="-----BEGIN CERTIFICATE-----" hint="PEM, DER or P7B. The certificate is found by its public key; its issuers come along." />
    ${looked && html`<div class="stack" aria-live="polite"><${Note} tone="good" title="It belongs to this request"><//><${Answer} items=${looked} /></div>`}
    <${Fault} of=${act.problem} fields=${['/data']} />
    <div class="row end"><button type="submit" class="button primary" aria-busy=${act.busy ? 'true' : undefined} disabled=${act.busy || !given.text.trim()}><span>${looked ? 'Complete' : 'Show what is in it'}</span></button></div></form><//>`;
}

// ---- the page

function About({ r }) {
  const names = [...r.dns_names, ...r.ip_addresses];
  return html`<${Card} title="Request"><${Facts} rows=${[
    ['State', html`<${RequestState} of=${r} />`],
    ['Names', names.join(', ')],
    ['Subject asked for', r.decoded.subject],
    ['Key', keyWord(r.key_type)],
    ['Requested', html`<${When} at=${r.requested_at} /> by ${r.requested_by}`],
    ['Comment', r.comment],
    ['Settled', r.settled && html`<${When} at=${r.settled.at} /> by ${r.settled.by}`],
    ['Reason', r.settled?.reason],
  ]} /><//>`;
}

function Decoded({ r }) {
  const items = [{ field: 'Subject', value: r.decoded.subject }, { field: 'Public key', value: keyWord(r.key_type) }, { field: 'Public key (SHA-256)', value: r.key_id_sha256 },
    ...r.decoded.details.map((d) => ({ ...d, field: d.attribute ? `${d.field} (attribute)` : d.field }))];
  return html`<${Card} title="What stands in the request"><div class="stack"><${Fields} items=${items} label="Fields of the request" />
    ${r.kind === 'sign' && html`<details class="json"><summary>The request itself</summary><${Lines} label="Certificate request">${r.csr}<//></details>`}</div><//>`;
}

export function RequestView({ route, session }) {
  const id = route.parts[1];
  const load = useLoad(async () => {
    const [request, profiles, authorities] = await Promise.all([get(`/requests/${id}`), get('/profiles'), get('/authorities')]);
    return { request, terms: { profiles: profiles.items, authorities: authorities.items } };
  }, [id]);
  const [withdrawing, setWithdrawing] = useState(false);
  useLive(['request.'], (event) => event.subject_id === id && load.reload());
  const r = load.value?.request;
  const open = r?.state === 'pending', decides = may(session, 'issue');
  return html`<${Page} title=${r ? r.label || r.common_name || 'Request' : 'Request'} kicker=${r?.kind === 'external' ? 'Certificate Enrollment Requests' : 'Certification Authority'} back=${{ href: listOf(r), label: 'All requests' }}
      action=${html`${open && html`<${Button} onClick=${() => setWithdrawing(true)}>Withdraw…<//>`}
        ${r?.certificate_id && html`<${LinkButton} primary icon="certificate" href=${href(`/certificates/${r.certificate_id}`)}>Show certificate<//>`}`}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${!r && load.busy && html`<${Busy} />`}
    ${r && html`<${Note} tone=${{ issued: 'good', denied: 'bad' }[r.state] || 'quiet'} icon=${open ? 'clock' : undefined} title=${r.message}><//>
      ${r.certificate_id && html`<${Card} title="Download"><${Downloads} request=${r} /><//>`}
      ${open && r.kind === 'external' && html`<div class="halves"><${Send} request=${r} />${decides && html`<${Complete} request=${r} reload=${load.reload} />`}</div>`}
      <${About} r=${r} />
      ${open && r.kind === 'sign' && decides && html`<${Decide} key=${r.version} request=${r} terms=${load.value.terms} reload=${load.reload} />`}
      ${open && r.kind === 'sign' && !decides && r.policy && html`<${Card} title="Asked and signed"><${Differences} policy=${r.policy} /><//>`}
      <${Decoded} r=${r} />`}
    ${withdrawing && html`<${WithdrawDialog} request=${r} onClose=${() => setWithdrawing(false)} onDone=${() => { setWithdrawing(false); toast('The request was withdrawn'); load.reload(); }} />`}
  <//>`;
}
