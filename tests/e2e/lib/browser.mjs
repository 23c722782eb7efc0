// browser - Debian's Chromium, as an administrator has it: no exception for any certificate but those that were clicked through.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { PASSWORD, SLOW, tool } from './daemon.mjs';

const require = createRequire(new URL('../../package.json', import.meta.url));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export class Browser {
  // home: where the browser keeps its trust store; what `trusts` names is in it before it starts.
  static async start({ home, trusts = [], state, colorScheme = 'light', width = 1280 } = {}) {
    const self = new Browser();
    const db = join(home, '.pki/nssdb');
    mkdirSync(db, { recursive: true });
    tool('certutil', ['-d', `sql:${db}`, '-N', '--empty-password'], { status: null });
    for (const pem of trusts)
      tool('certutil', ['-d', `sql:${db}`, '-A', '-t', 'C,,', '-n', 'signet', '-i', pem]);
    self.app = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'],
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config'), XDG_DATA_HOME: join(home, '.local/share') },
    });
    self.context = await self.app.newContext({ colorScheme, viewport: { width, height: 860 }, storageState: state, acceptDownloads: true });
    self.context.setDefaultTimeout(30_000 * SLOW);
    self.page = await self.context.newPage();
    self.faults = [];
    self.page.on('pageerror', e => self.faults.push(e.message));
    // what the server refuses is written to the console as well; only what the page itself did wrong counts
    self.page.on('console', m => m.type() === 'error' && !/Failed to load resource|net::ERR_/.test(m.text()) && self.faults.push(m.text()));
    return self;
  }

  // The administrator's browser, at the dashboard or where it was sent; name: the folder of its home.
  static async signedIn(d, name, { at = '/', sees = 'Needs attention', ...options } = {}) {
    const b = await Browser.start({ home: join(d.dir, name), trusts: [d.root_certificate], ...options });
    await b.open(`${d.origin}${at}`, 'text=Sign in');
    await b.field('Name').fill('admin');
    await b.field('Password').fill(PASSWORD);
    await b.button('Sign in').click();
    await b.sees(sees);
    return b;
  }

  // For people to look at, where PICTURES names a folder.
  async picture(name) {
    if (process.env.PICTURES)
      await this.page.screenshot({ path: join(process.env.PICTURES, `${name.replace(/\W+/g, '-')}.png`), fullPage: true });
  }

  // Chromium's own page stands in the way of a certificate it does not know: its way through is typed, once that page listens.
  async clickThrough(selector) {
    for (let turn = 0; turn < 8; turn++) {
      await this.page.waitForTimeout(400);
      await this.page.keyboard.type('thisisunsafe', { delay: 15 });
      if (await this.page.waitForSelector(selector, { timeout: 3000 }).then(() => true, () => false))
        return;
    }
    assert.fail(`behind the warning there was no ${selector}`);
  }

  // Opens an address; true when the browser had to be persuaded.
  async open(url, selector = '#app h1') {
    try {
      await this.page.goto(url);
    } catch (e) {
      assert.match(e.message, /ERR_CERT_/);
      await this.clickThrough(selector);
      return true;
    }
    await this.page.waitForSelector(selector);
    return false;
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  // What stands under the button More of a page.
  async more(item) {
    await this.button('More').click();
    await this.page.getByRole('menuitem', { name: item, exact: true }).click();
  }

  field(name) {
    return this.page.getByLabel(name, { exact: true });
  }

  async sees(text) {
    await this.page.getByText(text).first().waitFor();
  }

  // Nothing for axe to find, nothing cut off, nothing refused by our own policy; and a picture, where they are wanted.
  async inOrder(where) {
    await this.page.waitForTimeout(200);   // colours in transition are no colours
    await this.page.waitForFunction(() => document.getAnimations().every(a => !(a instanceof CSSTransition) || a.playState !== 'running'));
    const session = await this.context.newCDPSession(this.page);
    const { result } = await session.send('Runtime.evaluate', { awaitPromise: true, returnByValue: true,
      expression: `${axe};axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))` });
    await session.detach();
    assert.deepEqual(result.value, [], where);
    const { scrollWidth, innerWidth } = await this.page.evaluate(() => ({ scrollWidth: document.documentElement.scrollWidth, innerWidth }));
    assert.ok(scrollWidth <= innerWidth, `${where}: ${scrollWidth} wide in ${innerWidth}`);
    assert.deepEqual(this.faults, [], where);
    await this.picture(where);
  }

  async end() {
    await this.app.close();
  }
}
