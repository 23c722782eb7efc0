// time - instants come as RFC 3339 and are shown in the words and the zone of the reader.
export const DAY = 86_400_000;

const dateWords = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const bothWords = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const monthWords = new Intl.DateTimeFormat(undefined, { month: 'short' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

// unit, its length, and how many of it there must be before it says enough: "in 73 days" is better than "in 2 months"
const UNITS = [['year', 365 * DAY, 2], ['month', 30 * DAY, 5], ['day', DAY, 2], ['hour', 3_600_000, 2], ['minute', 60_000, 0]];

export const date = (at) => (at ? dateWords.format(new Date(at)) : '');
export const both = (at) => (at ? bothWords.format(new Date(at)) : '');
export const month = (at) => monthWords.format(new Date(at));
export const isoDay = (at) => new Date(at).toISOString().slice(0, 10);
export const daysLeft = (at) => Math.floor((new Date(at) - Date.now()) / DAY);

// "in 3 months", "2 days ago", "now"
export function fromNow(at) {
  const ms = new Date(at) - Date.now();
  const [unit, size] = UNITS.find(([, length, least]) => Math.abs(ms) >= least * length);
  return relative.format(Math.trunc(ms / size), unit);
}

export const tooltip = (at) => (at ? `${at} (${both(at)} here)` : '');
