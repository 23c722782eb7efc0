// api - the only fetch. Answers are JSON values; what went wrong is a Problem, ready to be shown to a person.

const API = '/api/v1';
const NEEDS_PASSWORD = 'step-up';

export class Problem extends Error {
  constructor(status, doc = {}) {
    super(doc.detail || doc.title || `HTTP ${status}`);
    this.status = status;
    this.slug = String(doc.type || '').split('/').pop();
    this.title = doc.title || 'The server refused';
    this.detail = doc.detail || '';
    this.requestId = doc.request_id || '';
    this.errors = doc.errors || [];
    this.document = doc;
  }

  // Sentences for the field that a JSON pointer names, its elements included.
  of(pointer) {
    return this.errors.filter((e) => e.pointer === pointer || e.pointer.startsWith(`${pointer}/`)).map((e) => e.detail);
  }

  // Sentences that belong to none of the fields on the screen.
  rest(pointers) {
    return this.errors.filter((e) => !pointers.some((p) => e.pointer === p || e.pointer.startsWith(`${p}/`)));
  }
}

// Who hears of it: the step-up dialog, the sign-in page.
export const ears = { prove: null, signedOut: null };

export const setupToken = {
  get: () => sessionStorage.getItem('setup-token'),
  keep: (token) => sessionStorage.setItem('setup-token', token),
  drop: () => sessionStorage.removeItem('setup-token'),
};

function headersFor(path, how) {
  const headers = { 'X-Signet': '1', Accept: how.accept || 'application/json' };
  if (how.body !== undefined)
    headers['Content-Type'] = how.type || 'application/json';
  if (how.once)
    headers['Idempotency-Key'] = how.once;
  if (how.etag)
    headers['If-Match'] = how.etag;
  if (path.startsWith('/setup') && setupToken.get())
    headers.Authorization = `Bearer ${setupToken.get()}`;
  return headers;
}

async function problemOf(answer) {
  let doc = {};
  try {
    doc = await answer.json();
  } catch {
    doc = { title: `The server answered ${answer.status}`, detail: 'Its answer could not be read. Load the page again; if it stays, look into the log of the daemon.' };
  }
  doc.request_id ||= answer.headers.get('X-Request-Id') || '';
  if (answer.status === 429 && answer.headers.get('Retry-After'))
    doc.detail = `${doc.detail || ''} Try again in ${answer.headers.get('Retry-After')} seconds.`.trim();
  return new Problem(answer.status, doc);
}

function unreachable() {
  return new Problem(0, {
    type: '/problems/unreachable', title: 'The server does not answer',
    detail: 'The connection failed. Is the daemon running, and does this browser still accept its certificate? Load the page again to see what the browser says.',
  });
}

// A question may be asked twice. Right after a certificate was accepted, a connection that was under way before still fails.
async function fetchTwice(url, options) {
  try {
    return await fetch(url, options);
  } catch (e) {
    if (options.method !== 'GET' || e.name === 'AbortError')
      throw e;
    await new Promise((resolve) => setTimeout(resolve, 400));
    return fetch(url, options);
  }
}

async function send(method, path, how) {
  const query = how.query ? `?${new URLSearchParams(Object.entries(how.query).filter(([, v]) => v !== undefined && v !== null && v !== ''))}` : '';
  try {
    return await fetchTwice(API + path + query, {
      method, headers: headersFor(path, how), signal: how.signal, cache: 'no-store', credentials: 'same-origin',
      body: how.body === undefined ? undefined : JSON.stringify(how.body),
    });
  } catch (e) {
    if (e.name === 'AbortError')
      throw e;
    throw unreachable();
  }
}

// how: { query, body, type, accept, once, etag, signal, whole }. whole: the Response itself, for files.
export async function ask(method, path, how = {}) {
  const answer = await send(method, path, how);
  if (answer.ok)
    return how.whole ? answer : answer.status === 204 ? null : answer.json();

  const problem = await problemOf(answer);
  if (problem.status === 403 && problem.slug === NEEDS_PASSWORD && ears.prove && !how.proved) {
    await ears.prove(problem);
    return ask(method, path, { ...how, proved: true });
  }
  if (problem.status === 401 && !path.startsWith('/session') && !path.startsWith('/setup'))
    ears.signedOut?.();
  throw problem;
}

// A file that everybody may fetch, from outside the REST interface.
export async function publicJson(path) {
  const answer = await fetchTwice(path, { method: 'GET', cache: 'no-store', credentials: 'omit' }).catch(() => { throw unreachable(); });
  if (!answer.ok)
    throw await problemOf(answer);
  return answer.json();
}

export const get = (path, query, how) => ask('GET', path, { query, ...how });
export const post = (path, body = {}, how) => ask('POST', path, { body, ...how });
export const put = (path, body = {}, how) => ask('PUT', path, { body, ...how });
export const patch = (path, body) => ask('PATCH', path, { body, type: 'application/merge-patch+json' });
export const remove = (path) => ask('DELETE', path);

// A key for one intention of the user: repeats of it make one thing.
export function onceKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
}

function filenameOf(answer, otherwise) {
  const header = answer.headers.get('Content-Disposition') || '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header);
  if (extended)
    return decodeURIComponent(extended[1]);
  return /filename="?([^";]+)"?/i.exec(header)?.[1] || otherwise;
}

// Asks for a file and hands it to the browser's downloads. Returns its name.
export async function download(method, path, how, otherwise) {
  const answer = await ask(method, path, { ...how, whole: true });
  const name = filenameOf(answer, otherwise);
  save(name, await answer.blob());
  return name;
}

export function save(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// Does a connection that is opened now come about? Without credentials it shares none that is already open.
export async function opensAnew() {
  try {
    await fetch('/healthz', { credentials: 'omit', cache: 'no-store' });
    return true;
  } catch {
    return false;
  }
}

// Does this browser trust the root? Only the probe listener can say: it shows another leaf of it, without any exception made.
export async function isTrusted(probeUrl) {
  try {
    const answer = await fetch(probeUrl, { mode: 'cors', credentials: 'omit', cache: 'no-store' });
    return answer.ok;
  } catch {
    return false;
  }
}
