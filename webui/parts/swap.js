// swap - the browser's side of changing the certificate that it is talking to.
import { html, useEffect, useState } from '../lib/html.js';
import { post, Problem } from '../lib/api.js';
import { Icon } from './icon.js';

const WORDS = {
  key: 'The key belongs to the certificate', dates: 'It is valid now', use: 'It may be used by a server', chain: 'Its chain is complete and known',
  names: 'It matches the names of this server', canary: 'A trial handshake shows it', record: 'The choice is on disk', switch: 'New connections are shown it',
};
const MARKS = { ok: ['ok', 'good'], warning: ['warn', 'warn'], failed: ['bad', 'bad'], skipped: ['dot', 'quiet'], running: ['clock', 'quiet'] };
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Connections that were opened before the swap are refused with 409 and closed: asking again opens newer ones, until one counts.
export async function confirmSwap() {
  let last = null;
  for (let turn = 0; turn < 8; turn++) {
    try {
      return await post('/web-server/confirm');
    } catch (problem) {
      if (problem.slug !== 'old-connection' && !(problem.status === 0 && turn < 2))
        throw problem;
      last = problem;
    }
    await pause(100 + 150 * turn);
  }
  throw last || new Problem(409, { title: 'Not confirmed', detail: 'Every attempt came over a connection older than the swap. Load the page again.' });
}

// A fetch cannot ask the user about a certificate; a page load can. What was under way is remembered for the page that comes back.
export const carry = {
  over: (id) => {
    sessionStorage.setItem('swap', id);
    history.replaceState(null, '', '/#/web-server');
    location.reload();
  },
  is: (id) => Boolean(id) && sessionStorage.getItem('swap') === id,
  done: () => sessionStorage.removeItem('swap'),
};

// The checks one after another, as fast as the eye follows.
export function SwapSteps({ steps, instantly }) {
  const still = instantly || matchMedia('(prefers-reduced-motion: reduce)').matches;
  const [shown, setShown] = useState(still ? steps.length : 0);
  useEffect(() => {
    if (still || shown >= steps.length)
      return undefined;
    const timer = setTimeout(() => setShown(shown + 1), 90);
    return () => clearTimeout(timer);
  }, [shown, steps.length]);
  return html`<ol class="swap-steps">${steps.slice(0, Math.max(shown, still ? steps.length : 0)).map((s) => {
    const [icon, tone] = MARKS[s.result] || MARKS.skipped;
    return html`<li class=${tone}><span class="attention-mark ${tone}"><${Icon} name=${icon} size=${16} /></span><span><strong>${WORDS[s.name] || s.name}</strong><span class="unseen">: ${s.result}.</span>${s.text && html`<span class="small">${s.text}</span>`}</span></li>`;
  })}</ol>`;
}

export function Countdown({ until }) {
  const [left, setLeft] = useState(() => Math.max(0, Math.ceil((until - Date.now()) / 1000)));
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((until - Date.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [until]);
  return html`<span class="countdown" role="timer"><strong>${left}</strong> s</span>`;
}
