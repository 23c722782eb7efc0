// The scripts that finish the job on the host where a certificate belongs: the one for the shell is run on nginx.
import test from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { file, freePort, run, started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const script = (id, query) => d.call('GET', `/api/v1/certificates/${id}/script?${new URLSearchParams(query)}`);
const thumbprint = text => text.replaceAll(':', '').toLowerCase();

const shownAt = port => new Promise((done, failed) => {
  const s = tls.connect({ port, host: '127.0.0.1', servername: 'www.example.lan', rejectUnauthorized: false }, () => {
    done(thumbprint(s.getPeerCertificate().fingerprint256));
    s.end();
  });
  s.on('error', failed);
});

// Three times in a row: nginx's worker of before may still take a visitor after the reload.
async function until(what, probe) {
  for (let turn = 0, times = 0; turn < 80; turn++) {
    const seen = await probe().catch(() => undefined);
    times = seen === what ? times + 1 : 0;
    if (times === 3) return;
    await new Promise(done => setTimeout(done, 60));
  }
  assert.equal(await probe(), what);
}

async function nginx(folder) {
  const port = await freePort(), dir = join(d.dir, 'nginx');
  mkdirSync(dir, { recursive: true });
  const conf = join(dir, 'nginx.conf');
  writeFileSync(conf, `daemon off; pid ${dir}/pid; error_log ${dir}/error.log; worker_processes 1; ${process.getuid() === 0 ? 'user root;' : ''}
    events {} http { access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p; fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
    server { listen 127.0.0.1:${port} ssl; ssl_certificate ${folder}/fullchain.pem; ssl_certificate_key ${folder}/privkey.pem; return 200; } }`);
  const child = spawn('/usr/sbin/nginx', ['-p', dir, '-c', conf], { stdio: 'ignore' });
  return { port, reload: `/usr/sbin/nginx -p ${dir} -c ${conf} -s reload 2>/dev/null`, end: () => { child.kill('SIGTERM'); return new Promise(done => child.on('exit', done)); } };
}

async function keyOf(id, name) {
  const { bytes } = await d.call('POST', `/api/v1/certificates/${id}/export`, { format: 'pem', include_key: true, encrypt_key: false });
  return file(d.dir, name, tool('openssl', ['pkey'], { input: bytes.toString() }).stdout);
}

test('nginx: installed, the next handshake shows the new certificate; again nothing happens; undone, the old one is back', async () => {
  const account = userInfo().username;
  const first = await d.ok('POST', '/api/v1/certificates', { dns_names: ['www.example.lan'], valid_days: 30 });
  const folder = join(d.dir, 'site');
  const sh = (path, env, args, status = 0) => tool('env', [...Object.entries({ FOLDER: folder, ...env }).map(([k, v]) => `${k}=${v}`), 'sh', path, ...args], { status }).stdout;

  const one = file(d.dir, 'one.sh', (await script(first.id, { kind: 'posix', service: 'nginx', account })).bytes);
  const firstKey = await keyOf(first.id, 'first.key');
  sh(one, { RELOAD: 'true' }, ['install', firstKey]);
  const server = await nginx(folder);
  try {
    await until(first.thumbprint_sha256, () => shownAt(server.port));
    const second = await d.ok('POST', `/api/v1/certificates/${first.id}/renew`, {});
    const { bytes, headers } = await script(first.id, { kind: 'posix', service: 'nginx', account });
    assert.match(headers['content-disposition'], /install-www\.example\.lan\.sh/);
    assert.doesNotMatch(bytes.toString(), /PRIVATE KEY/);
    const two = file(d.dir, 'two.sh', bytes), secondKey = await keyOf(first.id, 'second.key');
    const env = { RELOAD: server.reload };
    for (const shell of ['dash', 'bash']) tool(shell, ['-n', two]);

    assert.match(tool('env', [`FOLDER=${folder}`, 'sh', two, 'install', firstKey], { status: 1 }).stderr, /not the private key of this certificate/);
    assert.match(sh(two, env, ['install', secondKey]), /^installed/);
    await until(second.thumbprint_sha256, () => shownAt(server.port));
    assert.equal(sh(two, env, ['verify', `127.0.0.1:${server.port}`]), 'this certificate\n');
    assert.equal(sh(two, env, ['install', secondKey]), 'already installed\n');
    chmodSync(join(folder, 'privkey.pem'), 0o644);
    assert.equal(sh(two, env, ['install']), 'already installed\n', 'who may read the key is set again');
    assert.equal(statSync(join(folder, 'privkey.pem')).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, 'fullchain.pem')).mode & 0o777, 0o644);

    assert.equal(sh(two, env, ['undo']), 'undone\n');
    await until(first.thumbprint_sha256, () => shownAt(server.port));
    sh(two, env, ['verify', `127.0.0.1:${server.port}`], 1);
    assert.match(sh(two, env, ['undo']), /nothing to undo/);

    assert.match(tool('env', [`FOLDER=${folder}`, 'RELOAD=false', 'sh', two, 'install', secondKey], { status: 1 }).stderr, /what was there before is back/);
    assert.equal(sh(one, env, ['verify']), 'this certificate\n');
  } finally {
    await server.end();
  }
});

test('the script for Windows holds the thumbprints, grants the named account and nothing that could end a quote', async () => {
  const made = await d.ok('POST', '/api/v1/certificates', { dns_names: ['*.win.example.lan'] });
  const { bytes, headers } = await script(made.id, { kind: 'powershell', account: 'NT SERVICE\\MyService', service: 'MyService' });
  const text = bytes.toString();
  assert.match(headers['content-disposition'], /install-wildcard\.win\.example\.lan\.ps1/);
  assert.match(text, /^#Requires -RunAsAdministrator\r\n/);
  assert.ok(text.includes(`$thumbprint = '${made.thumbprint_sha1.toUpperCase()}'\r\n`));
  assert.ok(text.includes("$account = 'NT SERVICE\\MyService'\r\n"));
  assert.ok(text.includes('icacls (Get-KeyFile) /grant "$($account):R"'), 'the account is a variable there, not a part of the words');
  assert.equal(text.split('NT SERVICE').length, 2);
  for (const word of ['-Verify', '-Undo', 'Import-PfxCertificate', 'icacls']) assert.ok(text.includes(word), word);
  const code = text.replace(/^#.*$/gm, '').replace(/'[^'\r\n]*'/g, '');
  for (const [open, close] of ['{}', '()'].map(pair => pair.split(''))) assert.equal(code.split(open).length, code.split(close).length);
  assert.doesNotMatch(text, /PRIVATE KEY|\{(name|host|slug|sha1|sha256|account|service|chain|id|until)\}/);
});

test('what does not belong into a script is refused', async () => {
  const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['x.example.lan'], common_name: 'x.example.lan' });
  for (const [query, pointer] of [[{}, '/kind'], [{ kind: 'basic' }, '/kind'], [{ kind: 'posix', account: "a'; reboot; '" }, '/account'],
    [{ kind: 'posix', service: '--help' }, '/service'], [{ kind: 'powershell', account: '$(whoami)' }, '/account']]) {
    const { status, body } = await script(id, query);
    assert.equal(status, 422, JSON.stringify(query));
    assert.equal(body.errors[0].pointer, pointer);
  }
  assert.equal((await script('00000000-0000-7000-8000-000000000000', { kind: 'posix' })).status, 404);
});

test('the account that stands with a certificate is that of its scripts, stays with the next version, and is on record', async () => {
  const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['account.example.lan'] }), at = `/api/v1/certificates/${id}`;
  const said = async (kind, more = {}) => (await script(id, { kind, ...more })).bytes.toString().match(/^\$?account ?= ?'(.*)'\r?$/m)?.[1];
  assert.equal((await d.ok('GET', at)).account, '');
  assert.equal(await said('posix'), '');
  assert.equal((await d.ok('PATCH', at, { account: 'NT SERVICE\\MSSQL$LAB' })).account, 'NT SERVICE\\MSSQL$LAB');
  assert.equal(await said('powershell'), 'NT SERVICE\\MSSQL$LAB');
  assert.equal(await said('powershell', { account: 'LAB\\web' }), 'LAB\\web');
  const odd = await script(id, { kind: 'posix' });
  assert.equal(odd.status, 422);
  assert.equal(odd.body.errors[0].pointer, '/account');
  assert.match(JSON.stringify(odd.body), /MSSQL/);
  assert.equal(await said('posix', { account: '' }), '');
  run(['cert', 'describe', id, '--account', 'www-data', '--data', d.data]);
  assert.equal(await said('posix'), 'www-data');
  assert.match(run(['cert', 'show', id, '--data', d.data]).stdout, /Account on its host +www-data/);
  await d.ok('POST', `${at}/renew`, {});
  assert.equal((await d.ok('PATCH', at, { owner: 'Lab' })).account, 'www-data', 'what is not said stays');
  assert.equal(await said('posix'), 'www-data');
  assert.ok((await d.ok('GET', `${at}/history`)).items.some(h => h.act === 'certificate.described' && JSON.stringify(h).includes('www-data')));
  for (const account of ["a'; reboot; '", '"', 'a\nb', '-R', ' x', '`id`', '\u0000', 'ünix', 'x'.repeat(129)]) {
    const { status, body } = await d.call('PATCH', at, { account });
    assert.ok([400, 422].includes(status), `${JSON.stringify(account)}: ${status}`);
    assert.equal(status === 422 ? body.errors[0].pointer : '/account', '/account');
  }
  assert.equal((await d.ok('GET', at)).account, 'www-data');
  assert.equal((await d.ok('PATCH', at, { account: null })).account, '');
});

test('the command line prints the same', async () => {
  const { id } = await d.ok('POST', '/api/v1/certificates', { dns_names: ['cli.example.lan'] });
  const out = run(['cert', 'script', id, '--service', 'caddy', '--data', d.data]).stdout;
  assert.equal(out, (await script(id, { kind: 'posix', service: 'caddy' })).bytes.toString());
});
