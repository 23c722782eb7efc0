// finding - the question of a list: what stands in the search box, which conditions were clicked, and what is hidden until asked for.

const GRAMMAR = /^-?(?:(?:state|status|issuer|key|has|is|source|store|san|serial|thumbprint|tag|owner|account):\S|expires[<>]|in-use$)/i;

// Words, with what stands between quotation marks kept together.
export const termsOf = (text) => text.match(/(?:[^\s"]|"(?:\\.|[^"\\])*"?)+/g) || [];
export const isGrammar = (text) => termsOf(text).some((t) => GRAMMAR.test(t));
export const has = (filter, part) => termsOf(part).every((t) => termsOf(filter).includes(t));
export const without = (filter, part) => termsOf(filter).filter((t) => !termsOf(part).includes(t)).join(' ');
export const toggled = (filter, part) => (has(filter, part) ? without(filter, part) : [...termsOf(filter), ...termsOf(part).filter((t) => !has(filter, t))].join(' '));
export const quoted = (text) => `"${text.replace(/["\\]/g, '\\$&')}"`;

// What has ended long ago is hidden, unless the question is about an end.
export const hidesExpired = (asked, days) => !asked.all && days > 0 && !/(^|\s)-?(?:expires[<>]|(?:state|status):expired|is:superseded)/.test(`${asked.q} ${asked.filter}`);

export function questionOf(store, asked, days) {
  const typed = isGrammar(asked.q);
  const filter = [store === 'archived' ? 'is:archived' : `store:${store}`, typed && asked.q, asked.filter, hidesExpired(asked, days) && `expires>-${days}d`].filter(Boolean).join(' ');
  return { q: typed ? '' : asked.q, filter };
}
