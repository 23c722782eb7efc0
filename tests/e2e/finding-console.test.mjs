// The list of certificates in a browser: what narrows it, what is chosen in it; and texts that others have tripped over.
import test from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { Browser } from './lib/browser.mjs';
import { SLOW, corpus, started } from './lib/daemon.mjs';

let d, names;
test.before(async () => {
  d = await started();
  names = ['mail.one.lan', 'web.one.lan', 'print.two.lan', 'scan.two.lan'];
  for (const name of names) await d.ok('POST', '/api/v1/certificates', { dns_names: [name], key: { type: name.startsWith('web') ? 'ec-p384' : 'ec-p256' } });
  const { items: [mail] } = await d.ok('GET', '/api/v1/certificates?q=mail.one');
  await d.ok('PATCH', `/api/v1/certificates/${mail.id}`, { tags: ['production'], owner: 'Post office' });
  await d.ok('POST', `/api/v1/certificates/${mail.id}/renew`, {});
});
test.after(async () => { await d.end(); });

const list = (b, query = '') => b.page.goto(`${d.origin}/#/certificates${query}`);
const shows = (b, n) => b.page.waitForFunction(count => document.querySelectorAll('.row-link').length === count && !document.querySelector('.busy'), n, { timeout: 20_000 * SLOW });
const rows = b => b.page.locator('.row-link');
const chosen = b => b.page.locator('tr[aria-selected="true"]');

test('a list is narrowed by facets, chips and conditions, and the search gets a name', async () => {
  const b = await Browser.signedIn(d, 'finder');
  try {
    await list(b);
    await shows(b, 6);
    await b.inOrder('list with facets, light');
    await b.button(/^EC P-384/).click();
    await shows(b, 1);
    assert.equal(await rows(b).innerText(), 'web.one.lan');
    await b.page.waitForFunction(() => !document.querySelector('.facets').innerText.includes('P-256'));
    assert.match(await b.page.locator('.facet', { hasText: 'Status' }).innerText(), /Valid\s*1$/);
    await b.button('key:ec-p384').click();
    await shows(b, 6);
    await b.page.keyboard.press('/');
    await b.page.keyboard.type('san:*.two.lan -tag:production');
    await shows(b, 2);
    await b.button('Save this search…').click();
    await b.field('Name').fill('Second site');
    await b.inOrder('save a collection');
    await b.button('Save').click();
    await b.page.getByRole('button', { name: 'Second site', exact: true }).waitFor();
    await b.page.locator('[data-search]').fill('colour:red');
    await shows(b, 0);
    await b.page.locator('[data-search]').fill('state:nonsense');
    await b.sees(/at character \d+: "nonsense"/);
    await b.page.locator('[data-search]').fill('');
    await shows(b, 6);
    await b.page.getByRole('button', { name: 'Second site', exact: true }).click();
    await shows(b, 2);
    await list(b);
    await shows(b, 6);
    await b.button('Superseded: hidden').click();
    await shows(b, 1);
    await b.sees('version 1, superseded');
    assert.deepEqual((await d.ok('GET', '/api/v1/collections')).items.map(c => [c.name, c.store, c.filter]), [['Second site', 'personal', 'san:*.two.lan -tag:production']]);
  } finally { await b.end(); }
});

test('several are chosen by mouse and by keyboard, and All Tasks does one thing to all of them', async () => {
  const b = await Browser.signedIn(d, 'chooser', { colorScheme: 'dark' });
  try {
    await list(b, '?sort=common_name&filter=-source:setup');
    await shows(b, 4);
    await b.page.getByLabel('Choose mail.one.lan').click();
    await b.page.getByLabel('Choose scan.two.lan').click({ modifiers: ['Shift'] });
    assert.equal(await chosen(b).count(), 3);
    await rows(b).nth(0).focus();
    await b.page.keyboard.press(' ');
    await b.page.keyboard.press('j');
    await b.page.keyboard.press('x');
    assert.equal(await chosen(b).count(), 1);
    await b.page.keyboard.press('Shift+F10');
    await b.page.getByRole('menuitem', { name: 'Tags…' }).waitFor();
    await b.inOrder('bulk bar and All Tasks, dark');
    await b.page.getByRole('menuitem', { name: 'Tags…' }).click();
    await b.field('Add tags').fill('checked, this week');
    await b.button('Tags').click();
    await b.page.waitForFunction(() => document.querySelectorAll('.more.tag').length === 3 && !document.querySelector('dialog'), undefined, { timeout: 20_000 * SLOW });
    await rows(b).nth(0).focus();
    await b.page.keyboard.press('Shift+F10');
    const download = b.page.waitForEvent('download');
    await b.page.getByRole('menuitem', { name: 'Export list as CSV' }).click();
    assert.equal((await download).suggestedFilename(), 'certificates.csv');
  } finally { await b.end(); }
});

test('one thing is done to all that match, also to what is not shown yet, and their number is told before', async () => {
  for (let i = 0; i < 103; i += 8) await Promise.all(Array.from({ length: Math.min(8, 103 - i) }, (_, k) => d.ok('POST', '/api/v1/certificates', { dns_names: [`host${i + k}.many.lan`] })));
  const b = await Browser.signedIn(d, 'many');
  try {
    await list(b, '?filter=san:*.many.lan');
    await shows(b, 100);
    await rows(b).nth(3).focus();
    await b.page.keyboard.press('x');
    await b.button('Choose all that match').click();
    await b.sees('All that match are chosen');
    assert.equal(await chosen(b).count(), 100);
    await b.button('All Tasks').click();
    await b.page.getByRole('menuitem', { name: 'Renew Certificates' }).click();
    await b.page.getByRole('heading', { name: 'Renew: 103 certificates' }).waitFor();
    await b.inOrder('renew all that match');
    await b.button('Cancel').click();
    await b.button('All Tasks').click();
    await b.page.getByRole('menuitem', { name: 'Set owner…' }).click();
    await b.page.getByRole('heading', { name: 'Set owner: 103 certificates' }).waitFor();
    await b.field('Owner').fill('Everybody');
    await b.button('Set owner').click();
    await b.page.waitForFunction(() => !document.querySelector('dialog'), undefined, { timeout: 30_000 * SLOW });
    assert.equal((await d.ok('GET', '/api/v1/certificates?limit=500&filter=owner:Everybody')).items.length, 103);
  } finally { await b.end(); }
});

test('columns are added and removed, and stay in this browser', async () => {
  const b = await Browser.signedIn(d, 'columns', { colorScheme: 'dark' });
  const heads = () => b.page.locator('table.rows th').allInnerTexts();
  try {
    await list(b, '?filter=san:*.two.lan');
    await shows(b, 2);
    await b.button('Columns…').click();
    await b.page.getByLabel('Thumbprint', { exact: true }).uncheck();
    await b.page.getByLabel('Serial Number', { exact: true }).check();
    await b.inOrder('columns dialog, dark');
    await b.button('OK').click();
    for (const again of [false, true]) {
      if (again) await b.page.reload();
      await shows(b, 2);
      const words = (await heads()).join(' ');
      assert.match(words, /Serial Number/i);
      assert.doesNotMatch(words, /Thumbprint/i);
    }
    await b.inOrder('list with other columns, dark');
    await b.button('Columns…').click();
    await b.button('Restore defaults').click();
    await b.button('OK').click();
    assert.match((await heads()).join(' '), /Thumbprint/i);
  } finally { await b.end(); }
});

test('owner, tags and notes are edited where the certificate is shown', async () => {
  const b = await Browser.signedIn(d, 'editor');
  try {
    const { items: [scan] } = await d.ok('GET', '/api/v1/certificates?q=scan.two');
    await list(b, `/${scan.id}`);
    await b.button('Edit…').click();
    await b.field('Owner').fill('Copy room');
    await b.field('Notes').fill('Second floor\nask there');
    await b.field('Account on its host').fill("lp'");
    await b.button('Save').click();
    await b.sees('the name of an account has letters');
    await b.field('Account on its host').fill('lpadmin');
    await b.inOrder('properties of a certificate');
    await b.button('Save').click();
    await b.page.getByRole('link', { name: 'Copy room' }).waitFor();
    await b.sees('lpadmin');
    const now = await d.ok('GET', `/api/v1/certificates/${scan.id}`);
    assert.deepEqual([now.notes, now.account], ['Second floor\nask there', 'lpadmin']);
  } finally { await b.end(); }
});

// Naughty strings ---------------------------------------------------------------------------------------------

test('texts that others have tripped over come back as they went in, or are refused by the name of their field, and run nowhere', async t => {
  const found = corpus(t);
  if (!found) return;
  const texts = JSON.parse(found.find(row => row.kind === 'strings').bytes);
  assert.equal(texts.length, 515);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 16, ca: d.ca });
  const call = (method, path, body) => d.call(method, path, body, { agent });
  const refused = (answer, pointers, text) => {
    assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${JSON.stringify(text)}`);
    assert.ok((answer.body.errors ?? []).some(e => pointers.some(p => e.pointer.startsWith(p))) || answer.status === 400, JSON.stringify([text, answer.body]));
  };
  const fields = { label: text => text, owner: text => text, notes: text => text, tags: text => [text] };

  // All fields at once; where one refuses, each by itself.
  async function describe(at, text) {
    const whole = Object.fromEntries(Object.entries(fields).map(([field, of]) => [field, of(text)]));
    const answer = await call('PATCH', at, whole);
    if (answer.status === 200) return assert.deepEqual(Object.fromEntries(Object.keys(fields).map(f => [f, answer.body[f]])), whole);
    for (const [field, of] of Object.entries(fields)) {
      const alone = await call('PATCH', at, { [field]: of(text) });
      if (alone.status === 200) assert.deepEqual(alone.body[field], of(text), JSON.stringify(text));
      else refused(alone, [`/${field}`], text);
    }
  }
  async function ask(text, i) {
    const kept = await call('POST', '/api/v1/collections', { name: text, q: text });
    if (kept.status !== 201) refused(kept, ['/name', '/q'], text);
    else assert.deepEqual([kept.body.name, kept.body.q], [text, text]);
    if (kept.status === 201 && i % 8 !== 0) await call('DELETE', `/api/v1/collections/${kept.body.id}`);
    const searched = await call('GET', `/api/v1/certificates?q=${encodeURIComponent(text)}`);
    if (searched.status !== 200) refused(searched, ['/q'], text);
  }
  const { items } = await d.ok('GET', '/api/v1/certificates?filter=san:*.lan');
  const each = async (list, fn) => { let next = 0; await Promise.all(items.map(async c => { while (next < list.length) { const i = next++; await fn(list[i], i, c); } })); };
  await each(texts, async (text, i, c) => { await describe(`/api/v1/certificates/${c.id}`, text); await ask(text, i); });

  const fresh = [];
  await each(texts.filter((_, i) => i % 5 === 0), async text => {
    const made = await call('POST', '/api/v1/certificates', { common_name: text, dns_names: [text] });
    if (made.status === 201) assert.ok(made.body.dns_names.length > 0);
    else refused(made, ['/common_name', '/dns_names'], text);
  });
  const runs = texts.filter(text => /<|script|javascript|onerror|alert/i.test(text) && text.length < 128 && !/[\0-\x1f\x7f]/.test(text));
  assert.ok(runs.length > 100);
  for (const [i, c] of items.entries()) {
    await d.ok('PATCH', `/api/v1/certificates/${c.id}`, { label: runs[i], owner: runs[10 + i], notes: runs.slice(0, 60).join('\n'), tags: runs.filter(x => x.length <= 64).slice(18 * i, 18 * i + 18) });
    fresh.push(c.id);
  }

  const b = await Browser.signedIn(d, 'naughty');
  const said = [];
  b.page.on('dialog', dialog => { said.push(dialog.message()); dialog.dismiss(); });
  try {
    for (const screen of ['', ...fresh.map(id => `/${id}`), `/${fresh[0]}/history`, '?store=archived']) {
      await list(b, screen);
      await b.page.waitForSelector('h1');
      await b.page.waitForFunction(() => !document.querySelector('.busy'), undefined, { timeout: 20_000 * SLOW });
    }
    await list(b);
    for (const text of runs.slice(0, 12)) {
      await b.page.locator('[data-search]').fill(text);
      await b.page.waitForTimeout(60);
    }
    assert.equal(await b.page.evaluate(() => document.querySelectorAll('main script, main iframe, main object, main embed, main [onerror], main [onload], main style').length), 0);
    assert.deepEqual([said, b.faults], [[], []]);
  } finally { await b.end(); }
});
