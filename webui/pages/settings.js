// settings - one row each, as the server's own table describes them.
import { html, useState } from '../lib/html.js';
import { get, patch } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { Badge, Busy, Button, Card, Check, Fault, Input, Page, toast } from '../parts/ui.js';

const GROUPS = { server: 'This server', session: 'Sessions', limits: 'Limits', crl: 'Revocation lists', validation: 'Validation', ca: 'Certification authority', web: 'Web server', renewal: 'Renewal' };

const asText = (value) => (Array.isArray(value) ? value.join(', ') : value === null || value === undefined ? '' : String(value));

// Back to the type in which the server showed it.
function asValue(setting, text) {
  if (setting.kind === 'number')
    return typeof setting.value === 'string' ? text : Number(text);
  if (setting.kind === 'flag')
    return typeof setting.value === 'string' ? String(text) : text === true || text === 'true';
  if (setting.kind === 'list' && Array.isArray(setting.value))
    return text.split(/[\s,]+/).filter(Boolean);
  return text;
}

function bounds(s) {
  const words = [];
  if (s.kind === 'number' && (s.min || s.max))
    words.push(`${s.min} to ${s.max}.`);
  if (asText(s.default) !== '')
    words.push(`Default: ${asText(s.default)}.`);
  return words.join(' ');
}

function Row({ s, text, set, reset, problem }) {
  const changed = asText(s.value) !== asText(s.default);
  const ties = { problem, pointer: `/${s.name.replaceAll('~', '~0').replaceAll('/', '~1')}` };
  const hint = [s.help, bounds(s)].filter(Boolean).join(' ');
  return html`<div class="setting"><div class="setting-body">${s.kind === 'flag'
    ? html`<${Check} checked=${text === true || text === 'true'} set=${set} hint=${hint}><code>${s.name}</code><//>`
    : html`<${Input} label=${html`<code>${s.name}</code>`} value=${text} set=${set} hint=${hint} ...${ties} type=${s.kind === 'number' ? 'number' : 'text'} min=${s.kind === 'number' ? s.min : undefined} max=${s.kind === 'number' ? s.max : undefined} />`}</div>
    <div class="setting-side">${changed && html`<${Badge} tone="accent" icon="dot">changed<//><${Button} quiet onClick=${reset} aria-label="Default for ${s.name}">Default<//>`}</div></div>`;
}

export function Settings() {
  const load = useLoad(() => get('/settings'), []);
  const [draft, setDraft] = useState({});
  const act = useAction();
  const items = load.value?.items || [];
  const groups = Map.groupBy ? Map.groupBy(items, (s) => s.name.split('.')[0]) : items.reduce((m, s) => m.set(s.name.split('.')[0], [...(m.get(s.name.split('.')[0]) || []), s]), new Map());
  const dirty = items.filter((s) => s.name in draft && asText(draft[s.name]) !== asText(s.value));

  const send = (change) => act.run(async () => {
    await patch('/settings', change);
    setDraft({});
    toast('Settings were saved');
    load.reload();
  });
  const save = (e) => {
    e?.preventDefault();
    send(Object.fromEntries(dirty.map((s) => [s.name, asValue(s, draft[s.name])])));
  };
  const pointers = items.map((s) => `/${s.name}`);
  return html`<${Page} title="Configuration Server" kicker="Server settings" action=${html`<${Button} primary busy=${act.busy} disabled=${dirty.length === 0} onClick=${save}>${dirty.length ? `Save ${dirty.length} ${dirty.length === 1 ? 'change' : 'changes'}` : 'Save'}<//>`}>
    <${Fault} of=${load.problem} again=${load.reload} /><${Fault} of=${act.problem} fields=${pointers} />
    ${!load.value && load.busy && html`<${Busy} />`}
    <form class="stack" onSubmit=${save} novalidate>${[...groups].map(([key, rows]) => html`<${Card} title=${GROUPS[key] || key.replace(/^./, (l) => l.toUpperCase())}>
      ${rows.map((s) => html`<${Row} key=${s.name} s=${s} text=${s.name in draft ? draft[s.name] : s.kind === 'flag' ? s.value : asText(s.value)} problem=${act.problem}
        set=${(v) => setDraft({ ...draft, [s.name]: v })} reset=${() => send({ [s.name]: null })} />`)}<//>`)}
      <button type="submit" class="unseen" tabindex="-1" aria-hidden="true" disabled=${dirty.length === 0}>Save</button></form>
  <//>`;
}
