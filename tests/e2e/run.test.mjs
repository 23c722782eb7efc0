// The first of the two promises, with everything installed: `make run` prints what one needs, stops, and starts again at once.
import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Daemon, file, scratch } from './lib/daemon.mjs';

// As typed at a prompt: nothing of the make that runs these tests.
const typed = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(MAKE|MFLAGS|SAN$|SIGNET$)/.test(name)));

class Make {
  constructor(d) {
    const args = d.listen.slice(2).join(' ');
    this.child = spawn('make', ['run', `DATA=${d.data}`, `ARGS=${args}`], { env: typed, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise(done => this.child.on('exit', code => done(code)));
    this.out = this.err = '';
    this.child.stderr.on('data', data => { this.err += data; });
    this.ready = new Promise((ready, failed) => {
      this.child.stdout.on('data', data => {
        this.out += data;
        if (/^READY /m.test(this.out)) ready(this);
      });
      this.ended.then(code => failed(new Error(`make run ended with ${code}: ${this.out}${this.err}`)));
    });
  }

  // Ctrl-C goes to everybody in the terminal's group.
  async interrupt() {
    process.kill(-this.child.pid, 'SIGINT');
    return this.ended;
  }
}

test('make run prints the setup link, the root once there is one, and how to stop', async () => {
  const d = await new Daemon().ports();
  try {
    const first = await new Make(d).ready;
    const link = first.out.match(/^Set up: +(https:\/\/localhost:(\d+)\/setup#token=\S+)$/m);
    assert.equal(Number(link?.[2]), d.https, first.out);
    assert.match(first.out, /^Stop: +Ctrl-C/m);
    const other = new Make(await new Daemon({ dir: d.dir }).ports());
    await assert.rejects(other.ready, /in use|another/i);
    await first.interrupt();

    const before = Date.now();
    const again = await new Make(d).ready;
    assert.ok(Date.now() - before < 10_000, 'the second start is none that builds');
    assert.ok(again.out.includes(link[1]), 'the link holds until it is used');
    await again.interrupt();
    rmSync(d.data, { recursive: true });

    await d.init();
    const third = await new Make(d).ready;
    assert.doesNotMatch(third.out, /setup#token/);
    assert.match(third.out.toLowerCase(), new RegExp(`root: +sha-256 ${d.fingerprint_sha256}`));
    await third.interrupt();
  } finally { await d.end(); }
});

test('make run says in one line which port is taken', async () => {
  const d = await (await new Daemon().init()).start();
  const other = await new Daemon().ports();
  other.https = d.https;
  try {
    const taken = new Make(other);
    await assert.rejects(taken.ready);
    const said = taken.err.split('\n').filter(line => line && !/^make(\[\d+\])?: /.test(line));
    assert.equal(said.length, 1, taken.err);
    assert.match(said[0], new RegExp(`\\b${d.https}\\b`));
  } finally { await d.end(); await other.end(); }
});

const bootstrap = (target, env = {}) => spawnSync('packaging/bootstrap', [target], { encoding: 'utf8', env: { ...process.env, ...env } });

test('with everything installed nothing is done and nothing is said', () => {
  for (const target of ['run', 'check']) {
    const { status, stdout, stderr } = bootstrap(target);
    assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: '', stderr: '' }, target);
  }
});

test('make -n run installs and builds nothing', () => {
  const { status, stdout } = spawnSync('make', ['-n', 'run'], { encoding: 'utf8', env: typed });
  assert.equal(status, 0);
  assert.match(stdout, /^packaging\/bootstrap run$/m);
  assert.match(stdout, /^exec build\/signet serve --data run\b/m);
});

// A machine on which gcc is missing, and whoever asks is not root.
function poorMachine(programs) {
  const dir = scratch(), bin = join(dir, 'bin');
  mkdirSync(bin);
  const all = { 'dpkg-query': 'for p; do :; done; [ $p = gcc ] || echo install ok installed', id: 'echo 1000', node: ':', npm: ':', ...programs };
  for (const [name, text] of Object.entries(all))
    chmodSync(file(bin, name, `#!/bin/sh\n${text.replaceAll('DIR', dir)}\n`), 0o755);
  symlinkSync('/bin/sh', join(bin, 'sh'));
  return { dir, env: { PATH: bin }, drop: () => rmSync(dir, { recursive: true }) };
}

test('without root or sudo one line says which packages to install', () => {
  const poor = poorMachine({});
  try {
    const { status, stdout, stderr } = bootstrap('run', poor.env);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^[^\n]*As root: apt-get install gcc\n$/);
  } finally { poor.drop(); }
});

test('sudo is asked once, and its no is told with the packages', () => {
  const willing = poorMachine({ sudo: 'printf "%s\\n" "$*" >> DIR/asked' });
  const unwilling = poorMachine({ sudo: 'exit 1' });
  try {
    assert.equal(bootstrap('run', willing.env).status, 0);
    const asked = readFileSync(join(willing.dir, 'asked'), 'utf8');
    assert.match(asked, /^(-n )?\S*bootstrap install gcc\n$/);
    const no = bootstrap('run', unwilling.env);
    assert.equal(no.status, 1);
    assert.match(no.stderr, /sudo.*As root: apt-get install gcc\n$/);
    assert.ok(!existsSync(join(unwilling.dir, 'asked')));
  } finally { willing.drop(); unwilling.drop(); }
});
