// shop - certificates and keys as people have them before they come here, made and packed by the programs that they used.
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { file, tool } from './daemon.mjs';

export const password = 'Kopfnuss 7!';

const workshop = under => {
  const dir = join(under, `shop-${Math.random().toString(36).slice(2)}`);
  mkdirSync(dir);
  return dir;
};

// A CA and a leaf below it, by openssl, with keys in files: what the other programs pack.
export function pki(under, name, { days = 200, key = ['ec', 'ec_paramgen_curve:P-256'], leafKey } = {}) {
  const dir = workshop(under), [algorithm, parameter] = key;
  const at = f => join(dir, f);
  tool('openssl', ['req', '-x509', '-newkey', algorithm, '-pkeyopt', parameter, '-nodes', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '900', '-subj', `/CN=${name} Root`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  if (leafKey) file(dir, 'leaf.key', readFileSync(leafKey));
  else tool('openssl', ['genpkey', '-algorithm', algorithm, '-pkeyopt', parameter, '-out', at('leaf.key')]);
  tool('openssl', ['req', '-new', '-key', at('leaf.key'), '-out', at('leaf.csr'), '-subj', `/CN=${name}`]);
  file(dir, 'x.cnf', `subjectAltName=DNS:${name}\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n`);
  tool('openssl', ['x509', '-req', '-in', at('leaf.csr'), '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-days', String(days), '-sha256', '-extfile', at('x.cnf'), '-out', at('leaf.pem')]);
  return { dir, at, read: f => readFileSync(at(f)) };
}

export const packers = {
  openssl: p => tool('openssl', ['pkcs12', '-export', '-inkey', p.at('leaf.key'), '-in', p.at('leaf.pem'), '-certfile', p.at('ca.pem'), '-name', 'from openssl', '-out', p.at('o.pfx'), '-passout', `pass:${password}`]),
  'openssl, the old way': p => tool('openssl', ['pkcs12', '-export', '-legacy', '-inkey', p.at('leaf.key'), '-in', p.at('leaf.pem'), '-certfile', p.at('ca.pem'), '-out', p.at('o.pfx'), '-passout', `pass:${password}`]),
  certtool: p => tool('certtool', ['--to-p12', '--load-privkey', p.at('leaf.key'), '--load-certificate', p.at('leaf.pem'), '--load-ca-certificate', p.at('ca.pem'), '--p12-name', 'from certtool',
    '--outder', '--outfile', p.at('o.pfx'), '--password', password]),
  NSS: p => {
    packers.openssl(p);
    const db = `sql:${p.dir}/nss`;
    mkdirSync(join(p.dir, 'nss'));
    tool('certutil', ['-N', '-d', db, '--empty-password']);
    tool('pk12util', ['-i', p.at('o.pfx'), '-d', db, '-W', password]);
    tool('pk12util', ['-o', p.at('nss.pfx'), '-n', 'from openssl', '-d', db, '-W', password]);
    file(p.dir, 'o.pfx', readFileSync(p.at('nss.pfx')));
  },
  keytool: p => {
    packers.openssl(p);
    tool('keytool', ['-importkeystore', '-srckeystore', p.at('o.pfx'), '-srcstoretype', 'PKCS12', '-srcstorepass', password, '-destkeystore', p.at('java.p12'), '-deststoretype', 'PKCS12',
      '-deststorepass', password, '-noprompt']);
    file(p.dir, 'o.pfx', readFileSync(p.at('java.p12')));
  },
};
