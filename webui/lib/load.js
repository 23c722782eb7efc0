// load - what a screen asks the server for: the value, the problem, and asking again.
import { useCallback, useEffect, useRef, useState } from './html.js';
import { get } from './api.js';

export function useLoad(fetcher, deps) {
  const [state, setState] = useState({ value: null, problem: null, busy: true });
  const turn = useRef(0);
  const reload = useCallback(async () => {
    const mine = ++turn.current;
    setState((s) => ({ ...s, busy: true }));
    try {
      const value = await fetcher();
      if (mine === turn.current)
        setState({ value, problem: null, busy: false });
    } catch (problem) {
      if (mine === turn.current)
        setState((s) => ({ value: s.value, problem, busy: false }));
    }
  }, deps);
  useEffect(() => {
    setState({ value: null, problem: null, busy: true });
    reload();
    return () => { turn.current++; };
  }, [reload]);
  return { ...state, reload };
}

// A keyset list. A page may be short, even empty, while there is more: it goes on by itself until something is there to show.
export function useList(path, query) {
  const [state, setState] = useState({ items: [], next: null, busy: true, problem: null });
  const turn = useRef(0);
  const key = JSON.stringify([path, query]);

  const fetchFrom = useCallback(async (cursor, before) => {
    const mine = ++turn.current;
    setState((s) => ({ ...s, busy: true, problem: null }));
    let items = before, next = cursor;
    try {
      do {
        const page = await get(path, { ...query, cursor: next });
        if (mine !== turn.current)
          return;
        items = [...items, ...page.items];
        next = page.next_cursor;
        setState({ items, next, busy: Boolean(next), problem: null });
      } while (next && items.length - before.length < 20);
      setState({ items, next, busy: false, problem: null });
    } catch (problem) {
      if (mine === turn.current)
        setState({ items, next, busy: false, problem });
    }
  }, [key]);

  useEffect(() => {
    fetchFrom(null, []);
    return () => { turn.current++; };
  }, [fetchFrom]);
  return { ...state, more: () => fetchFrom(state.next, state.items), reload: () => fetchFrom(null, []) };
}

// One action of the user under way: run(fn) keeps its problem for the screen.
export function useAction() {
  const [state, setState] = useState({ busy: false, problem: null });
  const run = useCallback(async (fn) => {
    setState({ busy: true, problem: null });
    try {
      const value = await fn();
      setState({ busy: false, problem: null });
      return value;
    } catch (problem) {
      setState({ busy: false, problem: problem.slug === 'cancelled' ? null : problem });
      return undefined;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false, problem: null }), []);
  return { ...state, run, clear };
}
