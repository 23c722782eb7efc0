// router - the hash names the screen: '#/certificates/<id>/details?sort=not_after'.
import { useEffect, useState } from './html.js';

export function here() {
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  return { path: path || '/', parts: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export function useRoute() {
  const [route, setRoute] = useState(here);
  useEffect(() => {
    const changed = () => setRoute(here());
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}

export function href(path, query = {}) {
  const given = new URLSearchParams(Object.entries(query).filter(([, v]) => v)).toString();
  return `#${path}${given ? `?${given}` : ''}`;
}

export function go(path, query) {
  location.hash = href(path, query).slice(1);
}

// The same screen, asked differently: no entry in the history for each key that is pressed.
export function refine(path, query) {
  history.replaceState(null, '', href(path, query));
  dispatchEvent(new HashChangeEvent('hashchange'));
}
