// app - which screen, for whom: setup, sign-in, or the console with its navigation.
import { html, render, useEffect, useLayoutEffect, useRef, useState } from './lib/html.js';
import { ears, get, remove } from './lib/api.js';
import { go, href, useRoute } from './lib/router.js';
import { Icon } from './parts/icon.js';
import { Palette } from './parts/palette.js';
import { StepUp } from './parts/stepup.js';
import { ThemeSwitch } from './parts/theme.js';
import { Busy, Dialog, Fault, Page, Toasts } from './parts/ui.js';

// first word of the path -> its module and what it is called there. A screen is fetched when it is first looked at.
const SCREENS = {
  '': [() => import('./pages/dashboard.js'), 'Dashboard'],
  certificates: [() => import('./pages/certificates.js'), 'Certificates'],
  certificate: [() => import('./pages/certificate.js'), 'Certificate'],
  request: [() => import('./pages/request.js'), 'Request'],
  import: [() => import('./pages/import.js'), 'Import'],
  requests: [() => import('./pages/requests.js'), 'Requests'],
  requestview: [() => import('./pages/requestview.js'), 'RequestView'],
  'sign-request': [() => import('./pages/signrequest.js'), 'SignRequest'],
  'external-request': [() => import('./pages/externalrequest.js'), 'ExternalRequest'],
  authorities: [() => import('./pages/authorities.js'), 'Authorities'],
  trust: [() => import('./pages/trust.js'), 'Trust'],
  'web-server': [() => import('./pages/webserver.js'), 'WebServer'],
  settings: [() => import('./pages/settings.js'), 'Settings'],
  tokens: [() => import('./pages/tokens.js'), 'Tokens'],
  toolbox: [() => import('./pages/toolbox.js'), 'Toolbox'],
  setup: [() => import('./pages/setup.js'), 'Setup'],
  'sign-in': [() => import('./pages/signin.js'), 'SignIn'],
};
const REACHABLE = ['', 'certificates', 'request', 'requests', 'sign-request', 'external-request', 'import', 'authorities', 'trust', 'web-server', 'settings', 'tokens', 'toolbox'];

// '#/certificates' is the list, '#/certificates/<id>' one of them
const ONE_OF = { certificates: 'certificate', requests: 'requestview' };
const screenOf = (route) => (route.parts[1] && ONE_OF[route.parts[0]]) || route.parts[0] || '';

function Screen({ name, ...rest }) {
  const [loaded, setLoaded] = useState({});
  const [problem, setProblem] = useState(null);
  useEffect(() => {
    const [load, word] = SCREENS[name];
    setProblem(null);
    load().then((module) => setLoaded((before) => ({ ...before, [name]: module[word] })),
      () => setProblem({ title: 'This screen could not be loaded', message: 'The server does not answer, or it was updated meanwhile: load the page again.' }));
  }, [name]);
  const Loaded = loaded[name];
  if (problem && !Loaded)
    return html`<div class="center"><${Fault} of=${problem} again=${() => location.reload()} /></div>`;
  return Loaded ? html`<${Loaded} ...${rest} />` : html`<div class="center"><${Busy} /></div>`;
}

const NAVIGATION = [
  { items: [['/', 'Dashboard', 'dashboard', '']] },
  { title: 'Certificates - Local Machine', items: [
    ['/certificates', 'Personal', 'certificate', 'certificates'],
    ['/certificates?store=root', 'Trusted Root Certification Authorities', 'folder', 'root'],
    ['/certificates?store=intermediate', 'Intermediate Certification Authorities', 'folder', 'intermediate'],
    ['/certificates?store=people', 'Trusted People', 'folder', 'people'],
    ['/certificates?store=untrusted', 'Untrusted Certificates', 'folder', 'untrusted'],
    ['/requests?kind=external', 'Certificate Enrollment Requests', 'folder', 'external'],
    ['/certificates?store=archived', 'Archived', 'folder', 'archived'],
  ] },
  { title: 'Certification Authority', items: [
    ['/authorities', 'Authorities', 'authority', 'authorities'],
    ['/requests?kind=sign&state=pending', 'Pending Requests', 'clock', 'pending'],
    ['/requests?kind=sign&state=denied', 'Failed Requests', 'revoked', 'denied'],
    ['/trust', 'Trust distribution', 'ok', 'trust'],
  ] },
  { title: 'Server settings', items: [
    ['/web-server', 'Web Server', 'server', 'web-server'],
    ['/settings', 'Configuration Server', 'settings', 'settings', 'settings'],
  ] },
  { title: 'Users & tokens', items: [['/tokens', 'Tokens', 'token', 'tokens', 'access']] },
  { title: 'Tools', items: [['/toolbox', 'Toolbox', 'tools', 'toolbox']] },
];

// What the palette leads to besides: screens that stand in no menu, and the tools by their names.
const MORE = [
  ['/request', 'Request new certificate', 'plus'], ['/sign-request', 'Sign a request', 'plus'], ['/external-request', 'Create a request for another authority', 'plus'],
  ['/import', 'Certificate Import Wizard', 'import'], ['/toolbox/decode', 'Toolbox: Decode', 'tools'], ['/toolbox/match', 'Toolbox: Match key and certificate', 'tools'],
  ['/toolbox/convert', 'Toolbox: Convert', 'tools'], ['/toolbox/explain', 'Toolbox: Explain an error', 'tools'],
];

const KEYS = [
  ['Ctrl K', 'Go to a screen or a certificate'],
  ['/', 'Search'], ['?', 'This help'], ['j and k', 'Next and previous row'], ['Enter', 'Open the row'], ['x', 'Choose the row'], ['Shift F10', 'All Tasks'],
  ['g d', 'Dashboard'], ['g c', 'Certificates'], ['g a', 'Authorities'], ['g w', 'Web Server'], ['g r', 'Request new certificate'], ['g i', 'Import certificates'], ['g u', 'Trust distribution'], ['g x', 'Toolbox'], ['Esc', 'Close a dialog'],
];
const GO = { d: '/', c: '/certificates', a: '/authorities', w: '/web-server', r: '/request', i: '/import', u: '/trust', s: '/settings', t: '/tokens', x: '/toolbox' };

const PARENTS = { request: 'certificates', import: 'certificates', 'sign-request': 'pending', 'external-request': 'external' };

function currentOf(route) {
  if (route.parts[0] === 'requests')
    return route.query.get('kind') === 'external' ? 'external' : { pending: 'pending', denied: 'denied' }[route.query.get('state')] || 'requests';
  return route.query.get('store') || PARENTS[route.parts[0]] || route.parts[0] || '';
}

const may = (session, right) => !right || !session.rights || session.rights.includes(right);

function Navigation({ route, session, onSignOut, onPalette }) {
  const [open, setOpen] = useState(false);
  const current = currentOf(route);
  useEffect(() => setOpen(false), [route.path, current]);
  return html`<aside class="side ${open ? 'open' : ''}">
    <div class="brand"><a href="#/" aria-label="Signet, Dashboard"><span class="brand-mark"><${Icon} name="authority" size=${20} /></span>Signet</a>
      <button type="button" class="copy menu" aria-label="Menu" aria-expanded=${open ? 'true' : 'false'} aria-controls="navigation" onClick=${() => setOpen(!open)}><${Icon} name="menu" size=${20} /></button></div>
    <div class="side-body" id="navigation">
      <button type="button" class="goto" onClick=${onPalette}><${Icon} name="search" size=${16} /><span>Go to…</span><kbd aria-hidden="true">Ctrl K</kbd></button>
      <nav aria-label="Main">${NAVIGATION.map((group) => html`<div class="nav-group">
        ${group.title && html`<p>${group.title}</p>`}
        <ul>${group.items.filter((item) => may(session, item[4])).map(([to, words, icon, key]) => html`<li>
          <a href="#${to}" aria-current=${key === current ? 'page' : undefined}><${Icon} name=${icon} /><span>${words}</span></a></li>`)}</ul>
      </div>`)}</nav>
      <div class="side-foot">
        <${ThemeSwitch} />
        <div class="who"><div><strong>${session.name}</strong><span>${(session.roles || []).join(', ')}</span></div>
          <button type="button" class="copy" aria-label="Sign out" title="Sign out" onClick=${onSignOut}><${Icon} name="out" /></button></div>
      </div>
    </div>
  </aside>`;
}

function typing(target) {
  return target.closest?.('input:not([type=checkbox]):not([type=radio]),textarea,select,dialog');
}

function useKeys(showHelp, showPalette) {
  useEffect(() => {
    let afterG = 0;
    const pressed = (e) => {
      if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === 'k' && !document.querySelector('dialog[open]')) {
        e.preventDefault();
        showPalette();
        return;
      }
      if (e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || document.querySelector('dialog[open]'))
        return;
      if (e.key === '/') {
        const search = document.querySelector('[data-search]');
        if (search) {
          e.preventDefault();
          search.focus();
          search.select();
        }
      } else if (e.key === '?') {
        showHelp();
      } else if (e.key === 'g') {
        afterG = Date.now();
      } else if (GO[e.key] && Date.now() - afterG < 1200) {
        afterG = 0;
        go(GO[e.key]);
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}

function Console({ session, onSignOut }) {
  const route = useRoute();
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const main = useRef(null);
  const first = useRef(true);
  const known = REACHABLE.includes(route.parts[0] || '');
  useKeys(() => setHelp(true), () => setPalette(true));
  useLayoutEffect(() => {
    // a new screen is announced, and reading begins at its title; not at the very first
    if (!first.current && !main.current.contains(document.activeElement))
      document.getElementById('page-title')?.focus({ preventScroll: true });
    first.current = false;
    scrollTo(0, 0);
  }, [route.parts[0], route.parts[1]]);

  return html`<a class="skip" href="#main" onClick=${(e) => { e.preventDefault(); main.current.focus(); }}>Skip to content</a>
    <div class="shell">
      <${Navigation} route=${route} session=${session} onSignOut=${onSignOut} onPalette=${() => setPalette(true)} />
      <main id="main" tabindex="-1" ref=${main}>${known ? html`<${Screen} key=${screenOf(route) + (ONE_OF[route.parts[0]] ? route.parts[1] || '' : '')} name=${screenOf(route)} route=${route} session=${session} />` : html`<${Page} title="There is no such screen">
        <p><a href=${href('/')}>Go to the dashboard</a></p><//>`}</main>
    </div>
    <${StepUp} />
    ${palette && html`<${Palette} screens=${[...NAVIGATION.flatMap((group) => group.items).filter((item) => may(session, item[4])), ...MORE]} onClose=${() => setPalette(false)} />`}
    ${help && html`<${Dialog} title="Keyboard" onClose=${() => setHelp(false)}><dl class="keys">${KEYS.map(([k, words]) => html`<div><dt><kbd>${k}</kbd></dt><dd>${words}</dd></div>`)}</dl><//>`}`;
}

function App() {
  const [session, setSession] = useState(undefined);   // undefined: not asked yet; null: nobody
  const [problem, setProblem] = useState(null);
  const isSetup = location.pathname === '/setup';

  // An administrator who comes back to an unfinished setup is led there.
  async function enter(who) {
    const setup = await get('/setup').catch(() => ({}));
    if (setup.state === 'open')
      location.assign('/setup');
    else
      setSession(who);
  }
  async function whoAmI() {
    setProblem(null);
    try {
      await enter(await get('/session'));
    } catch (p) {
      if (p.status !== 401 && p.status !== 403)
        setProblem(p);
      setSession(null);
    }
  }
  async function signOut() {
    await remove('/session').catch(() => {});
    setSession(null);
  }
  useEffect(() => {
    ears.signedOut = () => setSession(null);
    if (!isSetup)
      whoAmI();
  }, []);

  if (isSetup)
    return html`<${Screen} name="setup" /><${StepUp} /><${Toasts} />`;
  if (problem)
    return html`<main class="center"><${Fault} of=${problem} again=${whoAmI} /></main>`;
  if (session === undefined)
    return html`<main class="center"><${Busy} /></main>`;
  return html`${session ? html`<${Console} session=${session} onSignOut=${signOut} />` : html`<${Screen} name="sign-in" onDone=${enter} />`}<${Toasts} />`;
}

render(html`<${App} />`, document.getElementById('app'));
