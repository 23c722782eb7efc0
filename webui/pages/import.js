// import - the "Certificate Import Wizard": the files, their passwords where they have any, the store, one look at all of it, what went where.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../lib/html.js';
import { remove } from '../lib/api.js';
import { inOrder, isLocked, pieceOf, readPiece, send } from '../lib/importing.js';
import { useAction } from '../lib/load.js';
import { href } from '../lib/router.js';
import { STORES } from '../lib/stores.js';
import { Icon } from '../parts/icon.js';
import { Imported, said, summary } from '../parts/imported.js';
import { Password } from '../parts/secret.js';
import { useSteps, WizardCard } from '../parts/steps.js';
import { Button, Card, Check, Choice, Dialog, Facts, Fault, Field, LinkButton, Note, Page, Select, Submit, toast } from '../parts/ui.js';

const STEPS = [['files', 'File to Import'], ['store', 'Certificate Store'], ['review', 'Completing the Certificate Import Wizard']];
const ACCEPT = '.pfx,.p12,.pem,.crt,.cer,.der,.p7b,.p7c,.key,.zip,.txt,application/x-pkcs12,application/zip';
const plural = (n, one, many) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

// ---- the first step: files

function Drop({ take, busy }) {
  const [over, setOver] = useState(false);
  const drop = (e) => {
    e.preventDefault();
    setOver(false);
    take([...e.dataTransfer.files]);
  };
  return html`<div class="landing ${over ? 'over' : ''}" onDragOver=${(e) => { e.preventDefault(); setOver(true); }} onDragLeave=${() => setOver(false)} onDrop=${drop}>
    <${Icon} name="certificate" size=${26} /><p><strong>Drop files here</strong>, as many as there are</p>
    <p class="hint">Personal Information Exchange (.pfx, .p12), certificates and chains (.pem, .crt, .cer, .der), PKCS #7 (.p7b), keys (.key), or a .zip of these.</p>
    <label class="button file">Browse…<input type="file" class="unseen" multiple accept=${ACCEPT} disabled=${busy} onChange=${(e) => { take([...e.currentTarget.files]); e.currentTarget.value = ''; }} /></label></div>`;
}

function Paste({ take }) {
  const [text, setText] = useState('');
  const add = () => {
    take(text);
    setText('');
  };
  return html`<details class="only"><summary>Or paste text</summary><div class="stack">
    <${Field} label="Certificates and keys as PEM, or base64 of a file">${(ties) => html`<textarea rows="7" class="mono" spellcheck="false" ...${ties} value=${text} onInput=${(e) => setText(e.currentTarget.value)}></textarea>`}<//>
    <div class="row"><${Button} icon="plus" disabled=${!text.trim()} onClick=${add}>Add<//></div></div></details>`;
}

function contents(pieces) {
  const items = pieces.flatMap((p) => p.items), of = (kind) => items.filter((i) => i.kind === kind).length;
  return [[of('certificate'), 'certificate', 'certificates'], [of('key'), 'private key', 'private keys'], [of('request'), 'request', 'requests'], [of('crl'), 'revocation list', 'revocation lists']]
    .filter(([n]) => n).map((words) => plural(...words)).join(', ');
}

// Asked only where a file does not open without; one password for all members of a ZIP that want one.
function Unlock({ name, pieces, unlock, busy }) {
  const [password, setPassword] = useState('');
  const tried = pieces.some((p) => p.password);
  const submit = () => password && unlock(pieces, password);
  return html`<div class="unlock" onKeyDown=${(e) => e.key === 'Enter' && e.target.tagName === 'INPUT' && (e.preventDefault(), submit())}>
    <${Password} label="Password of ${name}" value=${password} set=${setPassword} autocomplete="off" error=${tried ? said(pieces[0].trouble.detail) : ''}
      hint=${pieces[0].member !== null ? `To maintain security, ${plural(pieces.length, 'file in it was', 'files in it were')} protected with a password.` : 'To maintain security, the private key was protected with a password.'} />
    <${Button} icon="unlocked" busy=${busy} disabled=${!password} onClick=${submit}>Open<//></div>`;
}

function FileRow({ name, pieces, drop, unlock, busy }) {
  const locked = pieces.filter(isLocked), wrong = pieces.filter((p) => p.trouble && !isLocked(p)), holds = contents(pieces);
  return html`<li class="import-file"><div class="row"><${Icon} name=${locked.length ? 'key' : wrong.length === pieces.length ? 'bad' : 'certificate'} />
      <div class="import-name"><strong>${name}</strong><span class="small muted block">${holds || (locked.length ? 'opens with its password' : 'nothing in it can be imported')}${pieces[0].member !== null ? `, in ${plural(pieces.length, 'file', 'files')}` : ''}</span></div>
      <button type="button" class="copy" aria-label="Remove ${name}" title="Remove" disabled=${busy} onClick=${drop}><${Icon} name="close" /></button></div>
    ${wrong.map((p) => html`<p class="fault"><${Icon} name="warn" size=${15} /><span>${p.member !== null && html`<strong>${p.member}: </strong>`}${said(p.trouble.detail)}</span></p>`)}
    ${locked.length > 0 && html`<${Unlock} name=${name} pieces=${locked} unlock=${unlock} busy=${busy} />`}</li>`;
}

const bySource = (pieces) => [...pieces.reduce((map, p) => map.set(p.key, [...(map.get(p.key) || []), p]), new Map()).values()];

function FilesStep({ pieces, take, paste, drop, unlock, busy }) {
  return html`<p class="lead">Specify the files you want to import.</p>
    <${Drop} take=${take} busy=${busy} /><${Paste} take=${paste} />
    ${pieces.length > 0 && html`<ul class="import-files">${bySource(pieces).map((group) => html`<${FileRow} key=${group[0].key} name=${group[0].name} pieces=${group} busy=${busy}
      drop=${() => drop(group[0].key)} unlock=${unlock} />`)}</ul>`}`;
}

// ---- the others

function StoreStep({ w, change, hasKeys }) {
  return html`<p class="lead">Certificate stores are system areas where certificates are kept.</p>
    <${Choice} legend="Certificate store" name="place" value=${w.store ? 'one' : 'automatic'} set=${(v) => change({ store: v === 'one' ? 'personal' : '' })} options=${[
      ['automatic', 'Automatically select the certificate store based on the type of certificate', 'With a key or for a server: Personal. A root: Trusted Root Certification Authorities. Other CAs: Intermediate.'],
      ['one', 'Place all certificates in the following store', ''],
    ]} />
    ${w.store && html`<${Select} label="Certificate store" value=${w.store} set=${(store) => change({ store })} options=${Object.entries(STORES)} />`}
    ${w.store === 'root' && html`<${Note} tone="warn" title="Everything they issue will be believed">Compare each thumbprint with what its owner has published before you go on.<//>`}
    ${hasKeys && html`<${Check} checked=${w.exportable} set=${(exportable) => change({ exportable })} hint="It lets you back up or move the key later. Without it the key never leaves this server again; that cannot be changed.">Mark this key as exportable<//>`}`;
}

function Progress({ at, label }) {
  return html`<div class="import-progress" role="status"><progress max=${at.all || 1} value=${at.done} aria-label=${label}></progress><span>${label}: ${at.done} of ${plural(at.all, 'file', 'files')}</span></div>`;
}

function ReviewStep({ pieces, w }) {
  const left = pieces.filter(isLocked).length;
  return html`<${Facts} rows=${[
      ['Certificate store', w.store ? STORES[w.store] : 'Automatically determined by the wizard'],
      ['Content', summary(pieces, false) || 'Nothing that can be imported'],
      ['Files', plural(new Set(pieces.map((p) => p.key)).size, 'file', 'files')],
    ]} />
    ${left > 0 && html`<${Note} tone="warn" title="${plural(left, 'file stays', 'files stay')} closed">Go back and enter the password, or finish without.<//>`}
    <${Imported} pieces=${pieces} />`;
}

// ---- the result, and the way back

const undoable = (pieces) => [...new Map(pieces.flatMap((p) => p.items).filter((i) => i.action === 'added' && i.certificate_id && i.label).map((i) => [i.certificate_id, i])).values()];

function UndoDialog({ items, onClose, onDone }) {
  const act = useAction();
  const [at, setAt] = useState({ done: 0, all: items.length });
  const undo = () => act.run(async () => {
    for (const [n, i] of items.entries()) {
      setAt({ done: n, all: items.length });
      await remove(`/certificates/${i.certificate_id}?${new URLSearchParams({ confirm: i.label })}`).catch((problem) => {
        if (problem.status !== 404)
          throw problem;
      });
    }
    onDone();
  });
  return html`<${Dialog} title="Undo this import?" onClose=${onClose} form=${undo} footer=${html`<${Button} onClick=${onClose}>Cancel<//><${Submit} busy=${act.busy}>Delete ${plural(items.length, 'certificate', 'certificates')}<//>`}>
    <p>The certificates that this import has added are deleted, with the private keys that came with them: keep your files. What was here before, and versions that were added to it, stay.</p>
    <ul class="plain">${items.slice(0, 12).map((i) => html`<li>${i.label}, ${STORES[i.store] || i.store}</li>`)}${items.length > 12 && html`<li>and ${items.length - 12} more</li>`}</ul>
    ${act.busy && items.length > 5 && html`<p role="status">${at.done} of ${at.all}</p>`}
    <${Fault} of=${act.problem} />
  <//>`;
}

function Result({ pieces, mayUndo, again }) {
  const [asking, setAsking] = useState(false), [undone, setUndone] = useState(false);
  useLayoutEffect(() => {
    scrollTo(0, 0);
    document.getElementById('page-title')?.focus({ preventScroll: true });
  }, []);
  const items = undoable(pieces), stores = [...new Set(pieces.flatMap((p) => p.items).filter((i) => i.store && i.action !== 'ignored').map((i) => i.store))];
  const failed = pieces.filter((p) => p.trouble), none = pieces.every((p) => p.items.every((i) => i.action === 'ignored'));
  return html`<${Page} title="Certificate Import Wizard" back=${{ href: href('/certificates'), label: 'All certificates' }} action=${html`<${Button} icon="plus" onClick=${again}>Import more<//>`}>
    <${Note} tone=${undone ? 'warn' : none ? 'bad' : failed.length ? 'warn' : 'good'} title=${undone ? 'The import was undone.' : none ? 'Nothing was imported.' : failed.length ? 'The import was successful, but for some files.' : 'The import was successful.'}>${undone ? 'What it had added is gone.' : summary(pieces, true)}<//>
    ${!undone && html`<${Card} title="What went where" action=${mayUndo && items.length > 0 && html`<${Button} icon="back" onClick=${() => setAsking(true)}>Undo…<//>`}><div class="stack">
      <${Imported} pieces=${pieces} done />
      <div class="row">${stores.map((s) => html`<${LinkButton} icon="folder" href=${href('/certificates', s === 'personal' ? {} : { store: s })}>${STORES[s] || s}<//>`)}</div></div><//>`}
    ${asking && html`<${UndoDialog} items=${items} onClose=${() => setAsking(false)} onDone=${() => { setAsking(false); setUndone(true); toast('The import was undone'); }} />`}
  <//>`;
}

const wishOf = (w) => ({ exportable: w.exportable, ...(w.store ? { store: w.store } : {}) });

function Wizard({ route, onDone }) {
  const [w, setW] = useState({ store: STORES[route.query.get('store')] ? route.query.get('store') : '', exportable: true });
  const [pieces, setPieces] = useState([]);
  const [progress, setProgress] = useState(null);
  const act = useAction(), wizard = useSteps(STEPS), gone = useRef(false);
  const { step } = wizard;
  useEffect(() => () => { gone.current = true; }, []);

  const sent = (list, how, label) => send(list, how, (done, all) => setProgress({ done, all, label }), () => gone.current).finally(() => setProgress(null));
  const look = (list) => act.run(async () => {
    const seen = await sent(list, { preview: true, ...wishOf(w) }, 'Looking into');
    setPieces((before) => inOrder([...before.filter((p) => !list.some((l) => l.key === p.key && l.member === p.member)), ...seen]));
    return true;
  });
  const take = async (files) => {
    wizard.setHint('');
    await look(await Promise.all(files.map(readPiece)));
  };
  const paste = (text) => look([pieceOf('Pasted text', text.length, text.trim())]);
  const unlock = (list, password) => look(list.map((p) => ({ ...p, password })));
  const change = (part) => setW((before) => ({ ...before, ...part }));
  const show = (s) => { act.clear(); wizard.show(s); };
  const split = () => [pieces.filter((p) => !p.trouble), pieces.filter((p) => p.trouble)];
  const review = async () => {
    const [good, rest] = split();
    if (await act.run(async () => { setPieces(inOrder([...await sent(good, { preview: true, ...wishOf(w) }, 'Looking into'), ...rest])); return true; }))
      wizard.reach('review');
  };
  const finish = () => act.run(async () => {
    const [good, rest] = split();
    onDone(inOrder([...await sent(good, wishOf(w), 'Importing'), ...rest]));
  });
  const usable = pieces.some((p) => !p.trouble && p.items.some((i) => i.kind === 'certificate' || i.kind === 'key'));
  const forward = () => {
    if (act.busy)
      return;
    if (!usable) {
      wizard.setHint(pieces.some(isLocked) ? 'Enter the password, then press Open.' : pieces.length ? 'None of these files holds a certificate or key that can be imported.' : 'Choose at least one file.');
      return;
    }
    wizard.setHint('');
    ({ files: wizard.next, store: review, review: finish })[step]();
  };
  return html`<${Page} title="Certificate Import Wizard" back=${{ href: href('/certificates', { store: w.store === 'personal' ? '' : w.store }), label: 'All certificates' }}>
    <${WizardCard} of=${wizard} label="Import" wide busy=${act.busy} show=${(s) => (s === 'review' ? review() : show(s))} go=${forward} next=${step === 'review' ? 'Finish' : 'Next'}>
        ${step === 'files' && html`<${FilesStep} pieces=${pieces} take=${take} paste=${paste} unlock=${unlock} busy=${act.busy} drop=${(key) => setPieces((all) => all.filter((p) => p.key !== key))} />`}
        ${step === 'store' && html`<${StoreStep} w=${w} change=${change} hasKeys=${pieces.some((p) => p.items.some((i) => i.kind === 'key'))} />`}
        ${step === 'review' && html`<${ReviewStep} pieces=${pieces} w=${w} />`}
        ${progress && html`<${Progress} at=${progress} label=${progress.label} />`}
        <${Fault} of=${act.problem} /><//>
  <//>`;
}

export function Import({ route, session }) {
  const [done, setDone] = useState(null), [turn, setTurn] = useState(0);
  const again = () => { setDone(null); setTurn(turn + 1); };
  const mayUndo = !session.rights || session.rights.includes('manage');
  return done ? html`<${Result} pieces=${done} mayUndo=${mayUndo} again=${again} />` : html`<${Wizard} key=${turn} route=${route} onDone=${setDone} />`;
}
