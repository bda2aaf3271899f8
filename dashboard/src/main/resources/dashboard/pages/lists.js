// Lists of a site's most frequent values.

import { get, path } from '../js/api.js';
import { plain } from '../js/dom.js';
import { duration, number } from '../js/format.js';
import { RowTable, Vacancy } from '../js/rows.js';
import { TopList } from '../js/widgets.js';

const ROWS_MAX = 5_000;
const WINDOWS_MAX = 60;
const DRAW_MS = 250;
const POLL_MS = 10_000;
const SHOWN = 8;

/** A value that is a list itself: `{top: data.path}` of the current window. */
export class TopValueList extends TopList {
  #vacancy = new Vacancy(() => this.render([]));

  constructor({ title, field, aggregate, value }) {
    super(title, `${field} · ${aggregate.kind === 'sliding' ? 'last' : 'this'} ${duration(aggregate.size)}`, { shown: SHOWN });
    this.aggregate = aggregate;
    this.value = value;
  }

  snapshot(rows) {
    if (rows.length === 0) this.render([]);
    this.take(rows);
  }

  window() {
    this.#vacancy.expect();
  }

  take(rows) {
    this.#vacancy.end();
    const pairs = rows.at(-1)?.values?.[this.value.name];
    if (pairs) this.render(pairs.map(([key, value]) => ({ key, value })));
  }

  close() {
    this.#vacancy.end();
  }
}

/** Groups of a tumbling aggregate, summed over the windows of the span. */
export class CountedList extends TopList {
  #table = new RowTable();
  #drawn = 0;
  #timer;
  #poll;

  constructor({ context, source, span }, { title, field, aggregate, value, extras = [] }) {
    const summed = value.fn !== 'distinct' && aggregate.size <= span;
    super(title, `${field} · ${summed ? `last ${duration(span)}` : `this ${duration(aggregate.size)}`}`, { shown: SHOWN, extras: extras.length > 0 });
    Object.assign(this, { context, source, field, aggregate, value, extras });
    this.span = summed ? span : 0;
    this.bin = aggregate.size;
    while (this.span / this.bin > WINDOWS_MAX) this.bin += aggregate.size;
    this.streams = this.bin === aggregate.size;
    if (!this.streams) this.#poll = setInterval(() => this.#load(Date.now() - this.span), POLL_MS);
  }

  snapshot(rows) {
    this.#table.clear();
    this.take(rows);
    this.#load(Date.now() - this.span);
  }

  /** The window before may have been added to at its end. */
  window({ windowStart }) {
    this.#load(windowStart - 2 * this.bin);
  }

  take(rows) {
    if (!this.streams) return;
    this.#table.put(rows);
    this.#plan();
  }

  async #load(from) {
    const start = Math.floor(from / this.bin) * this.bin;
    const query = new URLSearchParams({ from: start, 'group.source': this.source, order: `-${this.value.name}`, limit: ROWS_MAX });
    if (!this.streams) query.set('rollup', `${this.bin}ms`);
    try {
      const { rows } = await get(`${path(this.context.pipeline, 'aggregates', this.aggregate.name)}?${query}`, this.context.signal);
      if (!this.streams) this.#table.clear();
      this.#table.put(rows);
      this.#plan();
    } catch {
      // The stream tells how the connection is; its next snapshot asks again.
    }
  }

  #plan() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#draw();
    }, Math.max(0, this.#drawn + DRAW_MS - performance.now()));
  }

  #draw() {
    this.#drawn = performance.now();
    this.#table.dropBefore(Date.now() - Math.max(this.span, 2 * this.bin));
    const sums = new Map();
    for (const row of this.#table.values()) {
      const key = row.group[this.field];
      const count = row.values[this.value.name] ?? 0;
      const held = sums.get(key);
      if (held === undefined) sums.set(key, { key, value: count, newest: row });
      else {
        held.value = this.span === 0 ? (row.windowStart >= held.newest.windowStart ? count : held.value) : held.value + count;
        if (row.windowStart >= held.newest.windowStart) held.newest = row;
      }
    }
    const items = greatest([...sums.values()], this.shown);
    for (const item of items) item.extra = this.extras.map((it) => `${it.name.replaceAll('_', ' ')} ${number(item.newest.values[it.name])}`).join(' · ');
    this.render(items, sums.size);
  }

  close() {
    clearTimeout(this.#timer);
    clearInterval(this.#poll);
  }
}

/** The first `n` by value, without sorting what nobody sees. */
function greatest(items, n) {
  const best = [];
  for (const item of items) {
    if (best.length === n && item.value <= best[n - 1].value) continue;
    let at = best.length;
    while (at > 0 && (best[at - 1].value < item.value || (best[at - 1].value === item.value && plain(best[at - 1].key) > plain(item.key)))) at -= 1;
    best.splice(at, 0, item);
    if (best.length > n) best.pop();
  }
  return best;
}
