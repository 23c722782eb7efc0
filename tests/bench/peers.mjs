// peers - the servers we are measured beside, from Debian, in folders of their own and with our own certificate.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../e2e/lib/daemon.mjs';

async function up(port) {
  for (let n = 0; n < 200; n++) {
    const open = await new Promise(done => { const s = connect(port, '127.0.0.1', () => { s.destroy(); done(true); }); s.on('error', () => done(false)); });
    if (open) return;
    await sleep(25);
  }
  throw new Error(`nothing listens on ${port}`);
}

function start(program, args, dir) {
  const child = spawn(program, args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir } });
  let said = '';
  child.stderr.on('data', d => { said = (said + d).slice(-4000); });
  return { child, pid: child.pid, get said() { return said; }, stop: () => new Promise(done => { child.on('exit', done); child.kill('SIGTERM'); }) };
}

// pem: chain and key in one file. root: folder of static files.
export async function nginx(dir, pem, root) {
  const port = await freePort();
  for (const d of ['logs', 'tmp']) mkdirSync(join(dir, d), { recursive: true });
  writeFileSync(join(dir, 'nginx.conf'), `daemon off; ${process.getuid() === 0 ? 'user root; ' : ''}worker_processes 2; pid ${dir}/nginx.pid; error_log stderr error;
events { worker_connections 16384; }
http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(n => `${n}_temp_path ${dir}/tmp;`).join(' ')} keepalive_requests 100000000; keepalive_timeout 300s; open_file_cache max=100;
  server { listen 127.0.0.1:${port} ssl; ssl_certificate ${pem}; ssl_certificate_key ${pem}; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_tickets off; ssl_session_cache off; root ${root}; default_type application/octet-stream; } }\n`);
  const peer = start('nginx', ['-p', dir, '-c', join(dir, 'nginx.conf')], dir);
  await up(port);
  return { ...peer, port, reload: () => process.kill(peer.pid, 'SIGHUP') };
}

export async function caddy(dir, pem, root) {
  const port = await freePort();
  writeFileSync(join(dir, 'Caddyfile'), `{\n auto_https off\n admin off\n}\nhttps://127.0.0.1:${port}, https://localhost:${port} {\n bind 127.0.0.1\n tls ${pem} ${pem}\n root * ${root}\n file_server\n}\n`);
  const peer = start('caddy', ['run', '--config', join(dir, 'Caddyfile'), '--adapter', 'caddyfile'], dir);
  await up(port);
  return { ...peer, port };
}

// A CA of its own: P-256, over TLS like ours.
export async function cfssl(dir, { caPem, caKey, pem }) {
  const port = await freePort();
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ signing: { default: { expiry: '8760h', usages: ['digital signature', 'server auth'] } } }));
  const peer = start('cfssl', ['serve', '-address', '127.0.0.1', '-port', String(port), '-ca', caPem, '-ca-key', caKey, '-config', join(dir, 'config.json'), '-tls-cert', pem, '-tls-key', pem, '-loglevel', '5'], dir);
  await up(port);
  return { ...peer, port };
}
