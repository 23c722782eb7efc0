// requests - what the screens of certificate requests share: states, asked beside signed, the terms an operator may edit.
import { html } from '../lib/html.js';
import { download } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { complaint, sortNames } from '../lib/names.js';
import { Names } from './chips.js';
import { Icon } from './icon.js';
import { Badge, Button, Fault, Field, Input, Note, Select } from './ui.js';

const STATES = { pending: ['clock', 'warn', 'Pending'], issued: ['ok', 'good', 'Issued'], denied: ['bad', 'bad', 'Denied'], withdrawn: ['revoked', 'quiet', 'Withdrawn'] };

export function RequestState({ of }) {
  const [icon, tone, word] = STATES[of.state];
  return html`<${Badge} tone=${tone} icon=${icon}>${of.kind === 'external' && of.state === 'issued' ? 'Completed' : word}<//>`;
}

// ---- asked beside signed

const none = (words) => html`<span class="muted">${words}</span>`;

export function Differences({ policy }) {
  const changed = policy.differences.filter((d) => !d.same && d.asked).length;
  return html`<div class="stack">
    ${policy.warnings.map((w) => html`<${Note} tone="warn" title="Note">${w.detail}<//>`)}
    <p class="hint">${changed === 0 ? 'Everything that was asked for is signed.' : `${changed} of the lines that were asked for ${changed === 1 ? 'is' : 'are'} signed differently, or not at all.`}</p>
    <div class="table-frame" tabindex="0" role="region" aria-label="Asked and signed, line by line"><table class="rows differences"><caption class="unseen">What was asked beside what is signed</caption>
      <thead><tr><th scope="col">Field</th><th scope="col">Asked</th><th scope="col">Signed</th></tr></thead>
      <tbody>${policy.differences.map((d) => html`<tr class=${!d.same && d.asked ? 'differs' : ''}><th scope="row">${d.field}</th>
        <td data-label="Asked" class="value">${d.asked || none('not asked for')}</td>
        <td data-label="Signed" class="value"><span>${d.same ? html`<${Icon} name="ok" size=${15} /><span class="unseen">the same:</span> ` : ''}${d.signed || none('not signed')}</span>
          ${!d.same && html`<span class="hint">${d.why}</span>`}</td></tr>`)}</tbody></table></div></div>`;
}

// ---- terms: { names, profile, days, issuer, label }

export const termsOf = (r, policy) => ({
  names: [...(policy || r).dns_names, ...(policy || r).ip_addresses], profile: (policy || r).profile, days: r.valid_days || '', issuer: r.issuer_id || policy?.issuer_id || '', label: r.label || '',
});

export function bodyOfTerms(t) {
  const body = { profile: t.profile, ...sortNames(t.names) };
  if (t.days)
    body.valid_days = Number(t.days);
  if (t.issuer)
    body.issuer = t.issuer;
  if (t.label)
    body.label = t.label;
  return body;
}

export function missingInTerms(t, profiles) {
  const profile = profiles.find((p) => p.slug === t.profile);
  if (t.names.length === 0)
    return 'Enter at least one name or address.';
  if (t.names.some(complaint))
    return 'Correct or remove the marked name.';
  if (t.days && (Number(t.days) < 1 || Number(t.days) > (profile?.max_days || 825)))
    return `Between 1 and ${profile?.max_days || 825} days.`;
  return '';
}

export const TERM_FIELDS = ['/dns_names', '/ip_addresses', '/common_name', '/profile', '/valid_days', '/issuer', '/label'];

export function Terms({ t, change, profiles, authorities, problem }) {
  const profile = profiles.find((p) => p.slug === t.profile);
  const issuing = authorities.filter((a) => a.state === 'active');
  return html`<div class="stack">
    <${Names} first label="DNS names and IP addresses" names=${t.names} set=${(names) => change({ names })} problem=${problem} pointer="/dns_names" hint="The names of the request; what stands here is signed." />
    <div class="pair"><${Select} label="Purpose" value=${t.profile} set=${(value) => change({ profile: value, days: '' })} options=${profiles.map((p) => [p.slug, p.label])} problem=${problem} pointer="/profile" />
      <${Field} label="Valid for, in days" optional problem=${problem} pointer="/valid_days" hint="At most ${profile?.max_days}; empty: ${profile?.default_days}.">${(ties) =>
        html`<input type="number" min="1" max=${profile?.max_days} ...${ties} value=${t.days} onInput=${(e) => change({ days: e.currentTarget.value })} />`}<//></div>
    <div class="pair"><${Select} label="Issued by" value=${t.issuer} set=${(issuer) => change({ issuer })} problem=${problem} pointer="/issuer"
        options=${[['', 'The issuing authority of this server'], ...issuing.map((a) => [a.id, `${a.name} (${a.kind})`])]} />
      <${Input} label="Friendly name" optional value=${t.label} set=${(label) => change({ label })} problem=${problem} pointer="/label" /></div>
  </div>`;
}

// ---- four files

const FORMS = [
  ['pem', 'Download certificate (PEM)', 'pem'], ['der', 'Download certificate (DER)', 'cer'],
  ['chain', 'Download certificate chain (PEM)', 'chain.pem'], ['p7b', 'Download certificate chain (P7B)', 'p7b'],
];

export function Downloads({ request }) {
  const act = useAction();
  const take = (form, ending) => act.run(() => download('GET', `/requests/${request.id}/certificate`, { query: { form }, accept: '*/*' }, `${request.common_name || 'certificate'}.${ending}`));
  return html`<div class="stack"><div class="row">${FORMS.map(([form, words, ending]) => html`<${Button} icon="download" disabled=${act.busy} onClick=${() => take(form, ending)}>${words}<//>`)}</div>
    <${Fault} of=${act.problem} /></div>`;
}
