// timeline - when what expires: a picture, and the same as a table.
import { html, useState } from '../lib/html.js';
import * as time from '../lib/time.js';
import { Tabs } from './ui.js';

const WIDTH = 1000, HEIGHT = 190, TOP = 26, BASE = 158;
const CRITICAL_DAYS = 7, WARN_DAYS = 30;

export const RANGES = [['90', '90 d'], ['365', '1 y'], ['all', 'All']];
const dayNumber = (iso) => Math.floor(Date.parse(`${iso}T00:00:00Z`) / time.DAY);
const dayText = (n) => time.isoDay(n * time.DAY);

// A day each, a week each or a month each: as many marks as the eye can take.
function gather(items, first, last) {
  const width = last - first <= 130 ? 1 : last - first <= 500 ? 7 : 30;
  const groups = new Map();
  for (const { day, count } of items) {
    const n = dayNumber(day);
    if (n < first || n > last || count <= 0)
      continue;
    const begin = first + Math.floor((n - first) / width) * width;
    groups.set(begin, (groups.get(begin) || 0) + count);
  }
  return [...groups].map(([begin, count]) => ({ begin, end: begin + width - 1, count })).sort((a, b) => a.begin - b.begin);
}

function months(first, last) {
  const marks = [];
  const at = new Date(first * time.DAY);
  at.setUTCDate(1);
  at.setUTCMonth(at.getUTCMonth() + 1);
  const step = last - first > 500 ? Math.ceil((last - first) / 400) * 2 : 1;
  for (; at / time.DAY <= last; at.setUTCMonth(at.getUTCMonth() + step))
    marks.push({ n: at / time.DAY, words: time.month(at), year: at.getUTCMonth() === 0 ? at.getUTCFullYear() : '' });
  return marks;
}

function tone(day, today) {
  if (day < today)
    return 'past';
  return day < today + CRITICAL_DAYS ? 'bad' : day < today + WARN_DAYS ? 'warn' : 'good';
}

const spanWords = (g) => (g.begin === g.end ? dayText(g.begin) : `${dayText(g.begin)} to ${dayText(g.end)}`);
const countWords = (n) => `${n} ${n === 1 ? 'certificate' : 'certificates'}`;

function Picture({ groups, first, last, today }) {
  const x = (n) => ((n - first) / Math.max(1, last - first)) * (WIDTH - 20) + 10;
  const most = Math.max(3, ...groups.map((g) => g.count));
  // one of a kind must stay visible beside thousands
  const tall = (count) => 12 + (Math.log1p(count) / Math.log1p(most)) * (BASE - TOP - 22);
  const wide = Math.max(5, Math.min(16, (x(first + (groups[0] ? groups[0].end - groups[0].begin + 1 : 1)) - x(first)) * 0.64));
  const total = groups.reduce((sum, g) => sum + g.count, 0);
  return html`<svg class="timeline" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Expiry timeline: ${countWords(total)} from ${dayText(first)} to ${dayText(last)}. The table has the same numbers.">
    <rect class="band bad" x=${x(today)} y=${TOP} width=${Math.max(0, x(Math.min(last, today + CRITICAL_DAYS)) - x(today))} height=${BASE - TOP} />
    <rect class="band warn" x=${x(Math.min(last, today + CRITICAL_DAYS))} y=${TOP} width=${Math.max(0, x(Math.min(last, today + WARN_DAYS)) - x(Math.min(last, today + CRITICAL_DAYS)))} height=${BASE - TOP} />
    ${months(first, last).map((m) => html`<g class="tick"><line x1=${x(m.n)} x2=${x(m.n)} y1=${TOP} y2=${BASE + 5} /><text x=${x(m.n) + 4} y=${BASE + 20}>${m.words} ${m.year}</text></g>`)}
    <line class="axis" x1="0" x2=${WIDTH} y1=${BASE} y2=${BASE} />
    ${groups.map((g) => html`<g class="mark ${tone(g.end, today)}"><title>${countWords(g.count)}, ${spanWords(g)}</title>
      <line x1=${x((g.begin + g.end) / 2)} x2=${x((g.begin + g.end) / 2)} y1=${BASE - wide / 2 - 1} y2=${BASE - tall(g.count)} stroke-width=${wide} />
      <text x=${x((g.begin + g.end) / 2)} y=${BASE - tall(g.count) - wide / 2 - 4}>${g.count}</text></g>`)}
    <g class="today"><line x1=${x(today)} x2=${x(today)} y1=${TOP - 8} y2=${BASE + 5} /><text x=${x(today) + 5} y=${TOP - 12}>today</text></g>
  </svg>`;
}

function Table({ groups }) {
  return html`<div class="table-frame short" tabindex="0" role="region" aria-label="Expiry table"><table><thead><tr><th scope="col">Expires</th><th scope="col" class="number">Certificates</th></tr></thead>
    <tbody>${groups.map((g) => html`<tr><td>${spanWords(g)}</td><td class="number">${g.count}</td></tr>`)}
    ${groups.length === 0 && html`<tr><td colspan="2">Nothing expires in this range.</td></tr>`}</tbody></table></div>`;
}

export function Timeline({ items, first, last }) {
  const [view, setView] = useState('picture');
  const today = Math.floor(Date.now() / time.DAY);
  const groups = gather(items, first, last);
  return html`<${Tabs} label="Expiry timeline as" tabs=${[['picture', 'Picture'], ['table', 'Table']]} current=${view} set=${setView}>
    ${view === 'picture' ? html`<${Picture} ...${{ groups, first, last, today }} />` : html`<${Table} groups=${groups} />`}
  <//>`;
}
