// One site, live: who is there, what they look at, what surges.

import { get, path } from '../js/api.js';
import { foreign, h } from '../js/dom.js';
import { bytes, duration, number, parseDuration } from '../js/format.js';
import { Vacancy } from '../js/rows.js';
import { label, shapeOf } from '../js/shape.js';
import { Figure, Tile, blank, segments } from '../js/widgets.js';
import { link } from '../js/route.js';
import { Alerts } from './alerts.js';
import { Line } from './line.js';
import { CountedList, TopValueList } from './lists.js';
import { Visits } from './visits.js';

const SPANS = [['5m', '5 min'], ['15m', '15 min'], ['1h', '1 hour'], ['6h', '6 hours'], ['1d', '1 day']];
const STREAMED_MAX = 16;

export async function openPage(context) {
  const { pipeline, parts, params, signal, root } = context;
  const source = parts[1] ?? '';
  const { definition } = await get(path(pipeline), signal);
  const shape = shapeOf(definition);
  const span = SPANS.find(([it]) => it === params.get('span'))?.[0] ?? SPANS[0][0];
  const site = new Site(context, shape, source, parseDuration(span));
  root.append(
    h('header', { class: 'heading' },
      h('div', {}, h('p', { class: 'crumb' }, h('a', { href: link([], { pipeline: params.get('pipeline') ?? undefined }), text: 'Sites' })), h('h1', {}, foreign(source))),
      segments('Span', SPANS, span, (chosen) => {
        context.remember({ span: chosen });
        context.reload();
      })),
    ...site.parts());
  context.live({ aggregates: site.streamed(), group: { source } }, {
    snapshot: (rows) => site.snapshot(rows),
    window: (moved) => site.window(moved),
    rows: (rows) => site.rows(rows),
    alert: (alert) => site.alert(alert),
  });
  return { close: () => site.close() };
}

/** The widgets that the pipeline's shape allows, and what the stream tells them. */
class Site {
  constructor(context, shape, source, span) {
    this.shape = shape;
    this.source = source;
    const query = { context, source, span };
    this.online = shape.online && new Online(shape.online);
    this.line = shape.line && new Line(query, shape.line);
    this.lists = shape.lists(span).map((it) => (it.top ? new TopValueList(it) : new CountedList(query, it)));
    this.visits = shape.visits && new Visits(query, shape.visits);
    this.figures = shape.figures.map((it) => new CurrentFigure(it));
    this.alerts = shape.detects ? new Alerts(context, { source }) : undefined;
    if (this.alerts && this.line) this.alerts.onchange = (list) => this.line.mark(list);
    this.streams = [this.online, this.line, ...this.lists, ...this.figures].filter(Boolean);
  }

  /** The aggregates that the page listens to. */
  streamed() {
    return [...new Set(this.streams.map((it) => it.aggregate.name))].slice(0, STREAMED_MAX);
  }

  parts() {
    const tiles = [...(this.visits?.tiles ?? []), ...this.figures.map((it) => it.tile)].map((it) => it.root);
    if (this.streams.length === 0 && !this.visits) {
      return [blank('Nothing to show of a site', 'No aggregate of this pipeline is grouped by source. Operations shows what flows.')];
    }
    return [
      this.online || this.line
        ? h('div', { class: this.online && this.line ? 'hero' : 'hero one' }, this.online?.root, this.line?.root)
        : null,
      tiles.length > 0 ? h('div', { class: 'tiles' }, tiles) : null,
      h('div', { class: 'lists' }, this.lists.map((it) => it.root), this.alerts?.root),
    ].filter(Boolean);
  }

  snapshot(rows) {
    this.streams.forEach((it) => it.snapshot(rows.filter((row) => row.aggregate === it.aggregate.name)));
    this.alerts?.load();
  }

  window(moved) {
    this.streams.filter((it) => it.aggregate.name === moved.aggregate).forEach((it) => it.window(moved));
  }

  rows(rows) {
    this.streams.forEach((it) => {
      const own = rows.filter((row) => row.aggregate === it.aggregate.name);
      if (own.length > 0) it.take(own);
    });
  }

  alert(alert) {
    this.alerts?.take(alert);
  }

  close() {
    [...this.streams, this.visits].forEach((it) => it?.close());
  }
}

/** How many are there now. */
class Online {
  #since = h('small');
  #vacancy = new Vacancy(() => this.figure.set(0));

  constructor({ aggregate, value }) {
    this.aggregate = aggregate;
    this.value = value;
    this.figure = new Figure('b', { class: 'num', 'data-online': '', 'aria-live': 'off' });
    this.root = h('section', { class: 'panel online', 'aria-label': 'Online now' },
      h('p', { class: 'pulse' }, h('i'), h('span', { text: 'online now' })),
      this.figure.root,
      this.#since);
    this.#since.textContent = `different ${label(value.field)}s in the last ${duration(aggregate.size)}`;
  }

  snapshot(rows) {
    if (rows.length === 0) this.figure.set(0);
    this.take(rows);
  }

  window() {
    this.#vacancy.expect();
  }

  take(rows) {
    this.#vacancy.end();
    const row = rows.at(-1);
    if (row) this.figure.set(row.values[this.value.name] ?? 0, row);
  }

  close() {
    this.#vacancy.end();
  }
}

/** A further number of the site's current window. */
class CurrentFigure {
  #vacancy = new Vacancy(() => this.#show(undefined));

  constructor({ aggregate, value }) {
    this.aggregate = aggregate;
    this.value = value;
    this.tile = new Tile(value.name.replaceAll('_', ' '), /bytes|size/.test(value.field ?? '') ? bytes : number, `${value.fn} of ${value.field}`);
    this.#show(undefined);
  }

  snapshot(rows) {
    this.take(rows);
  }

  window() {
    this.#vacancy.expect();
  }

  take(rows) {
    this.#vacancy.end();
    if (rows.length > 0) this.#show(rows.at(-1).values[this.value.name] ?? undefined);
  }

  #show(value) {
    this.tile.set(value, `this ${duration(this.aggregate.size)}`);
  }

  close() {
    this.#vacancy.end();
  }
}
