// setup - from an empty machine to a certificate authority, in six steps. The server keeps where one stands.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { ask, download, get, isTrusted, opensAnew, post, put, setupToken } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { InstallRoot } from '../parts/install.js';
import { Names } from '../parts/chips.js';
import { Rosette } from '../parts/rosette.js';
import { NewPassword } from '../parts/secret.js';
import { Steps } from '../parts/steps.js';
import { pause, SwapSteps } from '../parts/swap.js';
import { ThemeSwitch } from '../parts/theme.js';
import { Busy, Button, colons, Facts, Fault, Input, keyOptions, LinkButton, Note, Select, Thumbprint } from '../parts/ui.js';
import { sortNames } from '../lib/names.js';

const STEPS = [
  ['administrator', 'Administrator'], ['names', 'This server\'s names'], ['authority', 'Certification authority'],
  ['trust', 'Trust'], ['server-certificate', 'This server\'s certificate'], ['finish', 'Done'],
];
const keyed = (step) => STEPS.findIndex(([key]) => key === step);

// The token leaves the address bar, and with it the history, as soon as it is read.
function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (!token)
    return;
  setupToken.keep(token);
  history.replaceState(null, '', '/setup');
}

function Foot({ back, label = 'Continue', busy, disabled, children }) {
  return html`<div class="row wizard-foot">${back && html`<${Button} icon="back" onClick=${back}>Back<//>`}<span class="spring"></span>${children}
    ${label && html`<button type="submit" class="button primary" disabled=${busy || disabled} aria-busy=${busy ? 'true' : undefined}>${busy && html`<span class="spinner" aria-hidden="true"></span>`}<span>${label}</span></button>`}</div>`;
}

function Step({ title, lead, children, onSubmit, foot }) {
  const head = useRef(null);
  useLayoutEffect(() => {
    document.title = `${title} - Signet setup`;
    head.current?.focus();
  }, [title]);
  return html`<form class="card wizard-card" novalidate onSubmit=${(e) => { e.preventDefault(); onSubmit(); }}>
    <h1 tabindex="-1" ref=${head}>${title}</h1>${lead && html`<p class="lead">${lead}</p>`}<div class="stack">${children}</div>${foot}</form>`;
}

function Administrator({ setup, next, reload }) {
  const [name, setName] = useState(setup.administrator?.name || 'admin');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const act = useAction();
  if (setup.administrator) {
    return html`<${Step} title="Administrator" onSubmit=${next} foot=${html`<${Foot} />`}><${Note} tone="good" title=${`The account ${setup.administrator.name} exists`}>The setup link was used up by it. From now on this browser's session carries the setup.<//><//>`;
  }
  const create = () => act.run(async () => {
    await post('/setup/administrator', { name: name.trim(), password });
    setupToken.drop();
    await reload();
    next();
  });
  return html`<${Step} title="Administrator" lead="Who looks after this authority. There is no default password, and nobody can read yours." onSubmit=${create}
      foot=${html`<${Foot} busy=${act.busy} disabled=${!name.trim() || !password || password !== again} />`}>
    <${Input} label="Name" value=${name} set=${setName} autocomplete="username" autocapitalize="off" problem=${act.problem} pointer="/name" />
    <${NewPassword} label="Password" value=${password} set=${setPassword} again=${again} setAgain=${setAgain} problem=${act.problem} pointer="/password" hint="12 to 128 characters. Four words that do not belong together are easier to keep than signs." />
    <${Fault} of=${act.problem} fields=${['/name', '/password']} />
  <//>`;
}

const DEFAULT_HTTP = 'Certificates carry it for their revocation list, so it must be reachable by everybody who checks them. Plain HTTP is right here: what is fetched is signed.';

function ServerNames({ setup, next, back, reload }) {
  const before = setup.names || setup.detected;
  const [names, setNames] = useState([...before.hostnames, ...before.ip_addresses]);
  const [url, setUrl] = useState(before.public_http_url || setup.detected.public_http_url || '');
  const act = useAction();
  const found = [...setup.detected.hostnames, ...setup.detected.ip_addresses].filter((n) => !names.includes(n));
  const store = () => act.run(async () => {
    const { dns_names: hostnames, ip_addresses } = sortNames(names);
    await put('/setup/names', { hostnames, ip_addresses, ...(url.trim() ? { public_http_url: url.trim() } : {}) });
    await reload();
    next();
  });
  return html`<${Step} title="This server's names" lead="By which names and addresses will people open this console? Its certificate will carry all of them." onSubmit=${store}
      foot=${html`<${Foot} back=${back} busy=${act.busy} disabled=${names.length === 0} />`}>
    <${Names} label="Names and addresses" names=${names} set=${setNames} problem=${act.problem} pointer="/hostnames" hint="What was found on this machine is filled in. Remove what nobody uses; a short PC name is fine." />
    ${found.length > 0 && html`<p class="row"><span class="hint">Also found:</span>${found.map((n) => html`<${Button} icon="plus" onClick=${() => setNames([...names, n])}>${n}<//>`)}</p>`}
    <${Input} label="Public HTTP address" value=${url} set=${setUrl} problem=${act.problem} pointer="/public_http_url" hint=${DEFAULT_HTTP} inputmode="url" />
    <${Fault} of=${act.problem} fields=${['/hostnames', '/public_http_url']} />
  <//>`;
}

function Made({ authority }) {
  return html`<ol class="chain">${[['Root', authority.root], ['Issuing authority', authority.issuing]].map(([role, a]) => html`<li class="link"><span class="link-line" aria-hidden="true"></span><div class="link-card">
    <${Rosette} of=${a.thumbprint_sha256} size=${48} /><div class="link-body"><p class="kicker">${role}</p><h2>${a.name}</h2><p class="small"><code class="wrap">${colons(a.thumbprint_sha256).slice(0, 47)}…</code></p></div></div></li>`)}</ol>`;
}

function AuthorityStep({ setup, next, back, reload }) {
  const [w, setW] = useState({ name: '', organization: '', key_type: 'ec-p256', years: '10' });
  const act = useAction();
  const change = (key) => (value) => setW((before) => ({ ...before, [key]: value }));
  if (setup.authority) {
    return html`<${Step} title="Certification authority" onSubmit=${next} foot=${html`<${Foot} back=${back} />`}>
      <${Note} tone="good" title="The authority is made">Its keys are with the keeper and never leave it.<//><${Made} authority=${setup.authority} /><//>`;
  }
  const create = () => act.run(async () => {
    const body = { name: w.name.trim(), key_type: w.key_type, years: Number(w.years) };
    if (w.organization.trim())
      body.organization = w.organization.trim();
    await put('/setup/authority', body);
    await reload();
    next();
  });
  const p = { problem: act.problem };
  return html`<${Step} title="Certification authority" lead="A root, which people install once, and an issuing authority below it, which signs from day to day." onSubmit=${create}
      foot=${html`<${Foot} back=${back} busy=${act.busy} disabled=${!w.name.trim()} label="Create" />`}>
    <${Input} label="Name" value=${w.name} set=${change('name')} ...${p} pointer="/name" placeholder="Example Lab" hint=${w.name.trim() ? `Makes “${w.name.trim()} Root CA” and “${w.name.trim()} Issuing CA”.` : 'As people will read it in their certificate stores.'} />
    <${Input} label="Organization" optional value=${w.organization} set=${change('organization')} ...${p} pointer="/organization" />
    <div class="pair"><${Select} label="Key" value=${w.key_type} set=${change('key_type')} ...${p} pointer="/key_type" options=${keyOptions(['ec-p256', 'ec-p384', 'rsa-3072', 'rsa-4096'])} />
      <${Select} label="Root valid for" value=${w.years} set=${change('years')} ...${p} pointer="/years" options=${[['5', '5 years'], ['10', '10 years'], ['15', '15 years'], ['20', '20 years']]} /></div>
    <${Fault} of=${act.problem} fields=${['/name', '/organization', '/key_type', '/years']} />
  <//>`;
}

function TrustTest({ url }) {
  const [state, setState] = useState('');
  async function test() {
    setState('busy');
    setState(await isTrusted(url) ? 'yes' : 'no');
  }
  return html`<div class="trust-test"><${Button} icon="ok" busy=${state === 'busy'} onClick=${test}>Test: does this browser trust it?<//>
    <div role="status">${state === 'yes' && html`<${Note} tone="good" title="Yes">This browser trusts the root. The next step goes through without a warning.<//>`}
      ${state === 'no' && html`<${Note} tone="warn" title="Not yet">Install the root, and if it is installed already start the browser again. You can also go on without: the browser will warn once more.<//>`}</div></div>`;
}

function Trust({ setup, next, back }) {
  const root = setup.authority?.root;
  const act = useAction();
  const fetchRoot = () => act.run(() => download('GET', `/certificates/${root.certificate_id}`, { accept: 'application/pkix-cert' }, 'root.cer'));
  const base = (setup.trust_url || '').replace(/\/$/, '');
  return html`<${Step} title="Trust" lead="Every computer that shall accept what you issue needs the root certificate once. Begin with this one." onSubmit=${next} foot=${html`<${Foot} back=${back} />`}>
    ${root && html`<div class="row"><${Button} icon="download" busy=${act.busy} onClick=${fetchRoot}>Download root.cer<//>
      ${base && html`<span class="links">For other computers: <a href="${base}/root.cer" download>root.cer</a> <a href="${base}/root.pem" download>root.pem</a> <a href="${base}/root.p7b" download>root.p7b</a></span>`}</div>
      <${Fault} of=${act.problem} />
      <${InstallRoot} trustUrl=${setup.trust_url} thumbprint=${colons(root.thumbprint_sha256)} />`}
    <${TrustTest} url=${setup.probe_url} />
  <//>`;
}

// Either this browser accepts the new certificate, and nothing is seen; or only a page load can put the question to the user. What was
// open before the swap goes on under the old certificate and would hide that: the server ends each such connection with its answer.
async function crossOver(reload) {
  await pause(250);
  if (await opensAnew()) {
    await reload();
    return;
  }
  try {
    for (let turn = 0; turn < 12; turn++) {
      await get('/setup');
      await pause(50);
    }
  } catch (problem) {
    if (problem.status !== 0)
      throw problem;
  }
  location.assign('/setup');
  await new Promise(() => {});   // the page is being left
}

function ServerCertificate({ setup, next, back, reload }) {
  const [made, setMade] = useState(null);
  const [trusted, setTrusted] = useState(null);
  const act = useAction();
  useEffect(() => {
    isTrusted(setup.probe_url).then(setTrusted);
  }, []);
  if (setup.server_certificate && !act.busy) {
    return html`<${Step} title="This server's certificate" onSubmit=${next} foot=${html`<${Foot} back=${back} />`}>
      <${Note} tone="good" title="The new certificate is in use">It was swapped in while the server ran; no connection was dropped.<//>
      ${made && html`<${SwapSteps} steps=${made.steps} />`}<//>`;
  }
  const swap = () => act.run(async () => {
    setMade(await ask('PUT', '/setup/server-certificate', { body: {} }));
    await pause(900);
    await crossOver(reload);
  });
  const names = [...setup.names?.hostnames || [], ...setup.names?.ip_addresses || []];
  return html`<${Step} title="This server's certificate" lead="The new authority issues a certificate for this server, and it is shown from the next connection on. Nothing restarts." onSubmit=${swap}
      foot=${html`<${Foot} back=${back} busy=${act.busy} label="Issue it and use it now" />`}>
    <${Facts} rows=${[['For', names.map((n, i) => html`${i > 0 && ', '}<code>${n}</code>`)], ['Issued by', setup.authority?.issuing.name]]} />
    ${!names.includes(location.hostname.replace(/^\[|\]$/g, '')) && html`<${Note} tone="warn" title="You are here by another name">This page was opened as ${location.hostname}, which is not among the names. After setup it must be opened by one of them: go back and add it if it is used.<//>`}
    ${trusted === true && html`<${Note} tone="good" title="This browser trusts the root">You will see nothing of the change.<//>`}
    ${trusted === false && html`<${Note} title="Your browser will warn once more">It does not know the root yet, and its exception holds for the makeshift certificate only. Accept the new one when it asks; this page then goes on where it was.<//>`}
    ${made && html`<${SwapSteps} steps=${made.steps} />`}
    ${made && act.busy && html`<${Busy} label="Opening a new connection" />`}
    <${Fault} of=${act.problem} />
  <//>`;
}

function Finish({ setup, back, reload }) {
  const act = useAction();
  const finish = () => act.run(async () => {
    await post('/setup/finish');
    await reload();
  });
  if (setup.state === 'done')
    return html`<${AllDone} setup=${setup} />`;
  return html`<${Step} title="Done" lead="This is what was made. Finishing closes the setup for good." onSubmit=${finish} foot=${html`<${Foot} back=${back} busy=${act.busy} label="Finish setup" />`}>
    <${Summary} setup=${setup} /><${Fault} of=${act.problem} /><//>`;
}

function Summary({ setup }) {
  return html`<${Facts} rows=${[
    ['Administrator', setup.administrator?.name],
    ['Root', setup.authority && html`${setup.authority.root.name}<br /><${Thumbprint} of=${setup.authority.root.thumbprint_sha256} />`],
    ['Issuing authority', setup.authority?.issuing.name],
    ['This server is', [...setup.names?.hostnames || [], ...setup.names?.ip_addresses || []].join(', ')],
    ['Trust page', setup.trust_url && html`<a href=${setup.trust_url}>${setup.trust_url}</a>`],
  ]} />`;
}

function AllDone({ setup }) {
  const head = useRef(null);
  useLayoutEffect(() => {
    document.title = 'Ready - Signet';
    head.current?.focus();
  }, []);
  return html`<div class="card wizard-card all-done"><${Rosette} of=${setup.authority?.root.thumbprint_sha256 || '5a17c09e'} size=${120} />
    <h1 tabindex="-1" ref=${head}>Your authority is ready</h1>${setup.authority && html`<${Summary} setup=${setup} />`}
    <h2>Next</h2><div class="row"><${LinkButton} primary icon="plus" href="/#/request">Request a certificate<//><${LinkButton} icon="dashboard" href="/">Open the dashboard<//><${LinkButton} icon="token" href="/#/tokens">Make a token for scripts<//></div></div>`;
}

function Closed({ problem, again }) {
  return html`<div class="card wizard-card"><h1>Setup needs its link</h1>
    ${problem.status === 403 || problem.status === 401 ? html`<p class="lead">This page opens with the one-time link that the daemon printed when it started; it is also in the file setup-token in its data directory.</p>
      <${Note} title="Lost or used up?">On the server: <code>signet setup-link</code> makes a new one. If the administrator exists already, <a href="/">sign in</a> and open this page again.<//>` : ''}
    <${Fault} of=${problem} again=${again} /></div>`;
}

const VIEWS = { administrator: Administrator, names: ServerNames, authority: AuthorityStep, trust: Trust, 'server-certificate': ServerCertificate, finish: Finish };

// What the server says, and where the user looks: back and forth without forgetting.
export function Setup() {
  const [setup, setSetup] = useState(null);
  const [problem, setProblem] = useState(null);
  const [view, setView] = useState(null);
  const last = useRef(null);

  async function reload() {
    const fresh = await get('/setup');
    // after the end the server only says so; what was made is still worth showing
    const whole = fresh.authority || !last.current ? fresh : { ...last.current, ...fresh, step: 'finish' };
    last.current = whole;
    setSetup(whole);
    return whole;
  }
  async function begin() {
    setProblem(null);
    takeToken();
    try {
      const fresh = await reload();
      if (fresh.state === 'done')
        location.replace('/');
    } catch (p) {
      setProblem(p);
    }
  }
  useEffect(() => {
    begin();
    addEventListener('hashchange', begin);
    return () => removeEventListener('hashchange', begin);
  }, []);

  const step = view || setup?.step || 'administrator';
  const reached = Math.max(setup ? keyed(setup.step) : 0, keyed(step));
  const at = keyed(step);
  const View = VIEWS[step];
  const show = (key) => setView(key);
  return html`<main class="setup" id="main"><header class="setup-head"><span class="brand-name">Signet</span><span class="spring"></span><${ThemeSwitch} /></header>
    ${problem ? html`<${Closed} problem=${problem} again=${begin} />` : !setup ? html`<${Busy} />` : html`<div class="wizard">
      <${Steps} label="Setup" steps=${STEPS} current=${step} reached=${setup.state === 'done' ? STEPS.length : reached} set=${setup.state === 'done' ? null : show} />
      <${View} key=${step} setup=${setup} reload=${reload} next=${() => show(STEPS[Math.min(at + 1, STEPS.length - 1)][0])} back=${at > 0 ? () => show(STEPS[at - 1][0]) : null} /></div>`}
  </main>`;
}
