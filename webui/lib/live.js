// live - one EventSource for the whole console, closed while nobody looks.
import { useEffect, useRef } from './html.js';

const ACTS = [
  'certificate.described', 'collection.saved', 'collection.removed', 'bulk.asked',
  'certificate.issued', 'certificate.renewed', 'certificate.exported', 'certificate.imported', 'certificate.archived', 'certificate.unarchived', 'certificate.deleted',
  'certificate.replaced', 'certificate.rolled-back', 'certificate.key-added', 'permissions.changed',
  'request.submitted', 'request.created', 'request.signed', 'request.denied', 'request.withdrawn', 'request.completed',
  'authority.made', 'authority.crl-signed', 'authority.lint-stopped',
  'web-server.selected', 'web-server.confirmed', 'web-server.returned', 'web-server.rolled-back', 'setting.changed', 'setup.finished', 'tool.probed',
  'token.created', 'token.revoked', 'user.created', 'user.password',
];
const listeners = new Set();
let source = null;

function heard(event) {
  let data = {};
  try {
    data = JSON.parse(event.data);
  } catch {
    return;
  }
  for (const tell of listeners)
    tell(data);
}

function open() {
  if (source || document.hidden || listeners.size === 0)
    return;
  source = new EventSource('/api/v1/events');
  source.onmessage = heard;
  for (const act of ACTS)
    source.addEventListener(act, heard);
}

function close() {
  source?.close();
  source = null;
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    close();
    return;
  }
  open();
  for (const tell of listeners)
    tell({ act: 'visible' });   // what happened meanwhile is not repeated: everybody looks again
});
addEventListener('pagehide', close);

// Calls back, at most once in 300 ms, when something with one of these beginnings has happened.
export function useLive(beginnings, again) {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    let timer = 0;
    const tell = (event) => {
      if (event.act !== 'visible' && !beginnings.some((b) => event.act?.startsWith(b)))
        return;
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(event), 300);
    };
    listeners.add(tell);
    open();
    return () => {
      clearTimeout(timer);
      listeners.delete(tell);
      if (listeners.size === 0)
        close();
    };
  }, []);
}
