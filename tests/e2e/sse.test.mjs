import test from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SLOW, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const issue = n => d.ok('POST', '/api/v1/certificates', { dns_names: [`live-${n}.example.lan`] });
const seq = () => Number(tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), 'SELECT max(seq) FROM journal']).stdout);

// A browser's EventSource, as far as we need one.
class Listener {
  constructor(token, lastId) {
    this.events = [];
    this.comments = 0;
    this.text = '';
    this.opened = new Promise((done, failed) => {
      this.rq = https.request({ host: '127.0.0.1', port: d.https, servername: 'localhost', path: '/api/v1/events', ca: d.ca, agent: false,
        headers: { host: `localhost:${d.https}`, authorization: `Bearer ${token}`, accept: 'text/event-stream', ...(lastId !== undefined ? { 'last-event-id': String(lastId) } : {}) } }, rs => {
        this.status = rs.statusCode;
        this.headers = rs.headers;
        rs.setEncoding('utf8');
        rs.on('data', text => this.read(text));
        rs.on('error', () => {});
        done(this);
      });
      this.rq.on('error', failed);
      this.rq.end();
    });
    this.opened.catch(() => {});
  }
  read(text) {
    this.text += text;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      const lines = this.text.slice(0, end).split('\n');
      this.text = this.text.slice(end + 2);
      const field = name => lines.find(l => l.startsWith(`${name}: `))?.slice(name.length + 2);
      if (lines.every(l => l.startsWith(':'))) this.comments++;
      else this.events.push({ id: Number(field('id')), event: field('event'), data: JSON.parse(field('data')), at: Date.now() });
    }
  }
  async until(what, ms = 5000 * SLOW) {
    for (const end = Date.now() + ms; ; await sleep(10)) {
      const found = this.events.find(what);
      if (found) return found;
      assert.ok(Date.now() < end, `it was not heard of: ${JSON.stringify(this.events.map(e => e.event))}`);
    }
  }
  close() { this.rq.destroy(); }
}
const listen = (token = d.token, lastId) => new Listener(token, lastId).opened;
const token = async (name, role) => (await d.ok('POST', '/api/v1/tokens', { name, role, expires_in_days: 1 })).token;

test('what is committed is heard of at once, with the number it has in the journal', async () => {
  const l = await listen();
  try {
    assert.equal(l.status, 200);
    assert.match(l.headers['content-type'], /^text\/event-stream/);
    assert.match(l.headers['cache-control'], /no-store/);
    const made = await issue(0);
    const answered = Date.now();
    const heard = await l.until(e => e.data.subject_id === made.id);
    assert.match(heard.event, /^certificate\./);
    assert.ok(heard.at - answered < 1000 * SLOW, `${heard.at - answered} ms after the answer`);
    const row = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), `SELECT act || ' ' || lower(hex(subject_id)) FROM journal WHERE seq = ${heard.id}`]).stdout.trim();
    assert.equal(row, `${heard.event} ${made.id.replaceAll('-', '')}`);
  } finally { l.close(); }
});

test('who comes back with Last-Event-ID misses nothing and hears nothing twice, however often the line breaks', async () => {
  const heard = [];
  const from = seq();
  let last = from, made = 0, done = false;
  const maker = (async () => { for (; made < 40; made++) await issue(made); done = true; })();
  while (!done || last < seq()) {
    const l = await listen(d.token, last);
    await sleep(20 + Math.random() * 60);
    l.close();
    heard.push(...l.events);
    assert.ok(!l.events.some(e => e.event === 'reset'));
    last = heard.at(-1)?.id ?? last;
  }
  await maker;
  assert.deepEqual(heard.map(e => e.id), Array.from({ length: seq() - from }, (_, i) => from + 1 + i));
  assert.equal(new Set(heard.filter(e => /live-/.test(JSON.stringify(e.data)) || e.event.startsWith('certificate.')).map(e => e.data.subject_id)).size, 40);
});

test('an id that the journal does not know, or one too long ago, means: load everything again', async () => {
  for (const id of [999999999, 'nonsense']) {
    const l = await listen(d.token, id);
    await l.until(e => e.event === 'reset');
    l.close();
  }
});

test('a caller has three streams; the fourth is refused until one is closed', async () => {
  const mine = await token('four', 'viewer');
  const open = [await listen(mine), await listen(mine), await listen(mine)];
  try {
    assert.deepEqual(open.map(l => l.status), [200, 200, 200]);
    const fourth = await d.call('GET', '/api/v1/events', undefined, { token: mine });
    assert.equal(fourth.status, 429);
    const other = await listen(await token('another', 'viewer'));
    assert.equal(other.status, 200);
    other.close();
    open.pop().close();
    let again;
    for (let n = 0; n < 50 && again?.status !== 200; n++) {
      again?.close();
      await sleep(20);
      again = await listen(mine);
    }
    assert.equal(again.status, 200);
    open.push(again);
  } finally { for (const l of open) l.close(); }
});

test('a viewer hears of certificates, not of tokens, users and settings', async () => {
  const mine = await token('sees little', 'viewer');
  const from = seq();
  const viewer = await listen(mine), admin = await listen();
  try {
    await token('something secret', 'viewer');
    await d.ok('PATCH', '/api/v1/settings', { 'certificates.expiring_days': 31 });
    const made = await issue('seen');
    for (const l of [viewer, admin]) await l.until(e => e.data.subject_id === made.id);
    assert.deepEqual(viewer.events.filter(e => !/^certificate\./.test(e.event)), []);
    for (const act of ['token.created', 'setting.changed']) assert.ok(admin.events.some(e => e.event === act), act);
    const later = await listen(mine, from);
    await later.until(e => e.data.subject_id === made.id);
    assert.deepEqual(later.events.filter(e => !/^certificate\./.test(e.event)), []);
    later.close();
  } finally { viewer.close(); admin.close(); }
});

test('a token that is ended hears nothing more', async () => {
  const made = await d.ok('POST', '/api/v1/tokens', { name: 'ends', role: 'viewer', expires_in_days: 1 });
  const l = await listen(made.token);
  const ended = new Promise(done => l.rq.on('close', () => done(true)));
  await d.ok('DELETE', `/api/v1/tokens/${made.id}`);
  await issue('after-the-end');
  assert.equal(await Promise.race([ended, sleep(3000 * SLOW, false)]), true, 'the stream goes on');
  assert.ok(!l.events.some(e => e.event.startsWith('certificate.')));
});

test('on a silent stream a comment every 15 seconds keeps the line open', async () => {
  const l = await listen(await token('silent', 'viewer'));
  try {
    await sleep(1000);
    const said = l.comments;
    await sleep(15_000);
    assert.equal(l.comments, said + 1);
  } finally { l.close(); }
});
