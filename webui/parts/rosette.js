// rosette - the line engraving of banknotes, drawn from a thumbprint: a certificate is recognised at a glance, and a swapped one is seen.
import { html, useMemo } from '../lib/html.js';

const STEPS = 220, WEAVE = 6;

// One closed line: a circle whose radius swings with two frequencies.
function line(radius, [n, m, depth, turn]) {
  const points = [];
  for (let i = 0; i < STEPS; i++) {
    const t = (i / STEPS) * 2 * Math.PI;
    const r = radius * (1 - depth + depth * 0.62 * Math.cos(n * t + turn) + depth * 0.38 * Math.cos(m * t - turn));
    points.push(`${(50 + r * Math.cos(t)).toFixed(1)} ${(50 + r * Math.sin(t)).toFixed(1)}`);
  }
  return `M${points.join('L')}Z`;
}

// Six lines of a kind, each a little further round: where they cross, the engraving weaves.
function rosettePaths(thumbprint) {
  const bytes = (thumbprint || '').match(/../g)?.map((pair) => parseInt(pair, 16)) || [];
  const at = (i) => bytes[i % bytes.length] || 90;
  const shape = (k) => [5 + (at(k) % 7), 8 + (at(k + 1) % 11), 0.13 + (at(k + 2) % 64) / 420, (at(k + 3) / 255) * Math.PI];
  const outer = shape(0), inner = shape(4);
  const paths = [];
  for (let i = 0; i < WEAVE; i++) {
    const turn = (i * 2 * Math.PI) / WEAVE;
    paths.push(line(48, [outer[0], outer[1], outer[2], outer[3] + turn]), line(25, [inner[0], inner[1], inner[2] * 1.25, inner[3] + turn]));
  }
  return paths;
}

export function Rosette({ of, size = 44 }) {
  const paths = useMemo(() => rosettePaths(of), [of]);
  return html`<svg class="rosette" viewBox="0 0 100 100" width=${size} height=${size} aria-hidden="true" focusable="false">
    ${paths.map((d) => html`<path d=${d} />`)}
  </svg>`;
}
