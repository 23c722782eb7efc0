// firefox - Debian's Firefox ESR, headless, led by Marionette: one address is loaded, and its title or what Firefox says against it comes back.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './daemon.mjs';

// Messages are JSON arrays behind their length: [type, id, error, result].
class Marionette {
  static async reach(port, isOver) {
    for (;;) {
      const self = new Marionette();
      self.socket = connect(port, '127.0.0.1');
      self.text = Buffer.alloc(0);
      self.waiting = [];
      self.socket.on('data', data => self.heard(data));
      self.socket.on('error', () => {});
      const hello = await new Promise(done => { self.waiting.push(done); self.socket.on('close', () => done(null)); });
      if (hello) return self;
      if (isOver()) return null;
      await new Promise(done => setTimeout(done, 200));
    }
  }

  heard(data) {
    this.text = Buffer.concat([this.text, data]);
    for (;;) {
      const colon = this.text.indexOf(':'), len = Number(this.text.subarray(0, colon));
      if (colon < 0 || this.text.length < colon + 1 + len) return;
      const message = JSON.parse(this.text.subarray(colon + 1, colon + 1 + len));
      this.text = this.text.subarray(colon + 1 + len);
      this.waiting.shift()?.(message);
    }
  }

  async ask(name, parameters = {}) {
    const text = JSON.stringify([0, 1, name, parameters]);
    const answer = new Promise((done, failed) => { this.waiting.push(done); this.socket.on('close', () => failed(new Error(`Firefox went during ${name}`))); });
    this.socket.write(`${Buffer.byteLength(text)}:${text}`);
    const [, , error, result] = await answer;
    if (error) throw Object.assign(new Error(error.message), { word: error.error });
    return result;
  }
}

// around(program, args): the command line that starts it, in a mount namespace or not. Resolves to { title } or { refused: "insecure certificate" }.
export async function look(url, { home, around = (program, args) => [program, args] }) {
  const profile = join(home, 'profile'), port = await freePort();
  mkdirSync(profile, { recursive: true });
  writeFileSync(join(profile, 'user.js'), Object.entries({
    'marionette.port': port, 'browser.shell.checkDefaultBrowser': false, 'datareporting.policy.dataSubmissionEnabled': false, 'app.update.enabled': false,
    'toolkit.telemetry.enabled': false, 'network.captive-portal-service.enabled': false, 'network.connectivity-service.enabled': false, 'browser.safebrowsing.update.enabled': false,
  }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(''));
  const [program, args] = around(process.env.FIREFOX ?? 'firefox-esr', ['--headless', '--no-remote', '--marionette', '--profile', profile, 'about:blank']);
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, MOZ_CRASHREPORTER_DISABLE: '1' } });
  let said = '', isOver = false;
  child.stderr.on('data', data => { said += data; });
  const ended = new Promise(done => child.on('exit', () => { isOver = true; done(); }));
  try {
    const m = await Marionette.reach(port, () => isOver);
    if (!m) throw new Error(`Firefox ended before it could be reached:\n${said}`);
    await m.ask('WebDriver:NewSession', { acceptInsecureCerts: false });
    const seen = await m.ask('WebDriver:Navigate', { url }).then(() => m.ask('WebDriver:GetTitle'), error => ({ refused: error.word }));
    await m.ask('Marionette:Quit', { flags: ['eForceQuit'] }).catch(() => {});
    m.socket.destroy();
    return seen.refused ? seen : { title: seen.value };
  } finally {
    if (!isOver) await Promise.race([ended, new Promise(done => setTimeout(done, 5000))]);
    if (!isOver) process.kill(-child.pid, 'SIGKILL');
  }
}
