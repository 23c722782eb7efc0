// toolbox - Decode, Match, Convert, Explain. What is given here is looked at by this server and kept nowhere.
import { html, useState } from '../lib/html.js';
import { download, post } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { href } from '../lib/router.js';
import { Chain } from '../parts/chain.js';
import { Drop, nothing } from '../parts/drop.js';
import { Target, useTargets } from '../parts/export.js';
import { Fields, Findings } from '../parts/fields.js';
import { Icon } from '../parts/icon.js';
import { NewPassword, Password } from '../parts/secret.js';
import { Badge, Busy, Card, Choice, Empty, Fault, Input, Lines, Note, Page, Submit, Tabs } from '../parts/ui.js';

const TABS = [['decode', 'Decode'], ['match', 'Match'], ['convert', 'Convert'], ['explain', 'Explain']];
const FILES = '.pem,.crt,.cer,.der,.csr,.req,.p10,.crl,.p7b,.p7c,.pfx,.p12,.key,.txt';

function Form({ run, button, icon, act, ready, fields, children }) {
  const submit = (e) => {
    e.preventDefault();
    if (ready)
      run();
  };
  return html`<form class="stack" onSubmit=${submit} novalidate>${children}
    <${Fault} of=${act.problem} fields=${fields} />
    <div class="row end"><${Submit} icon=${icon} busy=${act.busy} disabled=${!ready}>${button}<//></div></form>`;
}

const Result = ({ children }) => html`<section class="stack" aria-label="Result" aria-live="polite">${children}</section>`;

// ---- decode

const KINDS = {
  certificate: 'Certificate', request: 'Certificate request', crl: 'Certificate revocation list', 'private-key': 'Private key',
  pkcs7: 'PKCS #7', pkcs12: 'Personal Information Exchange', unknown: 'Unknown',
};

function Thing({ item }) {
  return html`<${Card} title=${item.title || KINDS[item.kind] || item.kind} action=${html`<${Badge} tone=${item.problem ? 'bad' : 'accent'} icon=${item.kind === 'private-key' ? 'key' : 'certificate'}>${KINDS[item.kind] || item.kind}<//>`}><div class="stack">
    ${item.problem && html`<${Note} tone="bad" title="It cannot be read">${item.problem}<//>`}
    <${Findings} items=${item.findings} />
    ${item.details.length > 0 && html`<${Fields} items=${item.details} label="Fields of ${item.title || item.kind}" />`}</div><//>`;
}

function Decode() {
  const [given, set] = useState(nothing);
  const [password, setPassword] = useState('');
  const [items, setItems] = useState(null);
  const act = useAction();
  const run = () => act.run(async () => {
    setItems(null);
    setItems((await post('/tools/decode', { data: given.text, ...(password ? { password } : {}) })).items);
  });
  return html`<div class="stack"><${Form} run=${run} act=${act} button="Decode" icon="search" ready=${given.text.trim()} fields=${['/data', '/password']}>
      <${Drop} label="Certificate, request, CRL, key, PKCS #7 or PFX" value=${given} set=${set} problem=${act.problem} pointer="/data" accept=${FILES} placeholder="-----BEGIN CERTIFICATE-----" />
      <${Password} label="Password, if it has one" value=${password} set=${setPassword} problem=${act.problem} pointer="/password" autocomplete="off" hint="Of a PFX or an encrypted key." />
    <//>
    ${items && html`<${Result}>${items.map((item) => html`<${Thing} item=${item} />`)}<//>`}</div>`;
}

// ---- match

const isRequest = (text) => text.includes('REQUEST-----');

function Match() {
  const [certificate, setCertificate] = useState(nothing);
  const [other, setOther] = useState(nothing);
  const [password, setPassword] = useState('');
  const [answer, setAnswer] = useState(null);
  const act = useAction();
  const run = () => act.run(async () => {
    setAnswer(null);
    setAnswer(await post('/tools/match', { certificate: certificate.text, [isRequest(other.text) ? 'request' : 'key']: other.text, ...(password ? { password } : {}) }));
  });
  return html`<div class="stack"><${Form} run=${run} act=${act} button="Compare" icon="swap" ready=${certificate.text.trim() && other.text.trim()} fields=${['/certificate', '/key', '/request', '/password']}>
      <div class="halves"><${Drop} label="Certificate" value=${certificate} set=${setCertificate} problem=${act.problem} pointer="/certificate" accept=".pem,.crt,.cer,.der" />
        <${Drop} label="Private key or request" value=${other} set=${setOther} problem=${act.problem} pointer=${isRequest(other.text) ? '/request' : '/key'} accept=".pem,.key,.csr,.req,.p10" /></div>
      ${other.text.includes('ENCRYPTED') && html`<${Password} label="Password of the key" value=${password} set=${setPassword} problem=${act.problem} pointer="/password" autocomplete="off" />`}
    <//>
    ${answer && html`<${Result}><${Note} tone=${answer.match ? 'good' : 'bad'} title=${answer.match ? 'They belong together' : 'They do not belong together'}>
      ${answer.match ? 'Both have the same public key.' : 'The public keys differ: look for the key from which this certificate was requested.'}<//>
      <${Fields} label="Public keys" items=${[{ field: 'Public key of the certificate (SHA-256)', value: answer.certificate_key_sha256 }, { field: 'Public key of the other (SHA-256)', value: answer.other_key_sha256 }]} /><//>`}</div>`;
}

// ---- convert

const FORMATS = [
  ['pem', 'PEM', 'Text: certificates leaf first, then the key. nginx, Apache, most of Linux.'],
  ['pkcs12', 'PFX (PKCS #12)', 'Certificate, chain and private key under a password. Windows, Java.'],
  ['p7b', 'PKCS #7 (.p7b)', 'Certificates without a key.'],
  ['der', 'DER (.cer)', 'One thing in binary: the certificate, else the key.'],
];
const ENDINGS = { pem: 'pem', pkcs12: 'pfx', p7b: 'p7b', der: 'der' };

function Convert() {
  const [given, set] = useState(nothing);
  const [password, setPassword] = useState('');
  const [format, setFormat] = useState('pem');
  const [profile, setProfile] = useState('');
  const [target, setTarget] = useState('windows-2019');
  const targets = useTargets();
  const [fresh, setFresh] = useState('');
  const [again, setAgain] = useState('');
  const [made, setMade] = useState('');
  const act = useAction();
  const ready = given.text.trim() && (format === 'pkcs12' ? fresh && fresh === again : !fresh || fresh === again);
  const run = () => act.run(async () => {
    setMade('');
    const body = { data: given.text, format, ...(password ? { password } : {}), ...(fresh && format !== 'p7b' ? { new_password: fresh } : {}),
      ...(format !== 'pkcs12' ? {} : profile ? { pkcs12_profile: profile } : { target }), ...(given.name ? { filename: given.name } : {}) };
    setMade(await download('POST', '/tools/convert', { body, accept: '*/*' }, `converted.${ENDINGS[format]}`));
  });
  return html`<div class="stack"><${Form} run=${run} act=${act} button="Convert" icon="download" ready=${ready} fields=${['/data', '/password', '/new_password']}>
      <${Drop} several label="What there is" value=${given} set=${set} problem=${act.problem} pointer="/data" accept=${FILES} hint="For a PFX: certificate, private key and chain, all in PEM, one behind the other." />
      <${Password} label="Its password, if it has one" value=${password} set=${setPassword} problem=${act.problem} pointer="/password" autocomplete="off" />
      <${Choice} pairs legend="Make of it" name="convert-format" value=${format} set=${setFormat} options=${FORMATS} />
      ${format === 'pkcs12' && html`<${Target} targets=${targets} target=${target} setTarget=${setTarget} profile=${profile} setProfile=${setProfile} formId="convert" />`}
      ${format !== 'p7b' && html`<${NewPassword} label="New password" value=${fresh} set=${setFresh} again=${again} setAgain=${setAgain} problem=${act.problem} pointer="/new_password" withGenerator
        hint=${format === 'pkcs12' ? 'Whoever opens the PFX is asked for it.' : 'For a private key in it. Left empty, the key is not encrypted.'} />`}
    <//>
    ${made && html`<${Result}><${Note} tone="good" title=${made}>The file is among this browser's downloads. Nothing of it was kept here.<//><//>`}</div>`;
}

// ---- explain

function Cause({ of }) {
  return html`<${Card} title=${of.title} action=${html`<${Badge} tone=${of.in_chain === false ? 'quiet' : 'warn'} icon=${of.in_chain === false ? 'info' : 'warn'}>${of.rule}<//>`}><div class="stack">
    <dl class="facts">
      ${of.said.length > 0 && html`<div><dt>Said by</dt><dd>${of.said.map((s) => html`<p>${s.program}: <code class="wrap">${s.code}</code></p>`)}</dd></div>`}
      <div><dt>Who refuses</dt><dd>${of.affects}</dd></div>
      ${of.in_chain !== null && html`<div><dt>The chain given</dt><dd>${of.in_chain ? 'shows it.' : 'does not show it: the client saw another one, or does not trust the root.'}</dd></div>`}
      <div><dt>What to do</dt><dd><ol class="remedy">${of.remedy.map((r) => html`<li>${r}</li>`)}</ol></dd></div>
    </dl></div><//>`;
}

function asLinks(answer) {
  const last = answer.chain.length - 1;
  return answer.chain.map((c, i) => ({ ...c, role: i === 0 ? 'leaf' : i === last && c.subject === c.issuer ? 'root' : 'intermediate',
    findings: answer.findings.filter((f) => f.level === 'error' && f.pointer === `/chain/${i}`) }));
}

// What came of asking the server: with whom it was spoken, or why not to the end.
function Asked({ of }) {
  return html`<${Note} tone=${of.trouble ? 'warn' : 'quiet'} icon="server" title="${of.name} port ${of.port}">${of.trouble ? `At ${of.address}: ${of.trouble}${of.alert ? ` (${of.alert})` : ''}.` : `Answered at ${of.address} by ${of.protocol}.`}<//>`;
}

function Explained({ answer }) {
  return html`<${Result}>
    ${answer.host && html`<${Asked} of=${answer.host} />`}
    ${answer.valid !== null && html`<${Note} tone=${answer.valid ? 'good' : 'bad'} title=${answer.valid ? 'The chain is good' : 'The chain is not good'}>${answer.valid ? 'Whoever trusts its root accepts it.' : 'See which rule fails, and for whom.'}<//>`}
    ${answer.causes.map((c) => html`<${Cause} of=${c} />`)}
    ${answer.causes.length === 0 && answer.valid === null && !answer.host && html`<${Card}><${Empty} icon="help" title="This message is not known here">Paste the code as well, such as NET::ERR_CERT_DATE_INVALID or 0x800B0109, or add the chain that the server shows.<//><//>`}
    ${answer.chain.length > 0 && html`<${Card} title="Certification Path"><${Chain} items=${asLinks(answer)} complete=${answer.chain.at(-1).subject === answer.chain.at(-1).issuer} /><//>`}
    ${answer.findings.some((f) => f.level !== 'error') && html`<${Findings} items=${answer.findings.filter((f) => f.level !== 'error')} />`}
  <//>`;
}

const hostOf = (name) => (/^[\w.:-]+$/.test(name) ? name : 'www.example.lan');

function Explain({ session }) {
  const [text, setText] = useState(nothing);
  const [chain, setChain] = useState(nothing);
  const [name, setName] = useState('');
  const [server, setServer] = useState('');
  const [answer, setAnswer] = useState(null);
  const act = useAction();
  const run = () => act.run(async () => {
    setAnswer(null);
    setAnswer(await post('/tools/explain', { ...(text.text.trim() ? { text: text.text } : {}), ...(chain.text.trim() ? { chain: chain.text } : {}), ...(name.trim() ? { name: name.trim() } : {}), ...(server.trim() ? { host: server.trim() } : {}) }));
  });
  const asks = !session?.rights || session.rights.includes('issue');
  const host = hostOf(name.trim());
  return html`<div class="stack"><${Form} run=${run} act=${act} button="Explain" icon="help" ready=${text.text.trim() || chain.text.trim() || server.trim()} fields=${['/text', '/chain', '/name', '/host']}>
      <div class="halves"><${Drop} label="What the browser or program says" value=${text} set=${setText} problem=${act.problem} pointer="/text" accept=".txt,.log" placeholder="NET::ERR_CERT_COMMON_NAME_INVALID" />
        <${Drop} label="The chain that the server shows, if you have it" value=${chain} set=${setChain} problem=${act.problem} pointer="/chain" accept=".pem,.crt,.cer,.txt" placeholder="-----BEGIN CERTIFICATE-----" /></div>
      ${asks && html`<${Input} label="Server to look at" optional value=${server} set=${setServer} problem=${act.problem} pointer="/host" placeholder="www.example.lan:443"
        hint="This server connects to it, reads the chain that it shows, and goes no further. It is put on record." />`}
      <${Input} label="Name or address that was opened" optional value=${name} set=${setName} problem=${act.problem} pointer="/name" hint="Then it is also judged whether the certificate is for it. Of a server to look at: when it is opened by another name." />
      <details><summary>How to get the chain of a server</summary><${Lines} label="Lines that print the chain">${`openssl s_client -connect ${host}:443 -servername ${host} -showcerts </dev/null 2>&1`}<//>
        <p class="hint">Paste all that it prints on the left: the error and the chain are both found in it. So it is seen from where the client stands.</p></details>
    <//>
    ${act.busy && html`<${Busy} label="Looking" />`}
    ${answer && html`<${Explained} answer=${answer} />`}</div>`;
}

const TOOLS = { decode: Decode, match: Match, convert: Convert, explain: Explain };

export function Toolbox({ route, session }) {
  const tab = TOOLS[route.parts[1]] ? route.parts[1] : 'decode';
  const Tool = TOOLS[tab];
  return html`<${Page} title="Toolbox" kicker=${html`<span class="row"><${Icon} name="unlocked" size=${15} />Nothing is kept, and what is pasted or opened here does not leave this server</span>`}>
    <${Card}><${Tabs} label="Tool" tabs=${TABS} current=${tab} href=${(t) => href(`/toolbox/${t}`)}><${Tool} key=${tab} session=${session} /><//><//>
  <//>`;
}
