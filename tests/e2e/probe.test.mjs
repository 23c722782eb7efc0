// The toolbox asks a server for its chain: real servers of others, right and wrong, and those that are none.
import test from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { file, freePort, run, started, tool } from './lib/daemon.mjs';
import { foreign } from './lib/foreign.mjs';

let d, f;
const ends = [];
test.before(async () => {
  d = await started();
  f = foreign(d.dir, 'probed');
  f.leaf('sub', { isCa: true });
  f.leaf('good', { by: 'sub' });
  f.leaf('over', { until: '20210601000000Z' });
  f.leaf('other', { dns: ['other.example.lan'], ip: [] });
  file(f.dir, 'whole.pem', Buffer.concat([f.read('good.pem'), f.read('sub.pem')]));
  await d.ok('PATCH', '/api/v1/settings', { 'tools.loopback': true });
});
test.after(async () => {
  for (const end of ends) await end();
  await d.end();
});

const ask = (host, more = {}, options) => d.call('POST', '/api/v1/tools/explain', { host, ...more }, options);
const roots = () => f.read('ca.pem').toString();
const rules = body => body.causes.map(c => c.rule);

async function listening(port) {
  for (let n = 0; n < 200; n++) {
    if (await new Promise(done => { const s = net.connect(port, '127.0.0.1', () => { s.destroy(); done(true); }); s.on('error', () => done(false)); })) return;
    await sleep(50);
  }
  assert.fail(`nothing listens on ${port}`);
}
function process_(program, args) {
  const child = spawn(program, args, { stdio: 'ignore' });
  ends.push(() => new Promise(done => { child.on('exit', done); child.kill('SIGTERM'); }));
}
// openssl s_client's other half
async function sserver(leaf, ...more) {
  const port = await freePort();
  process_('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-cert', f.at(`${leaf}.pem`), '-key', f.at(`${leaf}.key`), '-quiet', ...more]);
  await listening(port);
  return port;
}
async function nginx(files) {
  const dir = join(d.dir, 'nginx'), ports = [];
  mkdirSync(dir);
  for (const _ of files) ports.push(await freePort());
  writeFileSync(join(dir, 'nginx.conf'), `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1; ${process.getuid() === 0 ? 'user root;' : ''}
    events {} http { access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
    ${files.map((name, n) => `server { listen 127.0.0.1:${ports[n]} ssl; ssl_certificate ${f.at(name)}; ssl_certificate_key ${f.at('good.key')}; return 200; }`).join('\n')} }`);
  process_('/usr/sbin/nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')]);
  for (const port of ports) await listening(port);
  return ports;
}
// No TLS: says `greeting` to everybody, again and again when it is `endless`.
async function talker(greeting, endless) {
  const sockets = new Set(), server = net.createServer(s => {
    sockets.add(s);
    s.on('error', () => {}).on('close', () => sockets.delete(s));
    const say = () => { while (!s.destroyed && s.write(greeting)) if (!endless) return; };
    if (endless) s.on('drain', say);
    if (greeting) say();
  });
  await new Promise(done => server.listen(0, '127.0.0.1', done));
  ends.push(() => new Promise(done => { for (const s of sockets) s.destroy(); server.close(done); }));
  return server.address().port;
}

test('nginx with its whole chain is good; without the CA in between that is what is told, for whom, and what to do', async () => {
  const [whole, lacking] = await nginx(['whole.pem', 'good.pem']);
  const good = await ask(`localhost:${whole}`, { roots: roots() });
  assert.deepEqual([good.status, good.body.valid, good.body.causes, good.body.chain.length], [200, true, [], 3], JSON.stringify(good.body));
  assert.deepEqual([good.body.host.name, good.body.host.port, good.body.host.address, good.body.host.protocol, good.body.host.trouble], ['localhost', whole, '127.0.0.1', 'TLS1.2', null]);

  const bad = (await ask(`localhost:${lacking}`, { roots: roots() })).body;
  assert.deepEqual([bad.valid, bad.chain.length, bad.causes.map(c => [c.rule, c.in_chain])], [false, 1, [['incomplete-chain', true]]]);
  assert.match(bad.causes[0].affects, /curl, Java/);
  assert.match(bad.causes[0].remedy[0], /whole chain/);
  assert.deepEqual(rules((await ask(`127.0.0.1:${whole}`, { roots: roots() })).body), [], 'by its address');
  assert.deepEqual(rules((await ask(`127.0.0.1:${whole}`)).body), ['untrusted'], 'our roots did not sign it');
  assert.deepEqual(rules((await ask(`127.0.0.1:${whole}`, { roots: roots(), name: 'www.else.lan' })).body), ['name-mismatch']);
});

test('openssl s_server: expired, for another name, asking for a certificate itself', async () => {
  const over = (await ask(`localhost:${await sserver('over')}`, { roots: roots() })).body;
  assert.deepEqual([over.valid, rules(over)], [false, ['expired']]);
  const other = await sserver('other');
  assert.deepEqual(rules((await ask(`localhost:${other}`, { roots: roots() })).body), ['name-mismatch']);
  const named = (await ask(`localhost:${other}`, { roots: roots(), name: 'other.example.lan', text: 'SSL_ERROR_BAD_CERT_DOMAIN' })).body;
  assert.deepEqual([named.valid, named.causes.map(c => [c.rule, c.in_chain])], [true, [['name-mismatch', false]]]);
  const strict = (await ask(`localhost:${await sserver('good', '-Verify', '1', '-verify_return_error', '-tls1_2', '-chainCAfile', f.at('sub.pem'))}`, { roots: roots() })).body;
  assert.deepEqual([strict.host.protocol, rules(strict)], [null, ['client-certificate']], JSON.stringify(strict));
  assert.equal(strict.chain.length, 3, 'what it showed before it refused is told');
});

test('what speaks no TLS, says nothing or never stops is told as that, and nothing of what it said comes back', async () => {
  const record = Buffer.concat([Buffer.from([22, 3, 3, 0x40, 0]), Buffer.from([2, 0xff, 0xff, 0xff]), Buffer.alloc(0x3ffc)]);
  const [plain, silent, flood, closed] = [await talker('SSH-2.0-top-secret-banner\r\n'), await talker(''), await talker(record, true), await freePort()];
  const [a, b, c, n] = await Promise.all([ask(`localhost:${plain}`), ask(`127.0.0.1:${silent}`), ask(`127.0.0.1:${flood}`), ask(`127.0.0.1:${closed}`)]);
  for (const answer of [a, b, c]) {
    assert.deepEqual([answer.status, answer.body.valid, answer.body.chain, rules(answer.body)], [200, null, [], ['no-certificate']], JSON.stringify(answer.body));
    assert.doesNotMatch(JSON.stringify(answer.body), /top-secret/);
    assert.ok(answer.body.host.trouble);
  }
  assert.match(b.body.host.trouble, /said nothing in time/);
  assert.deepEqual([n.status, n.body.errors[0].pointer], [422, '/host']);
  assert.match(n.body.detail, /refused/i);
});

// RFC 8446, 6
test('what an alert means is told; one that nobody has a name for by its number', async () => {
  const alert = (level, number) => Buffer.from([21, 3, 3, 0, 2, level, number]);
  const rows = [[40, 'no-common-cipher'], [70, 'no-common-cipher'], [71, 'no-common-cipher'], [112, 'name-mismatch'], [116, 'client-certificate'],
    [49, 'refused-by-peer'], [80, 'refused-by-peer'], [113, 'refused-by-peer'], [200, 'refused-by-peer']];
  for (const [number, rule] of rows) {
    const told = (await ask(`127.0.0.1:${await talker(alert(2, number))}`)).body;
    assert.deepEqual([told.valid, told.chain, rules(told)], [null, [], [rule]], `alert ${number}: ${JSON.stringify(told)}`);
    assert.match(told.host.alert, number === 113 || number === 200 ? new RegExp(`^Alert ${number}`) : /^[A-Z][a-z]/);
  }
  assert.match((await ask(`127.0.0.1:${await talker(Buffer.concat([alert(1, 200), alert(2, 200)]))}`)).body.host.alert, /^Alert 200/);
});

test('it goes nowhere it has no business: loopback only when allowed, no link-local, no multicast, no port that speaks in the clear first', async () => {
  const refused = async (host, why) => {
    const { status, body } = await ask(host);
    assert.deepEqual([status, body.errors?.[0].pointer], [422, '/host'], `${host}: ${JSON.stringify(body)}`);
    assert.match(body.detail, why, host);
  };
  for (const host of ['169.254.169.254', '[fe80::1]:443', '[::ffff:169.254.169.254]:8443']) await refused(host, /link-local/);
  for (const host of ['0.0.0.0:8443', '[::]:8443', '224.0.0.1', '255.255.255.255:8443', '[ff02::1]:8443']) await refused(host, /no host/);
  await refused('mail.example.lan:25', /-starttls/);
  await refused('www.example.lan:80', /below 1024/);
  for (const host of ['*.example.lan', 'a b:443', 'x.lan:0', 'x.lan:65536', 'x.lan:https', '[::1', ':443']) assert.equal((await ask(host)).body.errors?.[0].pointer, '/host', host);
  await refused('no-such-host.invalid', /no-such-host\.invalid/);
  await d.ok('PATCH', '/api/v1/settings', { 'tools.loopback': false });
  for (const host of [`localhost:${d.https}`, `127.0.0.1:${d.https}`, `[::1]:${d.https}`, `[::ffff:127.0.0.1]:${d.https}`, `127.8.9.1:${d.https}`]) await refused(host, /loopback/);
  await d.ok('PATCH', '/api/v1/settings', { 'tools.loopback': true });
  assert.equal((await ask(`localhost:${d.https}`)).body.valid, true, 'this server is good');
  assert.equal((await d.call('POST', '/api/v1/tools/explain', { host: 'x.lan', chain: roots() })).body.errors[0].pointer, '/host');
});

test('only who may issue, and each attempt is on record before it is made', async () => {
  for (const [role, status] of [['viewer', 403], ['requester', 403], ['auditor', 403], ['operator', 200]]) {
    const { token } = await d.ok('POST', '/api/v1/tokens', { name: `asks-${role}`, role, expires_in_days: 1 });
    assert.equal((await ask(`localhost:${d.https}`, {}, { token })).status, status, role);
  }
  await d.stop();
  const { stdout } = tool('sqlite3', ['-readonly', join(d.data, 'signet.db'), "SELECT actor_name, detail FROM journal WHERE act = 'tool.probed' ORDER BY seq DESC LIMIT 1"]);
  await d.start();
  assert.equal(stdout.trim(), `asks-operator|{"host":"localhost","port":${d.https}}`);
});

test('on the command line', async () => {
  const port = await sserver('over');
  const told = run(['tool', 'explain', `localhost:${port}`, '--roots', f.at('ca.pem'), '--data', d.data]);
  assert.match(told.stdout, /^localhost port \d+ \(127\.0\.0\.1\): TLS1\.3\n[^]*is over \(expired\)[^]*1\. Renew it/);
  assert.equal(JSON.parse(run(['tool', 'explain', 'no', 'idea', '--host', `localhost:${port}`, '--json', '--data', d.data]).stdout).host.port, port);
  assert.match(run(['tool', 'explain', '169.254.169.254:443', '--data', d.data], { status: 1 }).stderr, /link-local/);
});
