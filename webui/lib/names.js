// names - what an administrator pastes, taken apart: DNS names and IP addresses.
const V4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

export function isAddress(text) {
  if (V4.test(text))
    return true;
  if (!text.includes(':') || !/^[0-9a-f:.]+$/i.test(text))
    return false;
  try {
    return Boolean(new URL(`http://[${text}]/`));
  } catch {
    return false;
  }
}

// Splits at commas, semicolons and white space; drops schemes, ports, paths, brackets and "DNS:" as they come with pasted lists.
export function namesIn(text) {
  const found = text.split(/[\s,;]+/).map((word) => word
    .replace(/^(DNS|IP|IP Address)[:=]/i, '')
    .replace(/^[a-z]+:\/\//i, '')
    .replace(/[/?#].*$/, '')
    .replace(/^\[([0-9a-f:.]+)\](:\d+)?$/i, '$1')
    .replace(/^([^:]+):\d+$/, '$1')
    .trim()).filter(Boolean);
  return [...new Set(found.map((name) => (isAddress(name) ? name.toLowerCase() : name)))];
}

export function sortNames(names) {
  return { dns_names: names.filter((n) => !isAddress(n)), ip_addresses: names.filter(isAddress) };
}

// What the server will refuse anyway, said while typing. "" when nothing is wrong.
export function complaint(name) {
  if (isAddress(name))
    return '';
  if (name.length > 253)
    return 'longer than 253 characters';
  if (name.includes('*') && !/^\*\.[^*]+\.[^*]+$|^\*\.[^*]+$/.test(name))
    return 'a wildcard is the whole first label: *.example.lan';
  if (/[\s_@/\\'"<>]/.test(name.replace(/^\*\./, '')))
    return 'a host name has letters, digits and hyphens';
  if (name.split('.').some((label) => label === '' || label.length > 63 || label.startsWith('-') || label.endsWith('-')))
    return 'every label has 1 to 63 characters and no hyphen at its ends';
  return '';
}

// What a person calls the holder of a distinguished name.
export const commonNameOf = (dn) => /(?:^|,\s*)CN=((?:\\.|[^,\\])+)/i.exec(dn || '')?.[1].replace(/\\(.)/g, '$1') || dn || '';
