// requests - Certificate Enrollment Requests, Pending Requests, Failed Requests: one list, looked at from three sides.
import { html } from '../lib/html.js';
import { useLive } from '../lib/live.js';
import { useList } from '../lib/load.js';
import { href, refine } from '../lib/router.js';
import { RequestState } from '../parts/requests.js';
import { Busy, Button, Empty, Fault, keyWord, LinkButton, Page, When } from '../parts/ui.js';

const FILTERS = { sign: [['pending', 'Pending'], ['issued', 'Issued'], ['denied', 'Denied'], ['withdrawn', 'Withdrawn'], ['', 'All']],
  external: [['pending', 'Pending'], ['issued', 'Completed'], ['withdrawn', 'Withdrawn'], ['', 'All']] };

const titleOf = (kind, state) => (kind === 'external' ? 'Certificate Enrollment Requests' : { pending: 'Pending Requests', denied: 'Failed Requests', issued: 'Issued Requests' }[state] || 'Requests');

const linkOf = (r) => href(`/requests/${r.id}`, { kind: r.kind, state: r.state });

const EMPTY = {
  external: ['No requests for other authorities', 'When a certificate has to come from another authority, the request is made here: the private key stays, and the certificate finds it when it comes back.'],
  pending: ['Nothing is waiting', 'Requests of those who may ask but not issue appear here, to be signed or denied.'],
  denied: ['No request has failed', 'Denied requests stay here, with the reason.'],
};

function Row({ r }) {
  const names = [...r.dns_names, ...r.ip_addresses];
  return html`<tr onClick=${(e) => !e.target.closest('a,button') && !getSelection().toString() && (location.hash = linkOf(r))}>
    <td data-label="Requested for"><a class="row-link" href=${linkOf(r)}>${r.label || r.common_name || names[0]}</a>
      ${names.length > 1 && html`<span class="more" title=${names.join(', ')}>+${names.length - 1} ${names.length === 2 ? 'name' : 'names'}</span>`}</td>
    <td data-label="State"><${RequestState} of=${r} /></td>
    <td data-label="Requested by">${r.requested_by}</td>
    <td data-label="Requested"><${When} at=${r.requested_at} /></td>
    <td data-label="Key"><span class="nowrap">${keyWord(r.key_type)}</span></td>
    <td data-label=${r.state === 'pending' ? 'Comment' : 'Settled'}>${r.settled ? html`<span><${When} at=${r.settled.at} /> by ${r.settled.by}${r.settled.reason && `: ${r.settled.reason}`}</span>` : r.comment}</td></tr>`;
}

export function Requests({ route }) {
  const kind = route.query.get('kind') === 'external' ? 'external' : 'sign', state = route.query.get('state') ?? '';
  const list = useList('/requests', { kind, state, limit: 100 });
  useLive(['request.'], list.reload);
  const title = titleOf(kind, state);
  const [emptyTitle, emptyText] = EMPTY[kind === 'external' ? kind : state] || ['No requests', 'What was asked for appears in this list, and stays there.'];
  const action = kind === 'external' ? html`<${LinkButton} primary icon="plus" href="#/external-request">Create a request<//>` : html`<${LinkButton} primary icon="plus" href="#/sign-request">Sign a request<//>`;
  return html`<${Page} title=${title} kicker=${kind === 'external' ? 'Certificates - Local Machine' : 'Certification Authority'} action=${action}>
    <div class="tools"><div class="filters" role="group" aria-label="State">${FILTERS[kind].map(([value, words]) => html`
      <button type="button" class="filter" aria-pressed=${value === state ? 'true' : 'false'} onClick=${() => refine('/requests', { kind, state: value })}>${words}</button>`)}</div></div>
    <${Fault} of=${list.problem} again=${list.reload} />
    ${list.items.length > 0 && html`<div class="table-frame store"><table class="rows"><caption class="unseen">${title}</caption>
      <thead><tr><th scope="col">Requested for</th><th scope="col">State</th><th scope="col">Requested by</th><th scope="col">Requested</th><th scope="col">Key</th><th scope="col">${state === 'pending' ? 'Comment' : 'Settled'}</th></tr></thead>
      <tbody>${list.items.map((r) => html`<${Row} key=${r.id} r=${r} />`)}</tbody></table></div>`}
    ${list.items.length === 0 && !list.busy && !list.problem && html`<div class="card"><${Empty} title=${emptyTitle} action=${action}>${emptyText}<//></div>`}
    <div class="list-foot">${list.busy ? html`<${Busy} label="Looking" />` : list.next && html`<${Button} onClick=${list.more}>Show more<//>`}</div>
  <//>`;
}
