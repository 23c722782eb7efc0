import test from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { started, run, tool } from './lib/daemon.mjs';

let d, all;
const make = (name, more = {}) => d.ok('POST', '/api/v1/certificates', { dns_names: [name], ...more });
const list = (filter, more = '') => d.ok('GET', `/api/v1/certificates?sort=common_name&filter=${encodeURIComponent(filter)}${more}`);
const names = async (filter, more) => (await list(filter, more)).items.map(c => c.common_name).sort();
const facets = async () => Object.fromEntries((await d.ok('GET', '/api/v1/certificates/facets')).items.map(f => [f.facet, Object.fromEntries(f.values.map(v => [v.value, v.count]))]));
const job = async id => { for (;;) { const j = await d.ok('GET', `/api/v1/jobs/${id}`); if (!['queued', 'running'].includes(j.state)) return j; await new Promise(done => setTimeout(done, 50)); } };

test.before(async () => {
  d = await started();
  all = {};
  for (const name of ['a.one.lan', 'b.one.lan', 'c.two.lan']) all[name[0]] = await make(name);
  all.d = await make('d.two.lan', { key: { type: 'ec-p384' } });
});
test.after(async () => { await d.end(); });

test('owner, tags and notes are kept, found, shown in the history, and stay with the next version', async () => {
  const at = `/api/v1/certificates/${all.a.id}`;
  const shown = await d.call('GET', at);
  const changed = await d.call('PATCH', at, { owner: 'Lab team', tags: ['production', 'web front'], notes: 'Ask Eva\nbefore a change', label: 'The front' }, { headers: { 'If-Match': shown.headers.etag } });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  assert.deepEqual([changed.body.owner, changed.body.tags, changed.body.notes, changed.body.label], ['Lab team', ['production', 'web front'], 'Ask Eva\nbefore a change', 'The front']);
  assert.equal((await d.call('PATCH', at, { owner: 'late' }, { headers: { 'If-Match': shown.headers.etag } })).status, 412);

  for (const filter of ['tag:production', 'tag:"web front"', 'owner:"Lab team"', 'has:owner']) assert.deepEqual(await names(filter), ['a.one.lan'], filter);
  for (const q of ['eva', 'front', 'lab team']) assert.deepEqual((await d.ok('GET', `/api/v1/certificates?q=${encodeURIComponent(q)}`)).items.map(c => c.id), [all.a.id], q);
  assert.equal((await names('-tag:production store:personal')).includes('a.one.lan'), false);

  await d.ok('POST', `${at}/renew`, {});
  assert.deepEqual((await d.ok('GET', '/api/v1/certificates?q=eva')).items.map(c => [c.id, c.version, c.tags.length]), [[all.a.id, 2, 2]]);
  assert.deepEqual((await list('is:superseded')).items.map(c => [c.id, c.version, c.superseded]), [[all.a.id, 1, true]]);
  assert.deepEqual((await d.ok('PATCH', at, { tags: null, notes: null })).tags, []);
  assert.deepEqual((await d.ok('GET', '/api/v1/certificates?q=eva')).items, []);
  assert.ok((await d.ok('GET', `${at}/history`)).items.some(h => h.act === 'certificate.described'));
  assert.equal((await d.call('PATCH', at, { label: '' })).body.errors[0].pointer, '/label');
});

test('the grammar says where it went wrong, and takes its own quotes back', async () => {
  const bad = async filter => (await d.call('GET', `/api/v1/certificates?filter=${encodeURIComponent(filter)}`, undefined)).body;
  for (const [filter, place] of [['key:rsa-2048 expires<soon', 14], ['é colour:red', 3], ['a "b', 3], ['state:valid state:nonsense', 13], ['tag:', 1]]) {
    const problem = await bad(filter);
    assert.equal(problem.errors[0].pointer, '/filter', filter);
    assert.match(problem.detail, new RegExp(`at character ${place}:`), filter);
  }
  await d.ok('PATCH', `/api/v1/certificates/${all.b.id}`, { tags: ['say "hi" \\o/'] });
  const tag = (await d.ok('GET', '/api/v1/certificates/facets')).items.find(f => f.facet === 'tag').values[0];
  assert.deepEqual([tag.value, await names(tag.filter)], ['say "hi" \\o/', ['b.one.lan']]);
  await d.ok('PATCH', `/api/v1/certificates/${all.b.id}`, { tags: [] });
  assert.deepEqual(await names('state:valid expires>-30d expires>1d san:*.two.lan'), ['c.two.lan', 'd.two.lan']);
  assert.ok((await names('in-use')).length >= 1);
  assert.deepEqual(await names('in-use san:*.two.lan'), []);
});

test('the command line tells the facets, each with the filter that leaves so many', async () => {
  const told = run(['cert', 'facets', '--data', d.data, '--filter', 'san:*.two.lan']).stdout.trim().split('\n').slice(1).map(line => line.trim().split(/\s{2,}/));
  assert.deepEqual(told.filter(([facet]) => facet === 'key').map(row => row.slice(1)).sort(), [['ec-p256', '1', 'key:ec-p256'], ['ec-p384', '1', 'key:ec-p384']]);
  for (const [, , count, filter] of told) assert.equal((await names(`san:*.two.lan ${filter}`)).length, Number(count), filter);
});

test('a thumbprint is found as MMC shows it', async () => {
  const print = all.c.thumbprint_sha1;
  for (const text of [`\u200e${print.match(/../g).join(' ')}`, print.toUpperCase().match(/../g).join(':'), print.match(/..../g).join('-')])
    assert.deepEqual((await d.ok('GET', `/api/v1/certificates?q=${encodeURIComponent(text)}`)).items.map(c => c.id), [all.c.id], text);
});

test('counts follow what comes, changes and goes', async () => {
  const before = await facets();
  assert.equal(before.key['ec-p384'], 1);
  const made = await make('count.lan', { key: { type: 'ec-p384' } });
  const after = await facets();
  assert.deepEqual([after.key['ec-p384'], after.state.valid, after.has.key], [2, before.state.valid + 1, before.has.key + 1]);
  await d.ok('POST', `/api/v1/certificates/${made.id}/renew`, {});
  assert.deepEqual((await facets()).key, after.key);
  await d.ok('POST', `/api/v1/certificates/${made.id}/archive`, {});
  assert.deepEqual(await facets(), before);
  await d.ok('POST', `/api/v1/certificates/${made.id}/unarchive`, {});
  assert.deepEqual(await facets(), { ...after, source: (await facets()).source });
  for (const f of (await d.ok('GET', '/api/v1/certificates/facets')).items) {
    for (const v of f.values) assert.equal((await list(`store:personal ${v.filter}`)).items.length, v.count, `${f.facet} ${v.value}`);
  }
  await d.ok('DELETE', `/api/v1/certificates/${made.id}?confirm=count.lan`);
});

test('the account on its host is found, goes out in lists, and is set for many', async () => {
  const account = 'NT SERVICE\\Gate';
  const asked = await d.ok('POST', '/api/v1/certificates/bulk', { action: 'describe', filter: 'san:*.two.lan', account });
  await job(asked.job_id);
  const two = await names('san:*.two.lan');
  for (const filter of [`account:"${account}"`, 'has:account', 'gate', `account:"${account}" -owner:nobody`]) assert.deepEqual(await names(filter), two, filter);
  assert.deepEqual(await names(`account:"${account}" -has:account`), []);
  assert.equal((await names('-has:account store:personal')).length, (await names('store:personal')).length - two.length);
  const csv = (await d.call('POST', '/api/v1/certificates/export', { format: 'csv', filter: 'has:account' })).bytes.toString().trim().split('\r\n');
  assert.match(csv[0], /,account$/);
  for (const line of csv.slice(1)) assert.ok(line.endsWith(`,"${account}"`), line);
  const bad = await d.call('POST', '/api/v1/certificates/bulk', { action: 'describe', filter: 'has:account', account: "a'; reboot" });
  assert.deepEqual([bad.status, bad.body.errors[0].pointer], [422, '/account']);
  const cleared = JSON.parse(run(['cert', 'bulk', 'describe', '--filter', 'has:account', '--account', '', '--json', '--data', d.data]).stdout);
  await job(cleared.job_id);
  assert.deepEqual(await names('has:account'), []);
});

test('counts go with the filter, and with what one may see', async () => {
  const ask = async (query, options) => d.ok('GET', `/api/v1/certificates/facets?${new URLSearchParams(query)}`, undefined, options);
  const value = (found, facet, name) => found.items.find(f => f.facet === facet).values.find(v => v.value === name)?.count ?? 0;
  const whole = await ask({}), part = await ask({ filter: 'key:ec-p384' }), word = await ask({ q: 'two.lan' });
  assert.ok(whole.exact && part.exact && word.exact);
  assert.deepEqual([value(part, 'key', 'ec-p384'), value(part, 'key', 'ec-p256')], [1, 0]);
  for (const [found, filter] of [[part, 'key:ec-p384'], [word, 'two.lan']]) {
    for (const f of found.items) for (const v of f.values) assert.equal((await list(`store:personal ${filter} ${v.filter}`)).items.length, v.count, `${filter}: ${f.facet} ${v.value}`);
  }
  assert.equal((await d.call('GET', '/api/v1/certificates/facets?filter=colour:red')).status, 422);
  for (const store of ['personal', 'root', 'intermediate', 'people', 'untrusted']) assert.equal((await ask({ store })).store, store);
});

test('a question gets a name', async () => {
  const made = await d.call('POST', '/api/v1/collections', { name: 'Two', store: 'personal', filter: 'san:*.two.lan', sort: 'common_name' });
  assert.equal(made.status, 201);
  assert.equal((await d.call('POST', '/api/v1/collections', { name: 'Two', filter: '' })).body.errors[0].pointer, '/name');
  assert.equal((await d.call('POST', '/api/v1/collections', { name: 'Bad', filter: 'colour:red' })).body.errors[0].pointer, '/filter');
  assert.equal((await d.call('POST', '/api/v1/collections', { name: '', filter: '' })).body.errors[0].pointer, '/name');
  const at = `/api/v1/collections/${made.body.id}`;
  assert.equal((await d.call('PATCH', at, { filter: 'san:d.two.lan' }, { headers: { 'If-Match': '"9"' } })).status, 412);
  assert.equal((await d.ok('PATCH', at, { filter: 'san:d.two.lan' })).filter, 'san:d.two.lan');
  assert.match(run(['cert', 'list', '--collection', 'Two', '--data', d.data]).stdout, /d\.two\.lan/);
  assert.doesNotMatch(run(['cert', 'list', '--collection', 'Two', '--data', d.data]).stdout, /c\.two\.lan/);
  assert.match(run(['collection', 'list', '--data', d.data]).stdout, /Two/);
  run(['collection', 'save', 'From here', '--filter', 'has:key', '--data', d.data]);
  run(['collection', 'remove', 'From here', '--data', d.data]);
  assert.equal((await d.call('DELETE', at)).status, 204);
  assert.deepEqual((await d.ok('GET', '/api/v1/collections')).items, []);
});

test('many at once: counted first, done as a job in the name of whoever asked, and what cannot be done is told', async () => {
  const wish = { filter: 'san:*.two.lan', action: 'describe', owner: 'Two & sons', add_tags: ['bulk'] };
  assert.deepEqual(await d.ok('POST', '/api/v1/certificates/bulk', { ...wish, dry_run: true }), { selected: 2, job_id: null });
  const asked = await d.call('POST', '/api/v1/certificates/bulk', wish);
  assert.equal(asked.status, 202);
  assert.match((await job(asked.body.job_id)).progress, /^2 of 2$/);
  assert.deepEqual(await names('tag:bulk owner:"Two & sons"'), ['c.two.lan', 'd.two.lan']);

  const renewed = await d.ok('POST', '/api/v1/certificates/bulk', { action: 'renew', ids: [all.c.id, all.d.id] });
  await job(renewed.job_id);
  assert.deepEqual((await list('tag:bulk')).items.map(c => c.version), [2, 2]);

  const used = (await list('in-use')).items[0];
  const away = await job((await d.ok('POST', '/api/v1/certificates/bulk', { action: 'archive', ids: [all.c.id, used.id] })).job_id);
  assert.equal(away.state, 'succeeded');
  assert.match(away.progress, /^2 of 2, 1 not done\n.*in use/);
  assert.deepEqual(await names('is:archived'), ['c.two.lan']);
  const nothing = await job((await d.ok('POST', '/api/v1/certificates/bulk', { action: 'archive', ids: [used.id] })).job_id);
  assert.equal(nothing.state, 'failed');
  assert.match(nothing.progress, /^1 of 1, 1 not done\n.*in use/);
  assert.match(nothing.problem, /^nothing was done\n.*in use/);
  await job((await d.ok('POST', '/api/v1/certificates/bulk', { action: 'unarchive', ids: [all.c.id] })).job_id);
  await job((await d.ok('POST', '/api/v1/certificates/bulk', { action: 'describe', filter: 'tag:bulk', remove_tags: ['bulk'] })).job_id);
  assert.deepEqual(await names('tag:bulk'), []);
  assert.deepEqual(await names('owner:"Two & sons"'), ['c.two.lan', 'd.two.lan']);

  const reader = await d.ok('POST', '/api/v1/tokens', { name: 'reader', role: 'viewer', expires_in_days: 1 });
  assert.equal((await d.call('POST', '/api/v1/certificates/bulk', { action: 'renew', ids: [all.c.id] }, { token: reader.token })).status, 403);
  assert.equal((await d.call('POST', '/api/v1/certificates/bulk', { action: 'renew' })).body.errors[0].pointer, '/ids');
  assert.equal((await d.call('POST', '/api/v1/certificates/bulk', { action: 'renew', filter: 'colour:red' })).body.errors[0].pointer, '/filter');
});

test('a list goes out as CSV, JSON and a ZIP of PEM files', async () => {
  await d.ok('PATCH', `/api/v1/certificates/${all.d.id}`, { owner: '=1+1', notes: 'a "quoted", line' });
  const take = format => d.call('POST', '/api/v1/certificates/export', { format, filter: 'san:*.two.lan', sort: 'common_name' });
  const csv = (await take('csv')).bytes.toString();
  const lines = csv.trim().split('\r\n');
  assert.equal(lines.length, 3);
  assert.match(lines[2], /"'=1\+1"/);
  assert.match(lines[2], /"a ""quoted"", line",""$/);
  assert.deepEqual(JSON.parse((await take('json')).bytes).map(c => c.common_name), ['c.two.lan', 'd.two.lan']);
  const zip = await take('zip');
  assert.match(zip.headers['content-disposition'], /certificates\.zip/);
  writeFileSync(join(d.dir, 'list.zip'), zip.bytes);
  assert.match(tool('unzip', ['-t', join(d.dir, 'list.zip')]).stdout, /No errors/);
  assert.equal((tool('unzip', ['-p', join(d.dir, 'list.zip')]).stdout.match(/BEGIN CERTIFICATE/g)).length >= 2, true);
  run(['cert', 'list', '--filter', 'san:*.two.lan', '--csv', '--data', d.data]);
});
