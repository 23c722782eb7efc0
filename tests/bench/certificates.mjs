// certificates - as many as wanted, each with a key, a name and a serial number of its own, truly signed: made from one that openssl wrote.
import { createHash, createPrivateKey, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// A DER element at `at`: where its content begins and where it ends.
function element(der, at) {
  const first = der[at + 1];
  if (first < 0x80) return { from: at, body: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  let len = 0;
  for (let n = 0; n < octets; n++) len = len * 256 + der[at + 2 + n];
  return { from: at, body: at + 2 + octets, end: at + 2 + octets + len };
}

function sequence(...parts) {
  const body = Buffer.concat(parts);
  const head = body.length < 0x80 ? [0x30, body.length] : body.length < 0x100 ? [0x30, 0x81, body.length] : [0x30, 0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from(head), body]);
}

function replaced(buffer, what, by) {
  for (let at = buffer.indexOf(what); at >= 0; at = buffer.indexOf(what, at + by.length)) by.copy(buffer, at);
}

const derOf = pem => Buffer.from(pem.replace(/-----[^-]*-----|\s/g, ''), 'base64');
const pemOf = der => `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n').trimEnd()}\n-----END CERTIFICATE-----\n`;
const hostOf = n => `host-${String(n).padStart(8, '0')}.bench.lan`;

// Returns make(n): PEM of number n. Fields keep their lengths, so that they can be written over.
export function maker(dir, tool) {
  const path = name => join(dir, name);
  const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '365', '-sha256'];
  tool('openssl', ['req', '-x509', ...own, '-keyout', path('ca.key'), '-out', path('ca.pem'), '-subj', '/O=Bench/CN=Bench CA']);
  tool('openssl', ['req', '-x509', ...own, '-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-set_serial', '0x7f000000000000000000000000000000', '-keyout', path('leaf.key'), '-out', path('leaf.pem'),
    '-subj', `/CN=${hostOf(0)}`, '-addext', `subjectAltName=DNS:${hostOf(0)}`, '-addext', 'basicConstraints=critical,CA:FALSE', '-addext', 'keyUsage=critical,digitalSignature', '-addext', 'extendedKeyUsage=serverAuth']);
  const signer = createPrivateKey(readFileSync(path('ca.key'))), template = derOf(readFileSync(path('leaf.pem'), 'utf8'));
  const spki = createPublicKey(readFileSync(path('leaf.key'))).export({ type: 'spki', format: 'der' });
  const ski = createHash('sha1').update(spki.subarray(-65)).digest();
  const tbs = element(template, element(template, 0).body), algorithm = element(template, tbs.end);
  const serial = Buffer.from('7f000000000000000000000000000000', 'hex');
  return n => {
    const body = Buffer.from(template.subarray(tbs.from, tbs.end)), { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = publicKey.export({ type: 'spki', format: 'der' }), number = Buffer.from(serial);
    number.writeUInt32BE(n, 12);
    replaced(body, serial, number);
    replaced(body, spki, key);
    replaced(body, ski, createHash('sha1').update(key.subarray(-65)).digest());
    replaced(body, Buffer.from(hostOf(0)), Buffer.from(hostOf(n)));
    const signature = createSign('sha256').update(body).sign(signer);
    return pemOf(sequence(body, template.subarray(algorithm.from, algorithm.end), Buffer.concat([Buffer.from([3, signature.length + 1, 0]), signature])));
  };
}
