// drop - text that is pasted, or a file that is dropped or opened. A file in binary goes on as base64.
import { html, useState } from '../lib/html.js';
import { Icon } from './icon.js';
import { Button, Field } from './ui.js';

const LARGEST = 700_000;      // what fits into a member of the toolbox as base64

function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

// value: { text, name }; name and size are there when it is a file in binary.
export const nothing = { text: '', name: '' };

async function read(file) {
  if (file.size > LARGEST)
    throw new Error(`${file.name} is larger than ${LARGEST / 1000} kB: the toolbox is for single files.`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  if (text.includes('-----BEGIN') && !text.includes('\0'))
    return { text, name: file.name };
  return { text: base64(bytes), name: file.name, size: bytes.length };
}

// several: PEM files are put one behind the other, such as certificate, key and chain.
export function Drop({ label, hint, value, set, problem, pointer, several, rows = 8, accept, placeholder }) {
  const [fault, setFault] = useState('');
  const [over, setOver] = useState(false);
  async function take(files) {
    setFault('');
    try {
      const parts = await Promise.all([...files].slice(0, several ? 10 : 1).map(read));
      if (parts.length === 0)
        return;
      if (parts.length > 1 && parts.some((p) => p.size))
        throw new Error('Several files are possible in PEM only: take one in binary at a time.');
      const before = several && !parts[0].size && !value.size ? value.text : '';
      set(parts.length === 1 && !before ? parts[0] : { text: [before, ...parts.map((p) => p.text)].filter(Boolean).map((t) => t.trimEnd()).join('\n') + '\n', name: parts[0].name });
    } catch (e) {
      setFault(e.message);
    }
  }
  const on = {
    onDragOver: (e) => { e.preventDefault(); setOver(true); },
    onDragLeave: () => setOver(false),
    onDrop: (e) => { e.preventDefault(); setOver(false); take(e.dataTransfer.files); },
  };
  return html`<div class="drop ${over ? 'over' : ''}" ...${on}>
    <${Field} label=${label} hint=${hint} problem=${problem} pointer=${pointer} error=${fault}>${(ties) => (value.size
      ? html`<div class="drop-file"><${Icon} name="certificate" /><input type="text" readonly ...${ties} value="${value.name}, ${value.size.toLocaleString()} bytes" /></div>`
      : html`<textarea rows=${rows} class="mono" spellcheck="false" autocomplete="off" ...${ties} value=${value.text} placeholder=${placeholder} onInput=${(e) => set({ text: e.currentTarget.value, name: '' })}></textarea>`)}<//>
    <div class="row"><label class="button file">Open a file…<input type="file" class="unseen" aria-label="Open a file: ${label}" multiple=${several} accept=${accept} onChange=${(e) => { take(e.currentTarget.files); e.currentTarget.value = ''; }} /></label>
      <span class="hint">or drop it here</span><span class="spring"></span>${value.text && html`<${Button} quiet icon="close" onClick=${() => { setFault(''); set(nothing); }}>Clear<//>`}</div>
  </div>`;
}
