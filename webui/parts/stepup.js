// stepup - the server asks who is there once more before something that cannot be taken back.
import { html, useEffect, useState } from '../lib/html.js';
import { ears, post, Problem } from '../lib/api.js';
import { useAction } from '../lib/load.js';
import { Password } from './secret.js';
import { Button, Dialog, Fault, Submit } from './ui.js';

export function StepUp() {
  const [waiting, setWaiting] = useState(null);
  const [password, setPassword] = useState('');
  const proof = useAction();

  useEffect(() => {
    ears.prove = (problem) => new Promise((resolve, reject) => setWaiting({ problem, resolve, reject }));
    return () => { ears.prove = null; };
  }, []);
  if (!waiting)
    return null;

  function end(how) {
    setPassword('');
    setWaiting(null);
    proof.clear();
    how();
  }
  const cancel = () => end(() => waiting.reject(new Problem(0, { type: '/problems/cancelled', title: 'Cancelled' })));
  const prove = () => proof.run(async () => {
    await post('/session/prove', { password });
    end(waiting.resolve);
  });
  return html`<${Dialog} title="Your password, once more" onClose=${cancel} form=${prove} footer=${html`
      <${Button} onClick=${cancel}>Cancel<//><${Submit} busy=${proof.busy} disabled=${!password}>Continue<//>`}>
    <p>${waiting.problem.detail || 'This needs proof that it is still you.'} It counts for five minutes.</p>
    <${Password} label="Password" value=${password} set=${setPassword} problem=${proof.problem} pointer="/password" first />
    <${Fault} of=${proof.problem} fields=${['/password']} />
  <//>`;
}
