// Numbers, times and sizes as people read them.

const wholes = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const fine = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const shorts = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const clocks = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

export const whole = (n) => wholes.format(n);
export const short = (n) => (Math.abs(n) < 10_000 ? number(n) : shorts.format(n));

/** A number of any kind: whole ones in full, others to three digits. */
export function number(n) {
  if (typeof n !== 'number') return '–';
  return Number.isInteger(n) || Math.abs(n) >= 1_000 ? wholes.format(n) : fine.format(n);
}

/** Something a second; what is there is never shown as nothing. */
export function rate(n) {
  if (n > 0 && n < 0.05) return '<0.1';
  return n < 99.95 ? tenths.format(n) : wholes.format(n);
}

/** A share from 0 to 1; what is there is never shown as nothing. */
export function percent(share) {
  if (share > 0 && share < 0.001) return '<0.1 %';
  const hundredths = share * 100;
  return `${hundredths > 0 && hundredths < 10 ? tenths.format(hundredths) : wholes.format(hundredths)} %`;
}

export function duration(ms) {
  if (ms < 0) return '0 s';
  if (ms < 1_000) return `${number(Math.round(ms))} ms`;
  const seconds = ms / 1_000;
  if (seconds < 120) return `${seconds < 10 && !Number.isInteger(seconds) ? tenths.format(seconds) : wholes.format(seconds)} s`;
  if (seconds < 7_200) return `${wholes.format(seconds / 60)} min`;
  if (seconds < 172_800) return `${wholes.format(seconds / 3_600)} h`;
  return `${wholes.format(seconds / 86_400)} days`;
}

/** Time that one event takes, from nanoseconds. */
export function nanos(ns) {
  if (ns < 1_000) return `${wholes.format(ns)} ns`;
  return ns < 1_000_000 ? `${fine.format(ns / 1_000)} µs` : `${fine.format(ns / 1_000_000)} ms`;
}

export function bytes(n) {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let left = n;
  while (left >= 1_024 && unit < units.length - 1) {
    left /= 1_024;
    unit += 1;
  }
  return `${unit === 0 ? wholes.format(left) : fine.format(left)} ${units[unit]}`;
}

export const clock = (ms) => clocks.format(new Date(ms));
export const minute = (ms) => minutes.format(new Date(ms));

/** A moment: the time today, with the day before today. */
export function moment(ms) {
  const date = new Date(ms);
  const today = date.toDateString() === new Date().toDateString();
  return today ? clocks.format(date) : `${days.format(date)}, ${clocks.format(date)}`;
}

export function ago(ms) {
  const passed = Date.now() - ms;
  return passed < 1_500 ? 'just now' : `${duration(passed)} ago`;
}

export const plural = (n, one, many = `${one}s`) => `${wholes.format(n)} ${n === 1 ? one : many}`;

/** Milliseconds of a duration as pipelines write it, like `5m`. */
export function parseDuration(text) {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text ?? '');
  return match ? Number(match[1]) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2]] : undefined;
}
