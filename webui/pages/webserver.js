// webserver - the certificate that this very server shows: which, to whom, changing it, going back.
import { html, useEffect, useState } from '../lib/html.js';
import { get, post } from '../lib/api.js';
import { useLive } from '../lib/live.js';
import { useAction, useLoad } from '../lib/load.js';
import { commonNameOf } from '../lib/names.js';
import { href, refine } from '../lib/router.js';
import * as time from '../lib/time.js';
import { Picker } from '../parts/picker.js';
import { Rosette } from '../parts/rosette.js';
import { carry, confirmOrCarry, Countdown, SwapSteps } from '../parts/swap.js';
import { Badge, Busy, Button, Card, colons, Facts, Fault, Note, Page, Thumbprint, toast, When } from '../parts/ui.js';

const STATES = { temporary: ['warn', 'info', 'temporary'], kept: ['good', 'ok', 'in use'], pending: ['warn', 'clock', 'waits for confirmation'] };

function Serving({ now }) {
  const s = now.serving;
  const [tone, icon, word] = STATES[now.state] || STATES.kept;
  const name = commonNameOf(s.subject);
  return html`<${Card} className="serving"><${Rosette} of=${s.thumbprint_sha256} size=${112} />
    <div class="serving-body"><p class="kicker">Shown to every new connection</p>
      <h2>${s.certificate_id ? html`<a href=${href(`/certificates/${s.certificate_id}`)}>${name}</a>` : name} <${Badge} tone=${tone} icon=${icon}>${word}<//></h2>
      <${Facts} rows=${[
        ['Expiration Date', html`<${When} at=${s.not_after} /> <span class="small muted">${time.fromNow(s.not_after)}</span>`],
        ['Version', s.version],
        ['Thumbprint (SHA-1)', html`<${Thumbprint} of=${s.thumbprint_sha1} />`],
        ['Thumbprint (SHA-256)', html`<${Thumbprint} of=${s.thumbprint_sha256} />`],
        ['Connections', now.connections && `${now.connections.open} open${now.connections.shown_previous ? `, ${now.connections.shown_previous} of them were shown the previous certificate` : ''}`],
      ]} /></div><//>`;
}

function Pending({ now, onChange }) {
  const act = useAction();
  const confirm = () => act.run(async () => {
    if (!await confirmOrCarry(now.pending.swap_id))
      return;
    toast('The certificate is kept');
    onChange();
  });
  const back = () => act.run(async () => {
    await post('/web-server/rollback');
    carry.done();
    toast('The previous certificate is back');
    onChange();
  });
  useEffect(() => {
    if (carry.is(now.pending.swap_id))
      confirm();   // this page came over a new connection: that is all the proof there is to give
  }, [now.pending.swap_id]);
  return html`<div class="pending"><${Countdown} until=${Date.parse(now.pending.confirm_by)} /><div><strong>The new certificate waits for confirmation.</strong>
      <p>If nobody confirms over a connection that was shown it, the previous one returns by itself.</p><${Fault} of=${act.problem} /></div>
    <div class="row"><${Button} icon="back" disabled=${act.busy} onClick=${back}>Go back now<//><${Button} primary icon="ok" busy=${act.busy} onClick=${confirm}>Keep this certificate<//></div></div>`;
}

function Shown({ now }) {
  return html`<${Card} title="By name"><div class="table-frame plain"><table class="rows"><caption class="unseen">Certificates by server name</caption><thead><tr><th scope="col">Asked for</th><th scope="col">Certificate</th><th scope="col">Version</th><th scope="col">Expiration Date</th></tr></thead>
    <tbody>${now.shown.map((row) => html`<tr><td data-label="Asked for">${row.sni || html`<em>every other name</em>`}</td>
      <td data-label="Certificate"><a href=${href(`/certificates/${row.certificate_id}`)}>${row.common_name}</a></td><td data-label="Version">${row.version}</td><td data-label="Expiration Date"><${When} at=${row.not_after} /></td></tr>`)}</tbody></table></div>
    <p class="hint">This server is reached as ${now.names.map((n, i) => html`${i > 0 && ', '}<code>${n}</code>`)}.</p><//>`;
}

// What the swap was, in one sentence, while the numbers are fresh.
function Done({ made, open, onClose }) {
  return html`<div class="done-swap"><${Note} tone="good" title=${`Now serving ${colons(made.serving.thumbprint_sha1).slice(0, 8)}…`} action=${html`<${Button} quiet onClick=${onClose}>Dismiss<//>`}>
    ${commonNameOf(made.serving.subject)}. ${open === undefined ? 'Open connections were kept' : `${open} open ${open === 1 ? 'connection was' : 'connections were'} kept`}; no restart needed.
    <details><summary>What was checked</summary><${SwapSteps} steps=${made.steps} instantly /></details><//></div>`;
}

export function WebServer({ route }) {
  const load = useLoad(() => get('/web-server'), []);
  const [picking, setPicking] = useState(route.query.get('select') || '');
  const [made, setMade] = useState(null);
  const back = useAction();
  useLive(['web-server', 'certificate.renewed'], load.reload);
  const now = load.value;
  // while it waits, nobody else tells when it has gone back
  useEffect(() => {
    if (!now?.pending)
      return undefined;
    const timer = setInterval(load.reload, 5000);
    return () => clearInterval(timer);
  }, [now?.pending?.swap_id]);

  const close = () => {
    setPicking('');
    if (route.query.get('select'))
      refine('/web-server');
    load.reload();
  };
  const rollback = () => back.run(async () => {
    setMade(await post('/web-server/rollback'));
    toast('The previous certificate is back');
    load.reload();
  });
  return html`<${Page} title="Web Server" kicker="Server settings" action=${html`
      ${now?.can_rollback && !now.pending && html`<${Button} icon="back" busy=${back.busy} onClick=${rollback}>Previous certificate<//>`}
      <${Button} primary icon="swap" onClick=${() => setPicking('yes')}>Select X.509 certificate<//>`}>
    <${Fault} of=${load.problem} again=${load.reload} /><${Fault} of=${back.problem} />
    ${!now && load.busy && html`<${Busy} />`}
    ${made && html`<${Done} made=${made} open=${now?.connections?.open} onClose=${() => setMade(null)} />`}
    ${now && html`${now.pending && !picking && html`<${Pending} now=${now} onChange=${load.reload} />`}
      ${now.state === 'temporary' && html`<${Note} tone="warn" title="A makeshift certificate">It was made when the daemon started, so that this page could be shown. Select one of your own.<//>`}
      <${Serving} now=${now} />${now.shown?.length > 0 && html`<${Shown} now=${now} />`}`}
    ${picking && html`<${Picker} select=${picking === 'yes' ? '' : picking} onClose=${close} onDone=${(swap) => { setMade(swap); toast('The new certificate is in use'); close(); }} />`}
  <//>`;
}
