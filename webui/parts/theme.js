// theme - light, dark, or as the system says.
import { html, useState } from '../lib/html.js';
import { Icon } from './icon.js';

const CHOICES = [['', 'As the system', 'auto'], ['light', 'Light', 'sun'], ['dark', 'Dark', 'moon']];

function choose(value) {
  if (value)
    document.documentElement.dataset.theme = value;
  else
    delete document.documentElement.dataset.theme;
  try {
    if (value)
      localStorage.setItem('theme', value);
    else
      localStorage.removeItem('theme');
  } catch {
    // storage is off: it lasts until the page is left
  }
}

export function ThemeSwitch() {
  const [now, setNow] = useState(document.documentElement.dataset.theme || '');
  return html`<div class="theme" role="group" aria-label="Appearance">${CHOICES.map(([value, words, icon]) => html`
    <button type="button" aria-pressed=${now === value ? 'true' : 'false'} aria-label=${words} title=${words} onClick=${() => { choose(value); setNow(value); }}><${Icon} name=${icon} size=${16} /></button>`)}</div>`;
}
