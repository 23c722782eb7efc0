// pack - what the binary carries of the console: `node webui/pack.mjs OUT` lays every file out under OUT, plain and compressed, and
// prints a line for each: symbol TAB file TAB url path TAB type TAB encoding. The same input gives the same bytes.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
if (!out) {
  console.error('pack: say where to: node webui/pack.mjs OUT');
  process.exit(2);
}

const TYPES = {
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.html': 'text/html; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};
const ENCODINGS = [
  ['identity', '', (bytes) => bytes],
  ['gzip', '.gz', (bytes) => gzipSync(bytes, { level: 9 })],
  ['br', '.br', (bytes) => brotliCompressSync(bytes, { params: {
    [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  } })],
];

const modules = new Map();   // path below the hash -> text
function take(path, text) {
  modules.set(path, text);
}

// ours: every module, style sheet and picture, in a fixed order
function takeFolder(folder) {
  for (const entry of readdirSync(join(here, folder), { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules')
      takeFolder(path);
    else if (['.js', '.css', '.svg'].includes(extname(entry.name)))
      take(path, readFileSync(join(here, path), 'utf8'));
  }
}

// theirs: as published, but a browser cannot resolve a bare name, and an import map would have to be inline
function takeVendor(name, from) {
  const text = readFileSync(join(here, 'node_modules', from), 'utf8')
    .replaceAll('from"preact"', 'from"./preact.mjs"')
    .replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n');
  take(`vendor/${name}`, text);
}

takeFolder('');
takeVendor('preact.mjs', 'preact/dist/preact.mjs');
takeVendor('hooks.mjs', 'preact/hooks/dist/hooks.mjs');
takeVendor('htm.mjs', 'htm/dist/htm.mjs');
take('vendor/LICENSES.txt', ['preact', 'htm'].map((name) =>
  `${name}\n\n${readFileSync(join(here, 'node_modules', name, 'LICENSE'), 'utf8')}`).join('\n\n'));

const hash = createHash('sha256');
for (const [path, text] of modules)
  hash.update(`${path}\0${text}\0`);
const base = `/assets/${hash.digest('hex').slice(0, 16)}`;

// What a module imports at its top, and what that imports. Screens are not among it: they come by import() when they are looked at.
function shellOf(path, found = new Set()) {
  found.add(path);
  for (const [, to] of modules.get(path).matchAll(/^(?:import|export) [^;(]*?from\s*'([^']+)'/gm)) {
    const next = posix.join(posix.dirname(path), to);
    if (!found.has(next))
      shellOf(next, found);
  }
  return found;
}

// index.html names what it needs; the modules are asked for at once, not one import after another
const preload = [...shellOf('app.js')].sort()
  .map((path) => `<link rel="modulepreload" href="${base}/${path}">`).join('\n');
const index = readFileSync(join(here, 'index.html'), 'utf8')
  .replaceAll('href="./', `href="${base}/`).replaceAll('src="./', `src="${base}/`)
  .replace('<!-- modules -->', preload);

function lay(path, url, text) {
  const plain = Buffer.from(text, 'utf8');
  for (const [encoding, suffix, pack] of ENCODINGS) {
    const file = join(out, path + suffix);
    const symbol = `asset_${(path + suffix).replace(/[^a-z0-9]/gi, '_')}`;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, pack(plain));
    console.log([symbol, file, url, TYPES[extname(path)], encoding].join('\t'));
  }
}

rmSync(out, { recursive: true, force: true });
lay('index.html', '/', index);
for (const [path, text] of modules)
  lay(path, `${base}/${path}`, text);
