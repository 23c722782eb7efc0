// install - the lines that put a file where it belongs, filled in with its real name and thumbprint.
import { html, useState } from '../lib/html.js';
import { Lines, Note, Tabs } from './ui.js';

const quotePower = (text) => `'${text.replaceAll("'", "''")}'`;
const quoteShell = (text) => (/^[\w.@%+=:,/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
const stem = (file) => file.replace(/\.[^.]+$/, '');

// A PFX (or the PEM of the same certificate) on the machine that will use it.
export function InstallCertificate({ file, thumbprint, name }) {
  const [tab, set] = useState('windows');
  const pfx = file.endsWith('.pfx') || file.endsWith('.p12') ? file : `${stem(file)}.pfx`;
  const base = quoteShell(stem(pfx));
  const print = (thumbprint || '').toUpperCase();
  const texts = {
    windows: [`$password = Read-Host -AsSecureString 'Certificate password'\n`,
      `Import-PfxCertificate -FilePath .\\${/[^\w.-]/.test(pfx) ? quotePower(pfx) : pfx} -CertStoreLocation Cert:\\LocalMachine\\My -Password $password\n`,
      `Get-ChildItem Cert:\\LocalMachine\\My\\${print}`].join(''),
    debian: [`openssl pkcs12 -in ${quoteShell(pfx)} -clcerts -nokeys -out ${base}.crt\n`,
      `openssl pkcs12 -in ${quoteShell(pfx)} -cacerts -nokeys >> ${base}.crt\n`,
      `openssl pkcs12 -in ${quoteShell(pfx)} -nocerts -nodes -out ${base}.key\n`,
      `sudo install -o root -g root -m 0644 ${base}.crt /etc/ssl/certs/${base}.crt\n`,
      `sudo install -o root -g ssl-cert -m 0640 ${base}.key /etc/ssl/private/${base}.key && rm ${base}.key\n`,
      `openssl x509 -in /etc/ssl/certs/${base}.crt -noout -fingerprint -sha1   # ${print}`].join(''),
    nginx: [`server {\n    listen 443 ssl;\n    server_name ${name || '_'};\n`,
      `    ssl_certificate     /etc/ssl/certs/${base}.crt;      # leaf first, then its issuers\n`,
      `    ssl_certificate_key /etc/ssl/private/${base}.key;\n}\n`,
      `# then: sudo nginx -t && sudo nginx -s reload`].join(''),
  };
  const words = {
    windows: 'PowerShell, as administrator. The store is called My there and Personal in certlm.msc.',
    debian: 'Takes the PFX apart into the certificate with its chain and the key.',
    nginx: 'After the lines for Debian.',
  };
  return html`<${Tabs} label="Install on" tabs=${[['windows', 'Windows'], ['debian', 'Debian'], ['nginx', 'nginx']]} current=${tab} set=${set}>
    <p class="hint">${words[tab]}</p><${Lines} label="${tab} commands">${texts[tab]}<//>
  <//>`;
}

// The root, on machines that shall trust what we issue.
export function InstallRoot({ trustUrl, thumbprint }) {
  const system = /Win/.test(navigator.platform) ? 'windows' : /Mac/.test(navigator.platform) ? 'macos' : 'debian';
  const [tab, set] = useState(system);
  const base = (trustUrl || '').replace(/\/$/, '');
  const texts = {
    windows: `Invoke-WebRequest ${base}/root.cer -OutFile root.cer\nImport-Certificate -FilePath .\\root.cer -CertStoreLocation Cert:\\LocalMachine\\Root`,
    debian: `sudo curl -fsS -o /usr/local/share/ca-certificates/signet-root.crt ${base}/root.pem\nsudo update-ca-certificates`,
    macos: `curl -fsS -o root.cer ${base}/root.cer\nsudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain root.cer`,
    chromium: `curl -fsS -o root.pem ${base}/root.pem\nmkdir -p ~/.local/share/pki/nssdb ~/.pki/nssdb\ncertutil -d sql:$HOME/.pki/nssdb -A -t "C,," -n signet -i root.pem\ncertutil -d sql:$HOME/.local/share/pki/nssdb -A -t "C,," -n signet -i root.pem`,
    firefox: 'about:preferences#privacy > View Certificates > Authorities > Import… > root.cer > Trust this CA to identify websites',
  };
  const words = {
    windows: 'PowerShell, as administrator: Local Machine, not Current User.',
    debian: 'For curl, wget, git and other programs of Debian and Ubuntu. Browsers have their own stores.',
    macos: 'Terminal. Safari and Chrome use this store.',
    chromium: 'Chrome and Chromium on Linux (package libnss3-tools). Restart the browser afterwards.',
    firefox: 'Firefox on Windows and macOS follows the system; on Linux it is done by hand or by policy.',
  };
  return html`<${Tabs} label="This computer" current=${tab} set=${set}
      tabs=${[['windows', 'Windows'], ['debian', 'Debian'], ['macos', 'macOS'], ['chromium', 'Chrome on Linux'], ['firefox', 'Firefox']]}>
    <p class="hint">${words[tab]}</p><${Lines} label="${tab} commands">${texts[tab]}<//>
    ${thumbprint && html`<${Note} title="Compare before you trust">The SHA-256 fingerprint of the file is <code class="wrap">${thumbprint}</code><//>`}
  <//>`;
}
