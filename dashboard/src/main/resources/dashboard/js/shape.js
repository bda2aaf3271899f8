// What a pipeline's aggregates can show of one site. Follows their shape alone, never their names.

import { parseDuration } from './format.js';

const SOURCE = 'source';
const LISTS_MAX = 9;
const SHORT_MS = 3_600_000;

/** An aggregate as its definition says: window, size, groups, values. */
function aggregateOf({ name, aggregate }) {
  const { window = {}, by = [], values = {} } = aggregate;
  const [kind, text] = Object.entries(window).find(([key]) => ['tumbling', 'sliding', 'session'].includes(key)) ?? [];
  return {
    name,
    kind,
    size: parseDuration(text),
    sizeText: text,
    every: parseDuration(window.every),
    by,
    values: Object.entries(values).map(([value, what]) => {
      const [fn, field] = typeof what === 'string' ? [what] : Object.entries(what)[0];
      return { name: value, fn, field };
    }),
  };
}

const first = (values, ...fns) => values.find((value) => fns.includes(value.fn));
const bySource = (aggregate) => aggregate.by.length === 1 && aggregate.by[0] === SOURCE;
const bySourceAnd = (aggregate, n) => aggregate.by.includes(SOURCE) && aggregate.by.length === n;
const least = (list, of) => list.reduce((best, it) => (best === undefined || of(it) < of(best) ? it : best), undefined);

/** What `definition` offers: the aggregates behind each widget, undefined or empty where there are none. */
export function shapeOf(definition) {
  const stages = definition.stages ?? [];
  const aggregates = stages.filter((stage) => stage.aggregate).map(aggregateOf).filter((it) => it.kind && it.size);
  return {
    aggregates,
    online: onlineOf(aggregates),
    line: lineOf(aggregates),
    /** The lists for a span of time, which wants windows of fitting size. */
    lists: (span) => listsOf(aggregates, span),
    visits: aggregates.find((it) => it.kind === 'session' && it.by.includes(SOURCE)),
    figures: aggregates.filter((it) => it.kind === 'tumbling' && bySource(it)).flatMap(figuresOf),
    detects: stages.some((stage) => stage.detect),
    sites: onlineOf(aggregates) ?? lineOf(aggregates),
  };
}

/** Who is there now: distinct values of a short window, sliding if there is one. */
function onlineOf(aggregates) {
  const fit = aggregates.filter((it) => bySource(it) && it.kind !== 'session' && first(it.values, 'distinct'));
  const best = least(fit, (it) => (it.kind === 'sliding' ? 0 : 1e12) + it.size);
  return best && { aggregate: best, value: first(best.values, 'distinct') };
}

/** What moves: the shortest tumbling count of a source; if need be, summed over further groups. */
function lineOf(aggregates) {
  const fit = aggregates.filter((it) => it.kind === 'tumbling' && it.by.includes(SOURCE) && first(it.values, 'count') && it.size <= SHORT_MS);
  const best = least(fit.filter(bySource), (it) => it.size) ?? least(fit, (it) => it.size);
  return best && { aggregate: best, value: first(best.values, 'count') };
}

/** Lists of what is most frequent: `top` values, and counts by one more group; each field once. */
function listsOf(aggregates, span) {
  const lists = new Map();
  const tops = aggregates.filter((it) => bySource(it) && it.kind !== 'session');
  for (const aggregate of [...tops].sort((a, b) => (a.kind === 'sliding' ? 0 : 1) - (b.kind === 'sliding' ? 0 : 1))) {
    for (const value of aggregate.values.filter((it) => it.fn === 'top')) {
      if (!lists.has(value.field)) lists.set(value.field, { field: value.field, title: value.name, aggregate, value, top: true });
    }
  }
  const groups = aggregates.filter((it) => it.kind === 'tumbling' && bySourceAnd(it, 2) && first(it.values, 'count', 'sum', 'distinct'));
  const fits = (it) => it.size <= span / 5;
  for (const aggregate of groups.sort((a, b) => fits(b) - fits(a) || (fits(a) ? b.size - a.size : a.size - b.size))) {
    const field = aggregate.by.find((it) => it !== SOURCE);
    const value = first(aggregate.values, 'count', 'sum', 'distinct');
    const extras = aggregate.values.filter((it) => ['avg', 'quantile', 'min', 'max'].includes(it.fn)).slice(0, 3);
    const known = lists.get(field);
    if (!known) lists.set(field, { field, title: aggregate.name, aggregate, value, extras });
    else if (extras.length > 0 && !known.extras?.length) {
      lists.set(`${field} ${aggregate.name}`, { field, title: aggregate.name, aggregate, value, extras });
    }
  }
  return [...lists.values()].slice(0, LISTS_MAX);
}

/** Numbers of a site's current window that are neither the count nor lists. */
function figuresOf(aggregate) {
  return aggregate.values.filter((it) => !['count', 'top'].includes(it.fn)).map((value) => ({ aggregate, value }));
}

/** `data.load_ms` as words: `load ms`. */
export function label(field) {
  return (field ?? '').replace(/^data\./, '').replaceAll(/[._-]+/g, ' ');
}
