// request - "Request New Certificate": purpose, names, key, validity, one look at all of it, the file.
import { html, useState } from '../lib/html.js';
import { get, post } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { complaint, isAddress, sortNames } from '../lib/names.js';
import { go, href } from '../lib/router.js';
import * as time from '../lib/time.js';
import { Names } from '../parts/chips.js';
import { ExportForm } from '../parts/export.js';
import { InstallCertificate } from '../parts/install.js';
import { Rosette } from '../parts/rosette.js';
import { useSteps, useWish, WizardCard } from '../parts/steps.js';
import { Busy, Button, Card, Check, Choice, Copy, Facts, Fault, Field, Input, keyOptions, keyWord, LinkButton, Note, Page, Select, Thumbprint } from '../parts/ui.js';

const STEPS = [['purpose', 'Purpose'], ['names', 'Names'], ['key', 'Key and route'], ['validity', 'Validity'], ['review', 'Review']];
const POINTERS = { names: ['/dns_names', '/ip_addresses', '/common_name'], key: ['/csr', '/key'], validity: ['/valid_days', '/issuer'], purpose: ['/profile'] };

export function bodyOf(w) {
  const body = { profile: w.profile, ...(w.names.length ? sortNames(w.names) : {}) };
  for (const list of ['dns_names', 'ip_addresses']) {
    if (body[list]?.length === 0)
      delete body[list];
  }
  if (w.days)
    body.valid_days = Number(w.days);
  if (w.issuer)
    body.issuer = w.issuer;
  if (w.label)
    body.label = w.label;
  if (w.route === 'csr')
    body.csr = w.csr;
  else
    body.key = { type: w.keyType, exportable: w.exportable };
  return body;
}

function Purpose({ w, change, profiles, problem }) {
  return html`<${Choice} legend="What is it for?" name="purpose" value=${w.profile} set=${(profile) => change({ profile, days: '' })} options=${profiles.map((p) => [p.slug, p.label, p.description])} />
    <${Fault} of=${problem} />`;
}

function NamesStep({ w, change, problem }) {
  const known = useLoad(async () => {
    const name = w.names.find((n) => !complaint(n));
    return name ? (await get('/certificates', { q: name, filter: 'status:valid', limit: 3 })).items.filter((c) => [...c.dns_names, ...c.ip_addresses].includes(name)) : [];
  }, [w.names.join()]);
  const dns = w.names.filter((n) => !isAddress(n));
  return html`<${Names} first label="DNS names and IP addresses" names=${w.names} set=${(names) => change({ names })} problem=${problem} pointer="/dns_names"
      hint="Type or paste a whole list: commas, spaces or lines between them. Addresses are recognised. Wildcards as *.example.lan." />
    ${w.names.length > 0 && html`<p class="hint">Subject (common name): <strong>${dns[0] || w.names[0]}</strong>, the first ${dns.length ? 'DNS name' : 'address'}. The names themselves stand in the Subject Alternative Name, which is what programs look at.</p>`}
    ${known.value?.length > 0 && html`<${Note} title="There is one already">${known.value.map((c) => html`<a href=${href(`/certificates/${c.id}`)}>${c.common_name}</a>`)} has a valid certificate until ${time.date(known.value[0].not_after)}. Renewing adds a version to it instead.<//>`}
    ${w.route === 'csr' && w.names.length === 0 && html`<p class="hint">With a request of your own this may stay empty: its names are taken.</p>`}
    <${Input} label="Friendly name" optional value=${w.label} set=${(label) => change({ label })} problem=${problem} pointer="/label" hint="How it is called in lists and in Windows." />`;
}

function KeyStep({ w, change, profile, problem }) {
  return html`<${Choice} legend="Where is the private key?" name="route" value=${w.route} set=${(route) => change({ route })} options=${[
      ['make', 'Create the key here', 'Made by the keeper of this server; you download it as a PFX under a password.'],
      ['csr', 'I have a request (CSR)', 'The key stays where it was made; you get the certificate.'],
    ]} />
    ${w.route === 'make' ? html`<${Select} label="Key" value=${w.keyType} set=${(keyType) => change({ keyType })} options=${keyOptions(profile?.key_types)} problem=${problem} pointer="/key" />
        <${Check} checked=${w.exportable} set=${(exportable) => change({ exportable })} hint="Needed for the PFX. It can be taken away later, never given back.">Mark this key as exportable<//>`
      : html`<${Field} label="Certificate request, PKCS #10 as PEM" problem=${problem} pointer="/csr" hint="Begins with -----BEGIN CERTIFICATE REQUEST-----. Only names and key are taken from it.">${(ties) =>
          html`<textarea rows="9" class="mono" spellcheck="false" ...${ties} value=${w.csr} onInput=${(e) => change({ csr: e.currentTarget.value })}></textarea>`}<//>
        <label class="button file">Open a file…<input type="file" class="unseen" accept=".csr,.req,.p10,.pem,.txt" onChange=${async (e) => change({ csr: await e.currentTarget.files[0]?.text() || w.csr })} /></label>`}`;
}

function ValidityStep({ w, change, profile, authorities, problem }) {
  const max = profile?.max_days || 825;
  const days = Number(w.days || profile?.default_days || 90);
  const ends = new Date(Date.now() + days * time.DAY);
  const issuing = authorities.filter((a) => a.state === 'active');
  return html`<${Field} label="Valid for" problem=${problem} pointer="/valid_days" hint="At most ${max} days for this purpose, and never beyond its issuer.">${(ties) => html`<div class="range">
      <input type="range" min="1" max=${max} value=${days} aria-label="Days, slider" onInput=${(e) => change({ days: e.currentTarget.value })} />
      <input type="number" min="1" max=${max} ...${ties} value=${days} onInput=${(e) => change({ days: e.currentTarget.value })} /><span>days</span></div>`}<//>
    <p class="hint">Until <strong>${time.date(ends)}</strong>.${days < 10 ? ' Under ten days, automatic renewal has little room.' : ''}</p>
    <${Select} label="Issued by" value=${w.issuer} set=${(issuer) => change({ issuer })} problem=${problem} pointer="/issuer" options=${[
      ['', 'The issuing authority of this server'], ...issuing.map((a) => [a.id, `${a.name} (${a.kind})`]), ['self', 'Itself: self-signed, for test environments'],
    ]} />
    ${w.issuer === 'self' && html`<${Note} tone="warn" title="Nobody vouches for it">A self-signed certificate is trusted only where it is installed itself. It is marked so in every list.<//>`}`;
}

function Review({ w, profile, problem, set }) {
  const { dns_names: dns, ip_addresses: ips } = sortNames(w.names);
  const days = Number(w.days || profile?.default_days || 90);
  const faultsAt = Object.entries(POINTERS).filter(([, pointers]) => problem?.errors?.some((e) => pointers.some((p) => e.pointer.startsWith(p))));
  return html`<p class="sentence">A certificate for <strong>${profile?.label?.toLowerCase() || w.profile}</strong> use, naming ${w.names.length
      ? html`<strong>${[...dns, ...ips].join(', ')}</strong>` : 'what the request names'}, ${w.route === 'make' ? html`with a new <strong>${keyWord(w.keyType)}</strong> key that is made here${w.exportable ? ' and may be exported' : ' and never leaves'}` : 'for the key of your request'}, valid for <strong>${days} days</strong>${w.issuer === 'self' ? ', signed by itself' : ''}.</p>
    <${Fault} of=${problem} />
    ${faultsAt.length > 0 && html`<p class="row">${faultsAt.map(([step]) => html`<${Button} onClick=${() => set(step)}>Back to ${STEPS.find(([s]) => s === step)[1]}<//>`)}</p>`}
    <details class="json"><summary>The request as the API takes it</summary><div class="lines"><pre tabindex="0">POST /api/v1/certificates\n${JSON.stringify(bodyOf(w), null, 2)}</pre><${Copy} text=${JSON.stringify(bodyOf(w), null, 2)} /></div></details>`;
}

function Result({ made }) {
  const [file, setFile] = useState('');
  return html`<${Page} title="The certificate is ready" back=${{ href: href('/certificates'), label: 'All certificates' }} action=${html`<${LinkButton} href=${href(`/certificates/${made.id}`)}>Show certificate<//>`}>
    <div class="ready"><${Rosette} of=${made.thumbprint_sha256} size=${96} /><${Facts} rows=${[
      ['Issued to', html`<strong>${made.common_name || made.subject}</strong>`],
      ['Names', [...made.dns_names, ...made.ip_addresses].join(', ')],
      ['Expiration Date', time.date(made.not_after)],
      ['Thumbprint', html`<${Thumbprint} of=${made.thumbprint_sha1} />`],
    ]} /></div>
    ${made.warnings?.map((n) => html`<${Note} tone="warn" title="Note">${n.detail}<//>`)}
    <div class="halves">
      <${Card} title="1. Download" className="half">${file ? html`<${Note} tone="good" title=${file} action=${html`<${Button} onClick=${() => setFile('')}>Another form<//>`}>It is among this browser's downloads.<//>`
        : html`<${ExportForm} certificate=${made} formId="result" onDone=${setFile} />`}<//>
      <div class="half stack"><${Card} title="2. Install"><${InstallCertificate} file=${file || `${(made.common_name || 'certificate').replace(/^\*\./, 'wildcard.')}.pfx`} thumbprint=${made.thumbprint_sha1} name=${made.dns_names[0]} /><//>
        <${Card} title="Next"><div class="row">${made.has_private_key && html`<${Button} icon="server" onClick=${() => go('/web-server', { select: made.id })}>Use it for this web server<//>`}
          <${Button} icon="plus" onClick=${() => { go('/certificates'); setTimeout(() => go('/request')); }}>Request another<//></div><//></div>
    </div><//>`;
}

// A step is left only when what it asks for is there.
function missing(step, w, profile) {
  if (step === 'names' && w.names.length === 0 && w.route !== 'csr')
    return 'Enter at least one name or address.';
  if (step === 'names' && w.names.some(complaint))
    return 'Correct or remove the marked name.';
  if (step === 'key' && w.route === 'csr' && !w.csr.includes('-----BEGIN'))
    return 'Paste the request, from BEGIN to END.';
  if (step === 'validity' && w.days && (Number(w.days) < 1 || Number(w.days) > (profile?.max_days || 825)))
    return `Between 1 and ${profile?.max_days || 825} days.`;
  return '';
}

export function Request() {
  const load = useLoad(async () => {
    const [profiles, authorities] = await Promise.all([get('/profiles'), get('/authorities')]);
    return { profiles: profiles.items, authorities: authorities.items };
  }, []);
  const [made, setMade] = useState(null);
  const act = useAction();
  const wizard = useSteps(STEPS);
  const { step } = wizard;
  const [w, change, once] = useWish({ profile: 'web-server', names: [], label: '', route: 'make', keyType: 'ec-p256', exportable: true, csr: '', days: '', issuer: '' }, wizard, act);
  if (made)
    return html`<${Result} made=${made} />`;

  const profile = load.value?.profiles.find((p) => p.slug === w.profile);
  const forward = () => {
    const lacks = missing(step, w, profile);
    wizard.setHint(lacks);
    if (lacks)
      return;
    if (step === 'review')
      act.run(async () => setMade(await post('/certificates', bodyOf(w), { once: once.current })));
    else
      wizard.next();
  };
  const Step = { purpose: Purpose, names: NamesStep, key: KeyStep, validity: ValidityStep, review: Review }[step];
  return html`<${Page} title="Request New Certificate" back=${{ href: href('/certificates'), label: 'All certificates' }}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${load.busy && !load.value && html`<${Busy} />`}
    ${load.value && html`<${WizardCard} of=${wizard} label="Request" busy=${act.busy} go=${forward} next=${step === 'review' ? 'Issue certificate' : 'Next'}>
      <${Step} ...${{ w, change, profile, problem: act.problem, set: wizard.show }} profiles=${load.value.profiles} authorities=${load.value.authorities} /><//>`}
  <//>`;
}
