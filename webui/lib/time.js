// time - instants come as RFC 3339 and are shown in the words and the zone of the reader.
export const DAY = 86_400_000;

const dateWords = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const bothWords = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const monthWords = new Intl.DateTimeFormat(undefined, { month: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const UNITS = [['year', 365 * DAY], ['month', 30 * DAY], ['day', DAY], ['hour', 3_600_000], ['minute', 60_000]];

export const date = (at) => (at ? dateWords.format(new Date(at)) : '');
export const both = (at) => (at ? bothWords.format(new Date(at)) : '');
export const month = (at) => monthWords.format(new Date(at));
export const isoDay = (at) => new Date(at).toISOString().slice(0, 10);
export const daysLeft = (at) => Math.floor((new Date(at) - Date.now()) / DAY);

// "in 3 months", "2 days ago", "now"
export function fromNow(at) {
  const ms = new Date(at) - Date.now();
  // two of a unit before it is used: "in 45 days" says more than "in 2 months"
  const [unit, size] = UNITS.find(([, s]) => Math.abs(ms) >= 2 * s) || UNITS[UNITS.length - 1];
  return relative.format(Math.trunc(ms / size), unit);
}

export const tooltip = (at) => (at ? `${at} (${both(at)} here)` : '');
