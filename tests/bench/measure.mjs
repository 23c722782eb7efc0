// measure - how we count: CPU of a process and all below it, medians of interleaved runs, a table of figures beside their references.
import { readFileSync, readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';

const TICK = 100;   // clock ticks a second

export function tree(pid) {
  const kids = new Map();
  for (const name of readdirSync('/proc').filter(n => /^\d+$/.test(n))) {
    try {
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
      kids.set(parent, [...(kids.get(parent) ?? []), Number(name)]);
    } catch { /* gone */ }
  }
  const all = [pid];
  for (let n = 0; n < all.length; n++) all.push(...(kids.get(all[n]) ?? []));
  return all;
}

// Seconds of CPU since each began.
export const cpu = pid => tree(pid).reduce((sum, p) => {
  try { return sum + readFileSync(`/proc/${p}/stat`, 'utf8').split(') ')[1].split(' ').slice(11, 13).reduce((a, b) => a + Number(b), 0) / TICK; } catch { return sum; }
}, 0);

// Milliseconds of CPU by the name of the thread, of the daemon alone.
export function threads(pid) {
  const out = {};
  for (const id of readdirSync(`/proc/${pid}/task`)) {
    try {
      const [head, rest] = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8').split(') ');
      const name = head.slice(head.indexOf('(') + 1);
      out[name] = (out[name] ?? 0) + rest.split(' ').slice(11, 13).reduce((sum, t) => sum + Number(t), 0) * 1000 / TICK;
    } catch { /* gone */ }
  }
  return out;
}

export const pss = pid => tree(pid).reduce((sum, p) => {
  try { return sum + Number(readFileSync(`/proc/${p}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)[1]); } catch { return sum; }
}, 0);

export const median = values => { const s = [...values].sort((a, b) => a - b); return s.length % 2 ? s[s.length >> 1] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2; };
export const percentile = (values, p) => { const s = [...values].sort((a, b) => a - b); return s[Math.min(s.length - 1, Math.floor(s.length * p))]; };

// Each way once, then again: a machine whose speed drifts does so for all.
export async function interleaved(rounds, ways) {
  const out = Object.fromEntries(Object.keys(ways).map(name => [name, []]));
  for (let round = 0; round < rounds; round++) for (const [name, run] of Object.entries(ways)) out[name].push(await run());
  return out;
}

// What one is of another in the same round, moments apart: the middle of it does not move with the speed of the machine.
export const paired = (ones, others, of) => median(ones.map((one, i) => of(one) / of(others[i])));

const rows = [];
const line = (name, text, beside, goal, verdict) => console.log(`  ${name.padEnd(54)} ${text.padStart(10)}  ${beside.padEnd(42)} ${goal.padEnd(26)} ${verdict}`.trimEnd());
export const heading = name => { console.log(''); line(name.toUpperCase(), 'measured', 'beside it', 'promised', ''); };
// ok: does the figure keep its promise? Shown, never a test.
export function figure(name, value, { unit = '', beside = '', goal = '', ok } = {}) {
  const text = typeof value !== 'number' ? value : Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
  const verdict = ok === undefined ? '' : ok ? 'kept' : 'MISSED';
  // An indented name belongs to the one above it.
  const whole = name.startsWith(' ') ? `${rows.findLast(r => !r.name.startsWith(' '))?.name} ${name.trim()}` : name;
  rows.push({ name, whole, verdict });
  line(name, `${text}${unit}`, beside, goal, verdict);
}
export const missed = () => rows.filter(r => r.verdict === 'MISSED');

export function command(program, args, { input, env } = {}) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    let out = '';
    child.stdout.on('data', d => { out += d; });
    child.stderr.on('data', d => { out += d; });
    child.on('error', failed);
    child.on('exit', code => done({ code, out }));
    child.stdin.end(input);
  });
}

// wrk: rate, p99 in ms, and what was not a 2xx. nice: clients that take what the server leaves of the machine, as if they had one of their own.
export async function wrk(url, { connections = 32, seconds = 4, threads = 1, script, headers = [], nice = 0 } = {}) {
  const { out } = await command('nice', ['-n', String(nice), 'wrk', '-t', String(threads), '-c', String(connections), '-d', `${seconds}s`, '--latency', ...(script ? ['-s', script] : []), ...headers.flatMap(h => ['-H', h]), url]);
  const unit = { us: 0.001, ms: 1, s: 1000, m: 60000 };
  const p99 = out.match(/99%\s+([\d.]+)(us|ms|s|m)/);
  const rate = out.match(/Requests\/sec:\s+([\d.]+)/);
  if (!rate) throw new Error(`wrk ${url}: ${out}`);
  return { rate: Number(rate[1]), p99: Number(p99[1]) * unit[p99[2]], bad: Number(out.match(/Non-2xx or 3xx responses: (\d+)/)?.[1] ?? 0), errors: out.match(/Socket errors: (.*)/)?.[1] ?? '' };
}
