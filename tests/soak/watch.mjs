// watch - what a long run is held to: the same process, its memory flat from the second thousand on, its descriptors back where they were.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { pss, tree } from '../bench/measure.mjs';

const SLACK_KB = 4096;   // what allocators and page caches still take: half a kilobyte kept by each of 8,000 is more

export const descriptors = pid => tree(pid).reduce((sum, p) => sum + readdirSync(`/proc/${p}/fd`).length, 0);

// Runs step(n) `times` times, `clients` at once. Memory is looked at after a fifth, when every cache and thread has had its turn, and at the end.
export async function soak(name, d, { times, clients = 4, step }) {
  const { pid } = d.child, begun = Date.now(), at = [];
  let next = 0, done = 0;
  const client = async () => {
    while (next < times) {
      const n = next++;
      await step(n);
      assert.equal(d.child?.exitCode, null, `${name}: the daemon ended at number ${n}`);
      done++;
      if (done === times / 5 || done === times) at.push(pss(pid));
      if (done % (times / 5) === 0) console.log(`  ${name.padEnd(14)} ${String(done).padStart(6)} of ${times}  ${(pss(pid) / 1024).toFixed(1).padStart(7)} MB  ${((Date.now() - begun) / 1000).toFixed(0).padStart(5)} s`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  assert.equal(d.child.pid, pid, `${name}: another process answers`);
  assert.equal((await d.call('GET', '/readyz', undefined, { plain: true, port: d.http, token: null })).status, 200);
  assert.ok(at[1] <= at[0] + SLACK_KB, `${name}: memory grows, from ${at[0]} kB after a fifth to ${at[1]} kB at the end`);
}

// The same numbers again for the same seed: what is found can be found again.
export function dice(seed) {
  let s = seed >>> 0 || 1;
  return most => {
    s ^= s << 13; s >>>= 0;
    s ^= s >>> 17;
    s ^= s << 5; s >>>= 0;
    return s % most;
  };
}

// As it is, cut off, with octets changed, or with a piece of it twice.
export function damaged(bytes, roll) {
  const out = Buffer.from(bytes);
  if (out.length === 0) return out;
  switch (roll(4)) {
  case 0: return out;
  case 1: return out.subarray(0, 1 + roll(out.length));
  case 2:
    for (let n = 1 + roll(4); n > 0; n--) out[roll(out.length)] = roll(256);
    return out;
  default: {
    const from = roll(out.length), len = 1 + roll(64);
    return Buffer.concat([out.subarray(0, from), out.subarray(from, from + len), out.subarray(from)]);
  }
  }
}
