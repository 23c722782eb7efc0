// signin - name and password, nothing else.
import { html, useEffect, useState } from '../lib/html.js';
import { get, post } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { Rosette } from '../parts/rosette.js';
import { Password } from '../parts/secret.js';
import { ThemeSwitch } from '../parts/theme.js';
import { Fault, Input, Note, Submit } from '../parts/ui.js';

export function SignIn({ onDone }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [isNew, setNew] = useState(false);
  const act = useAction();

  useEffect(() => {
    document.title = 'Sign in - Signet';
    // before setup is finished nobody but the holder of the link may ask: that very refusal tells
    get('/setup').catch((p) => setNew(p.status === 403 || p.status === 401));
  }, []);
  const signIn = (e) => {
    e.preventDefault();
    act.run(async () => onDone({ ...await post('/session', { name, password }) }));
  };
  return html`<main class="door">
    <div class="door-art"><${Rosette} of="5a17c09e4422bd0f" size=${720} /></div>
    <form class="door-card" onSubmit=${signIn} novalidate>
      <h1>Signet</h1>
      <p class="hint">${location.host}</p>
      ${isNew && html`<${Note} tone="warn" title="This server is not set up yet">Open the setup link that the daemon printed, or make a new one there: <code>signet setup-link</code><//>`}
      <${Input} label="Name" value=${name} set=${setName} autocomplete="username" autocapitalize="off" autofocus problem=${act.problem} pointer="/name" />
      <${Password} label="Password" value=${password} set=${setPassword} problem=${act.problem} pointer="/password" />
      <${Fault} of=${act.problem} fields=${['/name', '/password']} />
      <${Submit} busy=${act.busy} disabled=${!name || !password}>Sign in<//>
      <${ThemeSwitch} />
    </form>
  </main>`;
}
