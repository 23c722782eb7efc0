// daemon - a real Signet in a folder of its own: started, asked, killed, started again.
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import https from 'node:https';
import http from 'node:http';
import assert from 'node:assert/strict';

export const SIGNET = resolve(process.env.SIGNET ?? 'build/check/signet');
// What a sanitizer's build may take longer than the plain one: every time limit of a test is multiplied by it.
export const SLOW = /check-thread/.test(SIGNET) ? 8 : /check-address/.test(SIGNET) ? 3 : 1;
export const PASSWORD = 'correct horse battery staple';

export const scratch = () => mkdtempSync(join(tmpdir(), 'signet-test-'));

export async function freePort() {
  const server = createServer();
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  await new Promise(done => server.close(done));
  return port;
}

// The sanitizers' word: leaks are looked for in the unit tests, where every owner is in sight.
export const sanitizers = {
  ASAN_OPTIONS: `detect_leaks=0:${process.env.ASAN_OPTIONS ?? ''}`,
  TSAN_OPTIONS: process.env.TSAN_OPTIONS ?? '',
};

export function run(args, { input, env, status = 0, program = SIGNET } = {}) {
  const out = spawnSync(program, args, { input, encoding: 'utf8', env: { ...process.env, ...sanitizers, ...env }, timeout: 60_000 * SLOW });
  if (status !== null) assert.equal(out.status, status, `signet ${args.join(' ')}: ${out.stderr}${out.stdout}`);
  return out;
}

export class Daemon {
  constructor(options = {}) {
    this.dir = options.dir ?? scratch();
    this.data = join(this.dir, 'data');
    this.env = options.env ?? {};
    this.args = options.args ?? [];
    this.signet = options.signet ?? SIGNET;
    this.log = '';
  }

  async ports() {
    this.https ??= await freePort();
    this.http ??= await freePort();
    this.probe ??= await freePort();
    return this;
  }

  get listen() {
    return ['--data', this.data, '--https', `127.0.0.1:${this.https}`, '--http', `127.0.0.1:${this.http}`, '--probe', `127.0.0.1:${this.probe}`];
  }

  async start(env = {}) {
    await this.ports();
    this.child = spawn(this.signet, ['serve', ...this.listen, ...this.args],
      { env: { ...process.env, ...sanitizers, ...this.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.ended = new Promise(done => this.child.on('exit', (code, signal) => done({ code, signal })));
    this.said = '';
    this.child.stderr.on('data', data => { this.log += data; });
    await new Promise((ready, failed) => {
      this.child.stdout.on('data', data => {
        this.said += data;
        if (/^READY /m.test(this.said)) ready();
      });
      this.ended.then(({ code, signal }) => failed(new Error(`signet ended with ${code ?? signal} before it was ready:\n${this.log}`)));
    });
    return this;
  }

  // Everything in one go, headless; the daemon need not run.
  async init(answers = {}) {
    await this.ports();
    const wish = {
      admin: { name: 'admin', password: PASSWORD }, hostnames: ['localhost', 'ca.example.lan'], ip_addresses: ['127.0.0.1'],
      public_http_url: `http://127.0.0.1:${this.http}`, organization: 'Example', authority: { name: 'Example', key_type: 'ec-p256', years: 10 }, ...answers,
    };
    const out = run(['init', ...this.listen, '--answers', '-'], { input: JSON.stringify(wish), env: this.env, program: this.signet });
    Object.assign(this, JSON.parse(out.stdout));
    this.ca = readFileSync(this.root_certificate, 'utf8');
    return this;
  }

  // Where browsers and scripts find it.
  get origin() {
    return `https://localhost:${this.https}`;
  }

  get setupToken() {
    return readFileSync(join(this.data, 'setup-token'), 'utf8').trim();
  }

  async stop(signal = 'SIGTERM') {
    if (!this.child) return undefined;
    this.child.kill(signal);
    const ended = await this.ended;
    this.child = undefined;
    return ended;
  }

  async end() {
    await this.stop();
    assert.doesNotMatch(this.log, /AddressSanitizer|ThreadSanitizer|runtime error:/, this.log);
    if (!process.env.KEEP) rmSync(this.dir, { recursive: true, force: true });
  }

  // One exchange. Every answer of the whole suite is held to the rules that hold for every answer.
  call(method, path, body, { headers = {}, token = this.token, agent, ca = this.ca, port = this.https, host = 'localhost', raw = false, plain = false, verify = true } = {}) {
    const text = body === undefined ? undefined : typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const all = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(text !== undefined ? { 'content-type': 'application/json' } : {}), ...headers };
    if (text !== undefined) all['content-length'] = Buffer.byteLength(text);
    return new Promise((done, failed) => {
      const rq = (plain ? http : https).request({ method, path, host: '127.0.0.1', port, servername: host, headers: { host: `${host}:${port}`, ...all }, ca, agent: agent ?? false, rejectUnauthorized: verify && !!ca }, rs => {
        const parts = [], { socket } = rs;
        rs.on('data', part => parts.push(part));
        rs.on('error', failed);
        rs.on('end', () => {
          const bytes = Buffer.concat(parts);
          const answer = { status: rs.statusCode, headers: rs.headers, bytes, socket };
          try {
            answer.body = /json/.test(rs.headers['content-type'] ?? '') && bytes.length ? JSON.parse(bytes) : bytes.toString();
            holdToTheRules(path, answer);
            done(answer);
          } catch (e) { failed(e); }
        });
      });
      rq.on('error', failed);
      rq.end(text);
    });
  }

  async ok(method, path, body, options) {
    const answer = await this.call(method, path, body, options);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  cli(args, options = {}) {
    return run([...args, '--data', this.data], options);
  }
}

function holdToTheRules(path, { status, headers, body }) {
  assert.equal(headers['x-content-type-options'], 'nosniff', path);
  assert.equal(headers.server, undefined, path);
  if (path.startsWith('/api/') && status >= 400) {
    assert.match(headers['content-type'] ?? '', /^application\/problem\+json/, `${path}: ${status}`);
    assert.equal(body.status, status);
    for (const member of ['type', 'title', 'detail', 'request_id']) assert.ok(body[member], `${path}: problem without ${member}`);
  }
  if (path.startsWith('/api/')) assert.match(headers['cache-control'] ?? '', /no-store/, path);
}

export const started = async options => (await new Daemon(options).init()).start();

// openssl and friends: the programs that must agree with us.
export function tool(program, args, { input, status = 0, cwd } = {}) {
  const out = spawnSync(program, args, { input, encoding: 'utf8', cwd, timeout: 60_000, maxBuffer: 64 << 20 });
  if (status !== null) assert.equal(out.status, status, `${program} ${args.join(' ')}: ${out.stderr}${out.stdout}${out.error ?? ''}`);
  return out;
}

export function file(dir, name, content) {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

export function corpus(t) {
  const dir = process.env.CORPUS ?? resolve('../shared/corpus');
  if (existsSync(join(dir, 'INDEX.tsv'))) {
    const [head, ...rows] = readFileSync(join(dir, 'INDEX.tsv'), 'utf8').trimEnd().split('\n').map(line => line.split('\t'));
    return rows.map(row => ({ ...Object.fromEntries(head.map((name, i) => [name, row[i]])), bytes: readFileSync(join(dir, row[0])) }));
  }
  assert.ok(!process.env.CORPUS, `CORPUS=${dir} holds no corpus`);
  t.skip('no corpus beside the project: set CORPUS=DIR');
  return null;
}

// Every named point of the source that something passes: none can be forgotten by its test.
export function faultPoints(prefix) {
  const found = new Set();
  for (const folder of readdirSync('server', { withFileTypes: true }).filter(f => f.isDirectory()))
    for (const name of readdirSync(join('server', folder.name)).filter(f => f.endsWith('.c')))
      for (const [, point] of readFileSync(join('server', folder.name, name), 'utf8').matchAll(/fault_point\("([^"]+)"\)/g))
        if (point.startsWith(prefix)) found.add(point);
  return [...found].sort();
}
