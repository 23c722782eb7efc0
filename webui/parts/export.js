// export - "Certificate Export Wizard" on one page: form, password, profile; the file, and what to do with it.
import { html, useState } from '../lib/html.js';
import { download, get } from '../lib/api.js';
import { useAction, useLoad } from '../lib/load.js';
import { InstallCertificate } from './install.js';
import { NewPassword } from './secret.js';
import { Button, Check, Choice, Dialog, Fault, Note, Select, Submit } from './ui.js';

const PROFILES = [
  ['', 'As the place above needs it'],
  ['windows', 'Windows, current Linux and Java (recommended): AES-256'],
  ['legacy', 'Windows Server 2016 and older, appliances: 3DES and SHA-1'],
  ['strict', 'Modern only: AES-256, 250,000 rounds'],
];
const SUFFIX = { pkcs12: 'pfx', pem: 'pem', der: 'cer', p7b: 'p7b' };

export const fileStem = (c) => (c.common_name || c.label || 'certificate').replace(/^\*\./, 'wildcard.').replace(/[^\w.-]+/g, '-');

function passwordFault(password) {
  if (/[^\x20-\x7e]/.test(password))
    return 'Use letters, digits and signs of plain ASCII: programs disagree how to write others into a PFX.';
  return '';
}

export const useTargets = () => useLoad(async () => (await get('/export-targets')).items, []);

// Where does it go? Decides how the file is encrypted; an expert may decide otherwise.
export function Target({ targets, target, setTarget, profile, setProfile, formId }) {
  const of = targets.value?.find((t) => t.slug === target);
  return html`<${Choice} pairs legend="Where does it go?" name="${formId}-target" value=${target} set=${(slug) => { setTarget(slug); setProfile(''); }}
      options=${(targets.value || []).map((t) => [t.slug, t.label, t.pkcs12_profile === 'legacy' ? '3DES and SHA-1' : 'AES-256 and SHA-256'])} />
    <${Fault} of=${targets.problem} />
    ${of && !profile && html`<div class="hint" aria-live="polite"><p>Opened by: ${of.readers.join('; ')}.</p><p>${of.note}</p></div>`}
    <details><summary>Advanced</summary>
      <${Select} label="PKCS #12 profile" value=${profile} set=${setProfile} options=${PROFILES}
        hint="Chosen here it counts instead of the place above." />
    </details>`;
}

// The form itself, shared by the dialog and by the last step of the request wizard.
export function ExportForm({ certificate, onDone, formId }) {
  const withKey = certificate.has_private_key && certificate.exportable;
  const [format, setFormat] = useState(withKey ? 'pkcs12' : 'pem');
  const [profile, setProfile] = useState('');
  const [target, setTarget] = useState('windows-2019');
  const targets = useTargets();
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [includeKey, setIncludeKey] = useState(false);
  const [includeRoot, setIncludeRoot] = useState(false);
  const act = useAction();
  const needsPassword = format === 'pkcs12' || (format === 'pem' && includeKey);
  const wrong = needsPassword ? passwordFault(password) : '';
  const ready = !needsPassword || (password && password === again && !wrong);

  const run = (e) => {
    e?.preventDefault();
    if (!ready)
      return;
    act.run(async () => {
      const body = { format, include_root: includeRoot };
      if (format === 'pkcs12')
        Object.assign(body, { password, ...(profile ? { pkcs12_profile: profile } : { target }) });
      if (format === 'pem' && includeKey)
        Object.assign(body, { include_key: true, password });
      if (format === 'der')
        delete body.include_root;
      const name = await download('POST', `/certificates/${certificate.id}/export`, { body, accept: '*/*' }, `${fileStem(certificate)}.${SUFFIX[format]}`);
      onDone(name, format, format === 'pkcs12' && !profile ? targets.value?.find((t) => t.slug === target) : null);
    });
  };

  return html`<form id=${formId} onSubmit=${run} novalidate class="stack">
    <${Choice} pairs legend="Form" name="${formId}-format" value=${format} set=${setFormat} options=${[
      ['pkcs12', 'PFX, with the private key', withKey ? 'Certificate, key and chain under a password (PKCS #12).'
        : certificate.has_private_key ? 'Not possible: the key was made as not exportable.' : 'Not possible: the private key is not here.', !withKey],
      ['pem', 'PEM', 'Certificate and issuers as text: nginx, Apache.'],
      ['der', 'DER (.cer)', 'The certificate alone, in binary.'],
      ['p7b', 'PKCS #7 (.p7b)', 'Certificate and issuers, without a key.'],
    ]} />
    ${format === 'pkcs12' && html`<${Target} targets=${targets} target=${target} setTarget=${setTarget} profile=${profile} setProfile=${setProfile} formId=${formId} />`}
    ${format === 'pem' && withKey && html`<${Check} checked=${includeKey} set=${setIncludeKey} hint="Encrypted under the password below.">Add the private key<//>`}
    ${needsPassword && html`<${NewPassword} label="Certificate password" value=${password} set=${setPassword} again=${again} setAgain=${setAgain}
      problem=${act.problem} pointer="/password" withGenerator hint=${wrong || 'Whoever opens the file will be asked for it. It cannot be empty, and nobody can recover it.'} />`}
    ${format !== 'der' && html`<${Check} checked=${includeRoot} set=${setIncludeRoot} hint="Usually not: whoever trusts the root has it.">Add the root certificate<//>`}
    <${Fault} of=${act.problem} fields=${['/password']} />
    <div class="row end"><${Submit} icon="download" busy=${act.busy} disabled=${!ready}>Download<//></div>
  </form>`;
}

export function ExportDialog({ certificate, onClose }) {
  const [done, setDone] = useState(null);
  return html`<${Dialog} bare title=${done ? 'Exported' : 'Certificate Export'} onClose=${onClose}>
    ${done ? html`<div class="stack">
      <${Note} tone="good" title=${done.name}>The file is among this browser's downloads. ${done.format === 'pkcs12' && 'It was opened again and checked first.'} ${done.target && `Opened by: ${done.target.readers.join('; ')}.`}<//>
      ${done.format === 'pkcs12' && html`<${InstallCertificate} file=${done.name} thumbprint=${certificate.thumbprint_sha1} name=${certificate.common_name} />`}
      <div class="row end"><${Button} primary onClick=${onClose}>Done<//></div>
    </div>` : html`<${ExportForm} certificate=${certificate} formId="export" onDone=${(name, format, target) => setDone({ name, format, target })} />`}
  <//>`;
}
