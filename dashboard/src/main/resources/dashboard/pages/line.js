// The views of a site a second: the past by queries, the present by the stream.

import { get, path } from '../js/api.js';
import { MovingLine } from '../js/chart.js';
import { h, setText } from '../js/dom.js';
import { duration, rate } from '../js/format.js';

const BINS_MAX = 1_200;
const POINTS_MAX = 240;
const POLL_MS = 5_000;
const SETTLE_MS = 2_500;
const PAGE = 10_000;
const PAGES_MAX = 5;

export class Line {
  #bins = new Map();
  #current = new Map();
  #now = h('span', { class: 'hint' });
  #loading = false;
  #again;
  #known;
  #timer;

  constructor({ context, source, span }, { aggregate, value }) {
    this.context = context;
    this.source = source;
    this.span = span;
    this.aggregate = aggregate;
    this.value = value;
    this.bin = aggregate.size;
    while (span / this.bin > BINS_MAX) this.bin += aggregate.size;
    /** What a point stands for: a few bins, so that the line stays one. */
    this.step = this.bin * Math.ceil(span / this.bin / POINTS_MAX);
    this.streams = this.bin === aggregate.size;
    this.chart = new MovingLine(`${value.name} a second`);
    this.root = h('section', { class: 'panel line' },
      h('header', {}, h('h2', { text: `${value.name} a second` }), this.#now), this.chart.root);
    this.#timer = setInterval(() => (this.streams ? this.#draw() : this.#load(Date.now() - 4 * this.bin)), this.streams ? Math.max(1_000, Math.min(POLL_MS, this.bin)) : POLL_MS);
    this.#load(Date.now() - span);
  }

  mark(alerts) {
    this.chart.mark(alerts.map((it) => ({ from: it.windowStart, to: it.endedAt ?? undefined })));
  }

  snapshot(rows) {
    this.#current.clear();
    this.take(rows);
    if (this.#known) this.#load(Date.now() - this.span);
  }

  /** The window before may have been added to at its end: asks for the last few once more. */
  window({ windowStart }) {
    this.#load(windowStart - Math.max(3 * this.bin, 15_000));
  }

  take(rows) {
    if (!this.streams) return;
    for (const row of rows) {
      if (!this.#current.has(row.windowStart)) this.#current = new Map([[row.windowStart, new Map()]]);
      this.#current.get(row.windowStart).set(JSON.stringify(row.group), row.values[this.value.name] ?? 0);
    }
    for (const [start, groups] of this.#current) this.#bins.set(start, sum(groups.values()));
    this.#draw();
  }

  async #load(from) {
    if (this.#loading) {
      this.#again = Math.min(this.#again ?? from, from);
      return;
    }
    this.#loading = true;
    try {
      await this.#fetch(Math.floor(from / this.bin) * this.bin);
      this.#known = true;
    } catch {
      // The stream tells how the connection is; its next snapshot asks again.
    }
    this.#loading = false;
    this.#draw();
    if (this.#again !== undefined) {
      const again = this.#again;
      this.#again = undefined;
      this.#load(again);
    }
  }

  async #fetch(from) {
    const found = new Map();
    let after;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const query = new URLSearchParams({ from, 'group.source': this.source, limit: PAGE });
      if (!this.streams) query.set('rollup', `${this.bin}ms`);
      if (after) query.set('after', after);
      const { rows, next } = await get(`${path(this.context.pipeline, 'aggregates', this.aggregate.name)}?${query}`, this.context.signal);
      for (const row of rows) found.set(row.windowStart, (found.get(row.windowStart) ?? 0) + (row.values[this.value.name] ?? 0));
      if (next === null) break;
      after = next;
    }
    for (const [start, count] of found) {
      if (!this.#current.has(start)) this.#bins.set(start, count);
    }
  }

  /** A point stands at the end of its bins, once that is past; a bin without rows counts as zero. */
  #draw() {
    const now = Date.now();
    const delay = Math.max(SETTLE_MS, this.step / 2);
    for (const start of this.#bins.keys()) {
      if (start < now - this.span - 2 * this.bin) this.#bins.delete(start);
    }
    const first = Math.ceil(Math.min(...this.#bins.keys()) / this.step) * this.step;
    const last = Math.floor((now - delay) / this.step) * this.step - this.step;
    const times = [];
    const values = [];
    for (let start = first; start <= last; start += this.step) {
      let count = 0;
      for (let bin = start; bin < start + this.step; bin += this.bin) count += this.#bins.get(bin) ?? 0;
      times.push(start + this.step);
      values.push(count * (1_000 / this.step));
    }
    this.chart.set(times, values, { span: this.span, delay });
    const newest = values.at(-1);
    setText(this.#now, newest === undefined ? (this.#known ? 'no data yet' : '') : `${rate(newest)} now`);
    this.chart.describe(newest === undefined
      ? `${this.value.name} a second, no data yet`
      : `${this.value.name} a second over the last ${duration(this.span)}: ${rate(newest)} now, between ${rate(Math.min(...values))} and ${rate(Math.max(...values))}`);
  }

  close() {
    clearInterval(this.#timer);
    this.chart.close();
  }
}

function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
