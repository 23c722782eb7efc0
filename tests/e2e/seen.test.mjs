// Trust distribution in the console, and the list of who was seen trusting: the probe is loaded by browsers that do and by one that does not.
import test from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Browser } from './lib/browser.mjs';
import { started, tool } from './lib/daemon.mjs';

let d;
test.before(async () => { d = await started(); });
test.after(async () => { await d.end(); });

const seen = async () => (await d.ok('GET', '/api/v1/trust/seen')).items;
async function becomes(test) {
  for (let turn = 0; turn < 100; turn++) {
    const items = await seen();
    if (test(items)) return items;
    await new Promise(done => setTimeout(done, 100));
  }
  return assert.fail(JSON.stringify(await seen()));
}
const browser = (name, options) => Browser.start({ home: join(d.dir, name), ...options });
const publicPage = 'text=Does this browser trust it now?';
const shown = b => b.page.waitForFunction(() => document.querySelector('#probe img').complete)
  .then(() => b.page.evaluate(() => document.querySelector('#probe img').naturalWidth > 0));

test('the public page tells without a script whether this browser trusts the root, and who does is listed', async () => {
  assert.deepEqual(await seen(), []);
  const stranger = await browser('stranger', {});
  try {
    await stranger.open(`http://127.0.0.1:${d.http}/trust`, publicPage);
    assert.equal(await shown(stranger), false);
    await stranger.inOrder('public page, not trusting');
  } finally {
    await stranger.end();
  }
  assert.deepEqual(await seen(), [], 'who does not trust is not listed');
  const friend = await browser('friend', { trusts: [d.root_certificate], colorScheme: 'dark' });
  try {
    await friend.open(`http://127.0.0.1:${d.http}/trust`, publicPage);
    assert.equal(await shown(friend), true);
    await friend.inOrder('public page, trusting');
  } finally {
    await friend.end();
  }
  const [one] = await becomes(items => items.length === 1);
  assert.deepEqual([one.address, one.name, one.times], ['127.0.0.1', null, 1]);
  assert.match(one.agent, /^Chrom(e|ium) \d+ on Linux$/);
});

test('the screen has every target with the values of this installation, tests this browser and knows who sits before it', async () => {
  const b = await Browser.signedIn(d, 'admin', { at: '/#/trust', sees: 'Make a machine trust it' });
  try {
    assert.ok((await b.page.locator('main').innerText()).includes(d.fingerprint_sha256.toUpperCase().match(/../g).join(':')));
    await b.page.getByRole('tab', { name: 'Debian and Ubuntu' }).click();
    const panel = await b.page.getByRole('tabpanel').innerText();
    for (const text of ['Install', 'Verify', 'Remove', `http://127.0.0.1:${d.http}/trust/root.crt`, 'update-ca-certificates', 'install-ca.sh'])
      assert.ok(panel.includes(text), text);
    const download = b.page.waitForEvent('download');
    await b.page.getByRole('link', { name: 'signet.mobileconfig' }).last().click();
    assert.equal((await download).suggestedFilename(), 'signet.mobileconfig');
    await b.button('Test: does this browser trust it?').click();
    await b.sees('This browser trusts the root, and is in the list below');
    await b.page.locator('table.rows tr', { hasText: '127.0.0.1' }).filter({ hasText: 'admin' }).first().waitFor();
    await b.inOrder('trust distribution, tested');
  } finally {
    await b.end();
  }
  await becomes(items => items.some(i => i.name === 'admin' && /^Chrom/.test(i.agent)));
});

test('whoever comes by an address is sent to the picture at that very address', async () => {
  const sent = async host => (await d.call('GET', '/trust/probe.svg', undefined, { plain: true, port: d.http, token: null, host })).headers.location;
  for (const host of ['127.0.0.1', 'ca.example.lan', '[::1]', '[fd00::17]'])
    assert.equal(await sent(host), `https://${host}:${d.probe}/probe.svg`);
});

test('strangers cannot make the list long, nor put their words into it', async () => {
  const probe = agent => tool('curl', ['-fsS', '--cacert', d.root_certificate, '-A', agent, `https://localhost:${d.probe}/probe`]);
  const before = (await seen()).length;
  for (let i = 0; i < 12; i++)
    probe(`Firefox/${200 + i} <img src=x onerror=alert(1)>`);
  const items = await becomes(all => all.some(i => i.agent === 'Firefox 200'));
  assert.ok(items.length - before <= 4, JSON.stringify(items));
  assert.doesNotMatch(JSON.stringify(items), /img|alert/);
  assert.equal((await d.call('GET', '/api/v1/trust/seen', undefined, { token: null })).status, 401);
  const table = d.cli(['trust', 'seen']).stdout;
  assert.match(table, /ADDRESS +PROGRAM +USER/);
  assert.match(table, /127\.0\.0\.1 +Firefox 200/);
});
