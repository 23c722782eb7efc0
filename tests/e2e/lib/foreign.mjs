// foreign - a CA that is not ours and leaves below it, by openssl.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { file, tool } from './daemon.mjs';

const POLICY = '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nrand_serial=yes\nunique_subject=no\npolicy=p\ndefault_md=sha256\n[p]\ncommonName=supplied\n';

// leaf(): PEM of certificate and key; in the folder as FILE.pem and FILE.key. until: an end that may be over, else days from now; by: another leaf's
// file that signs, for a CA in between.
export function foreign(under, name) {
  const dir = join(under, `foreign-${name}`), at = f => join(dir, f), read = f => readFileSync(at(f));
  mkdirSync(dir);
  writeFileSync(at('index.txt'), '');
  file(dir, 'policy.cnf', POLICY);
  tool('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '900', '-subj', `/CN=${name} Root`,
    '-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
  const sign = (csr, out, { days = 200, until, by = 'ca' }) => until
    ? tool('openssl', ['ca', '-batch', '-notext', '-config', 'policy.cnf', '-cert', at(`${by}.pem`), '-keyfile', at(`${by}.key`), '-in', csr, '-startdate', '20200101000000Z', '-enddate', until, '-extfile', at('x.cnf'), '-out', out], { cwd: dir })
    : tool('openssl', ['x509', '-req', '-in', csr, '-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-days', String(days), '-sha256', '-extfile', at('x.cnf'), '-out', out]);
  const leaf = (to, { dns = ['localhost', 'ca.example.lan'], ip = ['127.0.0.1'], use = 'serverAuth', key, isCa = false, ...how } = {}) => {
    if (key) file(dir, `${to}.key`, readFileSync(key));
    else tool('openssl', ['genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at(`${to}.key`)]);
    tool('openssl', ['req', '-new', '-key', at(`${to}.key`), '-out', at(`${to}.csr`), '-subj', `/CN=${isCa ? `${name} ${to}` : dns[0]}`]);
    file(dir, 'x.cnf', `${isCa ? 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'
      : `subjectAltName=${[...dns.map(n => `DNS:${n}`), ...ip.map(a => `IP:${a}`)]}\nextendedKeyUsage=${use}\nkeyUsage=critical,digitalSignature\n`}subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n`);
    sign(at(`${to}.csr`), at(`${to}.pem`), how);
    return Buffer.concat([read(`${to}.pem`), read(`${to}.key`)]).toString();
  };
  return { dir, at, read, leaf };
}
