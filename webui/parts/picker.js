// picker - "Edit certificate location": the certificates of Local Machine > Personal, what they match, and why some cannot be used.
import { html, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { get, put } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { commonNameOf, isAddress } from '../lib/names.js';
import { Confirming, CONFIRM_WITHIN_SEC, overrulable, Overrule, stepsOf, SwapSteps, useConfirming } from './swap.js';
import { Icon } from './icon.js';
import { Badge, Busy, Button, Check, Dialog, Fault, Note, Submit, When } from './ui.js';

function Matches({ names, matches }) {
  return html`<ul class="matches">${names.map((name, i) => html`<li><${Badge} tone=${matches[i] ? 'good' : 'quiet'} icon=${matches[i] ? 'ok' : 'bad'}>${matches[i] ? '' : html`<span class="unseen">does not match </span>`}${name}<//></li>`)}</ul>`;
}

function Candidates({ load, chosen, set }) {
  const { names, items } = load.value;
  const box = useRef(null);
  useLayoutEffect(() => (box.current.querySelector('input:checked') || box.current.querySelector('input:not([disabled])'))?.focus(), []);
  return html`<div class="location" ref=${box}><nav class="location-tree" aria-label="Location"><ul><li><${Icon} name="server" /> Local Machine<ul><li aria-current="true"><${Icon} name="folder" /> Personal</li></ul></li></ul></nav>
    <div class="table-frame" tabindex="0" role="region" aria-label="Certificates"><table class="rows pick"><thead><tr><th><span class="unseen">Select</span></th><th scope="col">Issued To</th><th scope="col">Expiration Date</th><th scope="col">Matches</th></tr></thead>
      <tbody>${items.map((c, i) => html`<tr key=${c.certificate_id} class=${`${c.usable ? '' : 'unusable'} ${c.certificate_id === chosen ? 'chosen' : ''}`} onClick=${() => c.usable && set(c.certificate_id)}>
        <td class="narrow"><input type="radio" name="candidate" aria-labelledby="candidate-${i}" disabled=${!c.usable} checked=${c.certificate_id === chosen} onChange=${() => set(c.certificate_id)} /></td>
        <td data-label="Issued To"><span id="candidate-${i}"><strong>${c.issued_to}</strong>${c.shown && html` <${Badge} tone="accent" icon="server">shown now<//>`}</span><span class="small muted block">by ${commonNameOf(c.issued_by)}</span>
          ${c.reasons?.map((r) => html`<span class="fault"><${Icon} name="warn" size=${15} />${r}</span>`)}</td>
        <td data-label="Expiration Date"><${When} at=${c.not_after} /></td><td data-label="Matches"><${Matches} names=${names} matches=${c.matches} /></td></tr>`)}
        ${items.length === 0 && html`<tr><td colspan="4">No certificate here has a private key. <a href="#/request">Request one</a></td></tr>`}</tbody></table></div></div>`;
}

export function Picker({ select, onClose, onDone }) {
  const load = useLoad(() => get('/web-server/candidates'), []);
  const [chosen, setChosen] = useState(select || '');
  const [accept, setAccept] = useState([]);
  const [only, setOnly] = useState([]);
  const act = useAction();
  const confirming = useConfirming(onDone);
  const apply = () => act.run(async () => {
    const body = { certificate_id: chosen, confirm_within_sec: CONFIRM_WITHIN_SEC };
    if (accept.length)
      body.accept = accept;
    if (only.length)
      body.hostnames = only;
    const made = await put('/web-server', body);
    confirming.after(made, made);
  });
  const toggle = (list, set) => (word) => (on) => set(on ? [...list, word] : list.filter((w) => w !== word));

  const choosable = load.value?.items.find((c) => c.certificate_id === chosen)?.usable;
  const hostnames = (load.value?.names || []).filter((n) => !isAddress(n));
  const buttons = confirming.made ? html`<span class="spring"></span><${Button} onClick=${onClose}>Close<//>`
    : html`<${Button} onClick=${onClose}>Cancel<//><${Submit} busy=${act.busy} disabled=${!choosable}>OK<//>`;
  return html`<${Dialog} wide title="Edit certificate location" onClose=${onClose} form=${confirming.made ? onClose : apply} footer=${buttons}>
    <${Fault} of=${load.problem} again=${load.reload} />
    ${!load.value && load.busy && html`<${Busy} />`}
    ${confirming.made ? html`<${Confirming} of=${confirming} />`
      : load.value && html`<${Candidates} load=${load} chosen=${chosen} set=${(id) => { setChosen(id); setAccept([]); act.clear(); }} />
        ${hostnames.length > 1 && html`<details class="only"><summary>Show it for some names only</summary><p class="hint">Nothing ticked: it becomes the certificate for everybody who has none of their own.</p>
          ${hostnames.map((n) => html`<${Check} checked=${only.includes(n)} set=${toggle(only, setOnly)(n)}>${n}<//>`)}</details>`}
        ${stepsOf(act.problem).length > 0 && html`<${SwapSteps} steps=${stepsOf(act.problem)} instantly />`}
        <${Fault} of=${act.problem} />
        <${Overrule} words=${overrulable(act.problem)} accept=${accept} set=${setAccept} />
        ${!act.problem && html`<${Note}>Applies at once, without a restart. Open connections go on. If this browser cannot confirm it within ${CONFIRM_WITHIN_SEC} seconds, the previous certificate comes back by itself.<//>`}`}
  <//>`;
}
