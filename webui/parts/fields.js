// fields - what stands in a certificate, line by line with a copy button, and what a check found.
import { html } from '../lib/html.js';
import { Badge, Copy, Note } from './ui.js';

const LEVELS = { error: ['bad', 'Error'], warning: ['warn', 'Warning'], note: ['quiet', 'Note'] };

// items: { field, value, critical }
export function Fields({ items, label = 'Fields' }) {
  return html`<div class="table-frame" tabindex="0" role="region" aria-label=${label}><table class="details"><thead><tr><th scope="col">Field</th><th scope="col">Value</th><th><span class="unseen">Copy</span></th></tr></thead>
    <tbody>${items.map((i) => html`<tr><th scope="row">${i.field}${i.critical && html` <${Badge} tone="warn" icon="info">critical<//>`}</th>
      <td class="value">${String(i.value)}</td><td class="narrow"><${Copy} text=${String(i.value)} label="Copy ${i.field}" /></td></tr>`)}</tbody></table></div>`;
}

// items: { level, rule, detail }
export function Findings({ items }) {
  return items.map((f) => {
    const [tone, word] = LEVELS[f.level] || ['quiet', f.level];
    return html`<${Note} tone=${tone} title=${word}>${f.detail} <span class="small muted">${f.rule}</span><//>`;
  });
}
