// swap - the browser's side of changing the certificate that it is talking to.
import { html, useEffect, useState } from '../lib/html.js';
import { post, Problem } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { Icon } from './icon.js';
import { Busy, Check, Fault } from './ui.js';

export const CONFIRM_WITHIN_SEC = 60;
// What an administrator may overrule: the word that accepts it, the check that fails, and what it means.
export const ACCEPTABLE = [
  ['untrusted', 'chain', 'Use it although its chain is not known here'],
  ['name-mismatch', 'names', 'Use it although not every name matches'],
];

const WORDS = {
  key: 'The key belongs to the certificate', dates: 'It is valid now', use: 'It may be used by a server', chain: 'Its chain is complete and known',
  names: 'It matches the names of this server', canary: 'A trial handshake shows it', record: 'The choice is on disk', switch: 'New connections are shown it',
};
const MARKS = { ok: ['ok', 'good'], warning: ['warn', 'warn'], failed: ['bad', 'bad'], skipped: ['dot', 'quiet'], running: ['clock', 'quiet'] };
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Connections that were opened before the swap are refused with 409 and closed: asking again opens newer ones, until one counts.
async function confirmSwap() {
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

// A browser that does not know the new certificate is led to it by loading the page again; that page confirms. True: confirmed here.
export async function confirmOrCarry(id) {
  try {
    await confirmSwap();
  } catch (problem) {
    if (problem.status !== 0)
      throw problem;
    carry.over(id);
    return false;
  }
  carry.done();
  return true;
}

// After a change was made: confirmed when it waits for that, then done. made: what the server answered; swap: its change of what is shown, if any.
export function useConfirming(onDone) {
  const [made, setMade] = useState(null);
  const act = useAction();
  const confirm = (answer, swap) => act.run(async () => {
    if (await confirmOrCarry(swap.swap_id))
      onDone(answer);
  });
  const after = (answer, swap) => {
    if (swap?.state !== 'pending')
      return onDone(answer);
    setMade({ answer, swap });
    return confirm(answer, swap);
  };
  return { after, made: made?.answer, busy: act.busy, problem: act.problem, again: () => confirm(made.answer, made.swap) };
}

export function Confirming({ of }) {
  return html`<${SwapSteps} steps=${of.made.steps} />${of.busy && html`<${Busy} label="Confirming over a new connection" />`}<${Fault} of=${of.problem} again=${of.again} />`;
}

export const stepsOf = (problem) => problem?.document?.steps || [];

// Which refusals may be overruled, of those that were met; none where another stands in the way as well.
export function overrulable(problem, accepted = [], words = ACCEPTABLE) {
  const failed = stepsOf(problem).filter((s) => s.result === 'failed').map((s) => s.name);
  if (failed.some((name) => !words.some(([, step]) => step === name)))
    return [];
  const met = new Set([...failed, ...(problem?.errors || []).map((e) => e.rule)]);
  return words.filter(([word, step]) => met.has(step) || met.has(word) || accepted.includes(word));
}

export function Overrule({ words, accept, set }) {
  return words.map(([word, , says]) => html`<${Check} checked=${accept.includes(word)} set=${(on) => set(on ? [...accept, word] : accept.filter((w) => w !== word))}>${says}<//>`);
}

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
