// icon - strokes on a 20 by 20 field; always decoration, the word stands beside it.
import { html } from '../lib/html.js';

const PATHS = {
  dashboard: 'M3 11.5h5.5V17H3zM3 3h5.5v5.5H3zM11.5 3H17v5.5h-5.5zM11.5 11.5H17V17h-5.5z',
  certificate: 'M4 3h12v9H4zM7 6h6M7 8.5h3.5M10 11.5a2 2 0 1 0 .01 0M9 15v3l1-.6 1 .6v-3',
  folder: 'M2.5 5h5l1.5 2h8.5v9h-15z',
  authority: 'M10 2.5 16.5 5v4.5c0 4-2.7 6.7-6.5 8-3.8-1.3-6.5-4-6.5-8V5zM7.3 9.8l2 2 3.6-4',
  server: 'M3 4h14v5H3zM3 11h14v5H3zM6 6.5h.01M6 13.5h.01M10 6.5h4M10 13.5h4',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  token: 'M12.5 3.5a4 4 0 1 1-2.8 6.8L4 16v1H2.5v-2.5L8.7 8.5A4 4 0 0 1 12.5 3.5zM13.5 6.5h.01',
  ok: 'm4 10.5 4 4 8-9',
  warn: 'M10 3 18 17H2zM10 8v4.5M10 14.8h.01',
  bad: 'M5 5l10 10M15 5 5 15',
  clock: 'M10 3a7 7 0 1 0 .01 0M10 6v4.5l3 1.8',
  revoked: 'M10 3a7 7 0 1 0 .01 0M5 5l10 10',
  info: 'M10 3a7 7 0 1 0 .01 0M10 9v5M10 6.3h.01',
  plus: 'M10 4v12M4 10h12',
  search: 'M8.5 3.5a5 5 0 1 0 .01 0M12.5 12.5 17 17',
  copy: 'M7 7h9v10H7zM13 7V3H4v10h3',
  download: 'M10 3v10M6 9.5l4 4 4-4M4 17h12',
  import: 'M3 9v8h14V9M10 2.5V12M6.5 8.5l3.5 3.5 3.5-3.5',
  renew: 'M16 7a6.5 6.5 0 1 0 .5 4M16.5 3v4h-4',
  key: 'M6.5 7a3 3 0 1 0 .01 0M9.5 10H17v3M14 10v2.5',
  back: 'M16 10H4M9 5l-5 5 5 5',
  next: 'M4 10h12M11 5l5 5-5 5',
  close: 'M5 5l10 10M15 5 5 15',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  sun: 'M10 6.5a3.5 3.5 0 1 0 .01 0M10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1 1M14.7 14.7l1 1M15.7 4.3l-1 1M5.3 14.7l-1 1',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z',
  auto: 'M10 3a7 7 0 1 0 .01 0M10 3v14M10 5.5l4.5 4.5M10 9.5l3.5 3.5',
  out: 'M8 3H4v14h4M8 10h9M13.5 6.5 17 10l-3.5 3.5',
  dot: 'M10 8.5a1.5 1.5 0 1 0 .01 0',
  unlocked: 'M4 9h12v8H4zM7 9V6a3 3 0 0 1 6-.5',
  swap: 'M4 7h12M13 4l3 3-3 3M16 13H4M7 10l-3 3 3 3',
  tools: 'M3 7h14v9.5H3zM7 7V4.5h6V7M3 11h5M12 11h5M8 9.5h4v3H8z',
  help: 'M10 3a7 7 0 1 0 .01 0M8 8a2 2 0 1 1 2.6 1.9c-.5.2-.6.5-.6 1.3M10 13.7h.01',
};

export function Icon({ name, size = 18 }) {
  return html`<svg class="icon" viewBox="0 0 20 20" width=${size} height=${size} aria-hidden="true" focusable="false"><path d=${PATHS[name]} /></svg>`;
}
