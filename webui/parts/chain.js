// chain - the certification path as cards, root above, and what is wrong with each link.
import { html } from '../lib/html.js';
import { commonNameOf } from '../lib/names.js';
import { href } from '../lib/router.js';
import { Icon } from './icon.js';
import { Rosette } from './rosette.js';
import { Badge, colons, keyWord, When } from './ui.js';

const ROLES = { root: 'Root', intermediate: 'Issuing authority', leaf: 'Certificate' };

function target(item) {
  return item.certificate_id ? href(`/certificates/${item.certificate_id}`) : null;
}

function Link({ item, current }) {
  const ended = new Date(item.not_after) < Date.now();
  const faults = item.findings || [];
  const to = item.role === 'leaf' || item.certificate_id === current ? null : target(item);
  const name = commonNameOf(item.subject);
  return html`<li class="link ${item.role}"><span class="link-line" aria-hidden="true"></span><div class="link-card">
    <${Rosette} of=${item.thumbprint_sha256} size=${48} />
    <div class="link-body"><p class="kicker">${ROLES[item.role] || item.role}</p>
      <h2>${to ? html`<a href=${to}>${name}</a>` : name}</h2>
      <p class="small">${keyWord(item.key_type)}, until <${When} at=${item.not_after} /></p>
      <p class="small"><code class="wrap">${colons((item.thumbprint_sha256 || '').slice(0, 16))}…</code></p>
      ${faults.map((f) => html`<p class="fault"><${Icon} name="warn" size=${15} />${f.detail || f}</p>`)}</div>
    <${Badge} tone=${ended || faults.length ? 'bad' : 'good'} icon=${ended || faults.length ? 'warn' : 'ok'}>${ended ? 'Expired' : faults.length ? 'Not good' : 'OK'}<//>
  </div></li>`;
}

// items: leaf first, root last, as the server sends them.
export function Chain({ items, complete, current }) {
  const down = [...items].reverse();
  return html`<ol class="chain" aria-label="Certification path, root first">
    ${!complete && html`<li class="link missing"><span class="link-line" aria-hidden="true"></span><div class="link-card"><span class="empty-mark"><${Icon} name="help" /></span>
      <div class="link-body"><h2>The issuer is not here</h2><p class="small">${down[0]?.issuer}: programs that do not have it will not trust what is below. <a href="#/import">Import its certificate…</a></p></div></div></li>`}
    ${down.map((item) => html`<${Link} item=${item} current=${current} />`)}
  </ol>`;
}
